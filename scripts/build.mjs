// Bundles what ships into dist/. `npm run build` and, after `npm ci`, npm's `prepare` run it.
// Options: --outdir DIR (default dist), --only NAME[,NAME…].
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bundleServer } from '../server/bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** One bundle a line: its name in dist/ and its entry. */
const ENTRIES = {
  cli: 'extension/cli/main.ts',
  'mining-worker': 'core/mining/mining-worker.ts',
  extension: 'extension/main.ts',
  'span-export': 'extension/client/span-export.ts',
  server: 'server/main.ts',
  base: 'server/base/main.ts',
  experiment: 'server/experiment/main.ts',
};

/** Bundles that are run as programs. */
const EXECUTABLES = ['cli'];

/** Provided by VS Code. */
const EXTERNAL = ['vscode'];

/** Files that bundles look for beside themselves (core/java/wasm-files.ts). */
const BESIDE = ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-java/tree-sitter-java.wasm'];

// Whoever exports no spans does not even read OpenTelemetry.
const spanExportBeside = {
  name: 'span-export-beside',
  setup(bundle) {
    bundle.onResolve({ filter: /[\\/]span-export\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './span-export.js', external: true } : undefined,
    );
  },
};

const { values } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' }, only: { type: 'string' } } });
const outdir = resolve(root, values.outdir);
const wanted = values.only?.split(',') ?? Object.keys(ENTRIES);
mkdirSync(outdir, { recursive: true });

// `npx bespoke` in this folder makes npm run `prepare` once more; what `npm ci` built is good enough for it.
if (process.env.npm_command === 'exec' && existsSync(join(outdir, 'cli.js'))) process.exit(0);

for (const [name, entry] of Object.entries(ENTRIES).filter(([name]) => wanted.includes(name))) {
  if (!existsSync(join(root, entry))) {
    console.log(`skipped ${name}: ${entry} is not there`);
    continue;
  }
  try {
    // The server reads files beside itself, which its own bundler brings along.
    if (name === 'server') await bundleServer(outdir);
    else await bundle(name, entry);
    console.log(`built ${relative(root, join(outdir, `${name}.js`))}`);
  } catch (error) {
    // The other bundles are built all the same. Errors in sources have been printed by esbuild.
    console.error(Array.isArray(error.errors) ? `failed ${name}` : error);
    process.exitCode = 1;
  }
}
for (const file of BESIDE) {
  copyFileSync(require.resolve(file), join(outdir, file.slice(file.indexOf('/') + 1)));
}
linkCommand();

async function bundle(name, entry) {
  const isExecutable = EXECUTABLES.includes(name);
  // A CommonJS module has no import.meta.url; the sources use it to find files beside themselves.
  const moduleUrl = `const __moduleUrl = require('node:url').pathToFileURL(__filename).href;`;
  await build({
    entryPoints: [join(root, entry)],
    outfile: join(outdir, `${name}.js`),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: true,
    sourcesContent: false,
    external: EXTERNAL,
    // The ES module of web-tree-sitter breaks in a CommonJS bundle.
    alias: { 'web-tree-sitter': require.resolve('web-tree-sitter') },
    define: { 'import.meta.url': '__moduleUrl' },
    banner: { js: isExecutable ? `#!/usr/bin/env node\n${moduleUrl}` : moduleUrl },
    logLevel: 'warning',
    plugins: [spanExportBeside],
  });
  if (isExecutable) {
    chmodSync(join(outdir, `${name}.js`), 0o755);
  }
}

/** npm links a package's commands for those who install it, but not in its own folder: this makes `npx bespoke` work here. */
function linkCommand() {
  const folder = join(root, 'node_modules', '.bin');
  if (process.platform === 'win32' || !existsSync(folder) || outdir !== join(root, 'dist')) {
    return;
  }
  const link = join(folder, 'bespoke');
  const target = relative(folder, join(outdir, 'cli.js'));
  const present = lstatSync(link, { throwIfNoEntry: false });
  if (present?.isSymbolicLink() && readlinkSync(link) === target) {
    return;
  }
  rmSync(link, { force: true });
  symlinkSync(target, link);
}
