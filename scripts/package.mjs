// `npm run package`: builds the extension with everything it needs at run time and packs it as a .vsix for this platform. Options:
// --out FILE (default bespoke-PLATFORM.vsix in the repository).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const platform = `${process.platform}-${process.arch}`;
const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

const { values } = parseArgs({ options: { out: { type: 'string', default: `bespoke-${platform}.vsix` } } });
if (!targets.includes(platform))
  fail(`ONNX Runtime has no binary for ${platform}: package on one of ${targets.join(', ')}.`);

run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
copyOnnxRuntime();
run(join(root, 'node_modules', '.bin', 'vsce'), [
  ...['package', '--no-dependencies', '--target', platform, '--out', resolve(values.out)],
  // The package has no public address that relative links could be rewritten to.
  ...['--no-rewrite-relative-links', '--allow-missing-repository', '--skip-license'],
]);

/** The native runtime cannot be bundled: its package, with this platform's files only, lies beside the bundle. */
function copyOnnxRuntime() {
  const target = join(root, 'dist', 'node_modules');
  rmSync(target, { recursive: true, force: true });
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    const from = join(root, 'node_modules', name);
    mkdirSync(join(target, name), { recursive: true });
    cpSync(join(from, 'package.json'), join(target, name, 'package.json'));
    const { main } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
    const dist = join('dist', ...(main.startsWith('dist/cjs') ? ['cjs'] : []));
    cpSync(join(from, dist), join(target, name, dist), { recursive: true, filter: (file) => !file.endsWith('.map') });
  }
  const binaries = join(root, 'node_modules', 'onnxruntime-node', 'bin');
  for (const version of readdirSync(binaries)) {
    const own = join(version, process.platform, process.arch);
    cpSync(join(binaries, own), join(target, 'onnxruntime-node', 'bin', own), { recursive: true, dereference: true });
  }
}

function run(command, parameters) {
  const ended = spawnSync(command, parameters, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (ended.status !== 0) fail(`${command} ended with code ${ended.status}.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
