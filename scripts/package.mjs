// `npm run package`: builds the extension with everything it needs at run time and packs it as a .vsix. Options:
// --target NAME (default this platform; `universal` holds the native runtime of every platform),
// --out FILE (default bespoke-TARGET.vsix in the repository), --list (only lists what is packed, of what is built).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Platforms that ONNX Runtime has binaries for, by their names in VS Code. */
const platforms = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** Everything that ships beside the native runtime: files, and folders with the kind of files that are taken from them. */
const shipped = [
  ...['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE'].map((file) => [file]),
  ...['bespoke.svg', 'icon.png', 'house-style.schema.json'].map((file) => [`media/${file}`]),
  ['media/walkthrough', /\.png$/],
  ...[
    'blocks-worker',
    'cli',
    'extension',
    'generation-worker',
    'mining-worker',
    'open-telemetry',
    'server',
    'span-export',
  ].map((file) => [`dist/${file}.js`]),
  ...['initdb.wasm', 'pglite.wasm', 'pglite.data', 'tree-sitter-java.wasm', 'web-tree-sitter.wasm'].map((file) => [
    `dist/${file}`,
  ]),
  ['dist/proto', /\.proto$/],
  ['extension/check/harness', /\.java$/],
  ['server/setup', /./],
  ['server/base/smollm2-135m-tests', /\.safetensors$/],
  ['server/base/bart-10m-tests', /\.(safetensors|json)$/],
  ['server/trainer/requirements.lock'],
  ['server/trainer/bespoke_trainer', /\.py$/],
];

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: `${process.platform}-${process.arch}` },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
const { target } = values;
try {
  pack();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function pack() {
  if (target !== 'universal' && !platforms.includes(target))
    throw new Error(
      `ONNX Runtime has no binary for ${target}: name one of ${platforms.join(', ')}, or universal, with --target.`,
    );
  if (!values.list) run(root, process.execPath, [join(root, 'scripts', 'build.mjs')]);
  // A folder of its own: the packer looks at every file around the manifest, and in a checkout these are hundreds of thousands.
  const staged = mkdtempSync(join(tmpdir(), 'bespoke-package-'));
  try {
    for (const [path, kind] of shipped) copy(join(root, path), join(staged, path), kind);
    copyOnnxRuntime(staged, target === 'universal' ? platforms : [target]);
    if (values.list) {
      for (const file of filesUnder(staged)) console.log(file);
      return;
    }
    // Nothing is left out: the packer warns where it is not told so.
    writeFileSync(join(staged, '.vscodeignore'), '');
    run(staged, join(root, 'node_modules', '.bin', 'vsce'), [
      ...['package', '--no-dependencies', '--out', resolve(root, values.out ?? `bespoke-${target}.vsix`)],
      ...(target === 'universal' ? [] : ['--target', target]),
      // The package has no public address that relative links could be rewritten to.
      ...['--no-rewrite-relative-links', '--allow-missing-repository', '--skip-license'],
    ]);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** The native runtime cannot be bundled: its package, with the files of these platforms only, lies beside the bundle. */
function copyOnnxRuntime(staged, wanted) {
  const packages = join(staged, 'dist', 'node_modules');
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    const from = join(root, 'node_modules', name);
    copy(join(from, 'package.json'), join(packages, name, 'package.json'));
    const { main } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
    const dist = join('dist', ...(main.startsWith('dist/cjs') ? ['cjs'] : []));
    copy(join(from, dist), join(packages, name, dist), /(?<!\.d)\.(js|json)$/);
  }
  const binaries = join(root, 'node_modules', 'onnxruntime-node', 'bin');
  for (const version of readdirSync(binaries)) {
    for (const platform of wanted) {
      const own = join(version, ...platform.split('-'));
      // Nothing loads the library by its whole version; on macOS that is a second copy of it.
      copy(
        join(binaries, own),
        join(packages, 'onnxruntime-node', 'bin', own),
        /(?<!\.\d+\.\d+\.\d+)\.(node|dylib|dll|so\.1)$/,
      );
    }
  }
}

/** A file, or those files of a folder whose names are of this kind. */
function copy(from, to, kind) {
  if (kind === undefined) return cpSync(from, to, { dereference: true });
  for (const file of filesUnder(from))
    if (kind.test(file)) cpSync(join(from, file), join(to, file), { dereference: true });
}

/** Relative to the folder, with `/`. */
function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )
    .toSorted();
}

function run(cwd, command, parameters) {
  const ended = spawnSync(command, parameters, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (ended.status !== 0) throw new Error(`${command} ended with code ${ended.status}.`);
}
