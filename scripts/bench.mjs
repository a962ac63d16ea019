// `npm run bench -- NAME [options]`: measures one thing and prints one JSON object as its last line. Never a test: figures depend on the
// machine and on what else it does. Benches are the files of bench/ that have a default export.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setUpTestTools } from '../test/set-up-test-tools.mjs';
import { home, root, run, say, setUpCheckout } from './set-up.mjs';

const folder = join(root, 'bench');
const [name = '', ...parameters] = process.argv.slice(2);
const entry = join(folder, `${name}.ts`);
if (!/^[\w-]+$/.test(name) || !existsSync(entry)) {
  const names = readdirSync(folder)
    .filter((file) => readFileSync(join(folder, file), 'utf8').includes('export default'))
    .map((file) => file.slice(0, -'.ts'.length));
  console.error(`There is no bench ${name || '(none was named)'}; there are ${names.join(', ')}.`);
  process.exit(1);
}

await setUpCheckout();
await setUpTestTools({ home, root, run, say });
const { default: measure, options } = await import(pathToFileURL(await bundled(entry)).href);
const { values } = parseArgs({ args: parameters, options });
const loadBefore = loadavg()[0];
const figures = await measure(values, say);
console.log(JSON.stringify({ name, cores: availableParallelism(), loadBefore, ...figures }));
process.exit(0);

/** Node.js 20 reads no TypeScript. Packages stay outside; files find their neighbours where they lie, not where the bundle is. */
async function bundled(file) {
  const { build } = await import('esbuild');
  // Where packages are found from.
  const outfile = join(root, 'dist', 'bench', `${name}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
  const placed = {
    name: 'placed',
    setup: (bundle) =>
      bundle.onLoad({ filter: /\/(bench|core|extension|scripts|server|test)\/.*\.(ts|mjs)$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8')
          .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
        loader: path.endsWith('.ts') ? 'ts' : 'js',
      })),
  };
  await build({
    ...{ entryPoints: [file], outfile, bundle: true, platform: 'node', target: 'node20', format: 'esm' },
    ...{ packages: 'external', sourcemap: 'inline', plugins: [placed], logLevel: 'warning' },
  });
  return outfile;
}
