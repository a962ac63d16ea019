// Sets up a checkout: npm packages, the bundles in dist/, and the server's home. `npm start` and `npm test` call it first; each stage is
// skipped while its inputs are the same. Uses nothing but Node.js, because it runs before any package is there.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpServer } from '../server/setup/setup.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const home = resolve(process.env.BESPOKE_HOME ?? join(root, '.bespoke'));

export function say(line) {
  console.log(line);
}

/** Makes the checkout ready for the main job. Returns where things lie in the home folder. */
export async function setUpCheckout() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20)
    throw new Error(`Node.js 20 or newer is needed, this is ${process.versions.node}; install a newer one and repeat.`);
  await onceFor('npm-packages', 'npm packages', [join(root, 'package-lock.json')], join(root, 'node_modules'), () =>
    // The install scripts of ONNX Runtime want CUDA files from elsewhere; nothing here needs them.
    run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
      ONNXRUNTIME_NODE_INSTALL: 'skip',
    }),
  );
  const sources = ['core', 'extension', 'server', 'proto', 'scripts'].flatMap((folder) =>
    sourcesUnder(join(root, folder)),
  );
  await onceFor('bundles', 'bundles in dist/', sources, join(root, 'dist'), () => run('node', ['scripts/build.mjs']));
  return setUpServer(home, say);
}

/** Runs a command in the checkout with its output shown; rejects with one sentence when it fails. */
export function run(command, args, environment = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
      shell: process.platform === 'win32',
    });
    child.on('error', (cause) => fail(new Error(`${command} could not be started: ${cause.message}`, { cause })));
    child.on('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`${command} ${args.join(' ')} ended with code ${code}.`));
    });
  });
}

async function onceFor(name, title, inputs, product, work) {
  const stamps = join(root, 'node_modules', '.bespoke-stamps');
  const stamp = join(stamps, name);
  const hash = createHash('sha256');
  for (const file of inputs.toSorted())
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  const key = hash.digest('hex');
  if (existsSync(product) && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  say(`set-up: ${title} …`);
  const started = Date.now();
  await work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, key);
  say(`set-up: ${title} ready after ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

function sourcesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js|proto|java|css)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
