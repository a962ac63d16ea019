import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagedExtension } from '../packaged-extension.ts';
import { repositoryRoot } from '../vscode-server.ts';

/** What the native runtime consists of on each platform that it has binaries for. */
const nativeFiles: Readonly<Record<string, readonly string[]>> = {
  'linux-x64': ['libonnxruntime.so.1', 'onnxruntime_binding.node'],
  'linux-arm64': ['libonnxruntime.so.1', 'onnxruntime_binding.node'],
  'darwin-arm64': ['libonnxruntime.1.dylib', 'onnxruntime_binding.node'],
  'win32-x64': ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'],
  'win32-arm64': ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'],
};
const platforms = Object.keys(nativeFiles);

/** Folders of which all files of a kind are shipped. */
const wholeFolders: readonly (readonly [string, RegExp])[] = [
  ['dist/proto', /\.proto$/],
  ['extension/check/harness', /\.java$/],
  ['media/walkthrough', /\.png$/],
  ['server/setup', /./],
  ['server/base/smollm2-135m-tests', /\.safetensors$/],
  ['server/base/bart-10m-tests', /\.(safetensors|json)$/],
  ['server/trainer/bespoke_trainer', /\.py$/],
];

const files = [
  ...['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE'],
  ...['bespoke.svg', 'icon.png', 'house-style.schema.json'].map((name) => `media/${name}`),
  ...[
    'blocks-worker',
    'cli',
    'extension',
    'generation-worker',
    'mining-worker',
    'open-telemetry',
    'server',
    'span-export',
  ].map((name) => `dist/${name}.js`),
  ...['initdb.wasm', 'pglite.wasm', 'pglite.data'].map((name) => `dist/${name}`),
  ...['tree-sitter-java.wasm', 'web-tree-sitter.wasm'].map((name) => `dist/${name}`),
  ...['onnxruntime-node', 'onnxruntime-common'].map((name) => `dist/node_modules/${name}/package.json`),
  'server/trainer/requirements.lock',
];

/** Everything that a package for these platforms holds, and nothing else. */
function contents(of: readonly string[]): string[] {
  const native = of.flatMap((platform) => {
    const folder = `dist/node_modules/onnxruntime-node/bin/napi-v6/${platform.replace('-', '/')}`;
    return (nativeFiles[platform] ?? []).map((name) => `${folder}/${name}`);
  });
  // The runtime's own JavaScript, as npm installed it.
  const runtime = ['onnxruntime-node/dist', 'onnxruntime-common/dist/cjs']
    .flatMap((folder) => filesIn(`node_modules/${folder}`))
    .filter((file) => /(?<!\.d)\.(js|json)$/.test(file))
    .map((file) => `dist/${file}`);
  const whole = wholeFolders.flatMap(([folder, kind]) => filesIn(folder).filter((file) => kind.test(file)));
  return [...files, ...runtime, ...whole, ...native].toSorted();
}

/** A package holds what runs on its platform, and nothing that only a checkout needs. */
export function describePackages(): void {
  test('the package of this platform holds exactly what it should', () => {
    const unpacked = spawnSync('unzip', ['-Z1', packagedExtension()], { encoding: 'utf8' });
    const listed = unpacked.stdout.trim().split('\n');
    const platform = `${process.platform}-${process.arch}`;
    // The packer writes these names in its own way.
    const renamed: Readonly<Record<string, string>> = {
      'readme.md': 'README.md',
      'changelog.md': 'CHANGELOG.md',
      'LICENSE.txt': 'LICENSE',
    };
    const inside = listed
      .filter((name) => name.startsWith('extension/') && !name.endsWith('/'))
      .map((name) => name.slice('extension/'.length))
      .map((name) => renamed[name] ?? name);
    expect(inside.toSorted()).toEqual(contents([platform]));
    expect(listed.filter((name) => !name.startsWith('extension/'))).toEqual([
      'extension.vsixmanifest',
      '[Content_Types].xml',
    ]);
  });

  test.each([...platforms, 'universal'])('a package for %s would hold exactly what it should', (target) => {
    const listed = packageScript(['--target', target, '--list']);
    expect(listed.status, listed.stderr).toBe(0);
    const wanted = contents(target === 'universal' ? platforms : [target]);
    expect(listed.stdout.trim().split('\n').toSorted()).toEqual(wanted);
  });

  test('there is no package for a platform without the native runtime', () => {
    const refused = packageScript(['--target', 'darwin-x64', '--list']);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('no binary for darwin-x64: name one of linux-x64,');
  });

  test('every picture and schema that the manifest names is shipped', () => {
    const manifest = readFileSync(join(repositoryRoot, 'package.json'), 'utf8');
    const named = [...new Set([...manifest.matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)].map(([, path = '']) => path))];
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((path) => !contents([]).includes(path))).toEqual([]);
  });
}

function packageScript(parameters: readonly string[]) {
  const script = join(repositoryRoot, 'scripts', 'package.mjs');
  return spawnSync(process.execPath, [script, ...parameters], { cwd: repositoryRoot, encoding: 'utf8' });
}

/** With `/`, relative to the repository. */
function filesIn(folder: string): string[] {
  const path = join(repositoryRoot, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repositoryRoot.length + 1));
}
