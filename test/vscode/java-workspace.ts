import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { repositoryRoot } from './vscode-server.ts';

const allModules: readonly string[] = ['domain', 'text', 'gateway', 'legacy'];

/** A copy of the sample workspace without build output, for a test to change. */
export function sampleWorkspace(): string {
  return copyOfSample(allModules, () => true);
}

/** The sample's `domain` module with the tests of two packages: enough to learn from, and quick. */
export function smallWorkspace(): string {
  return copyOfSample(['domain'], (path) => !/[\\/]src[\\/]test[\\/].*[\\/](fleet|pricing)[\\/]/.test(path));
}

function copyOfSample(modules: readonly string[], isWanted: (path: string) => boolean): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'bespoke-workspace-')), 'sample');
  const sample = join(repositoryRoot, 'test', 'sample');
  const isKept = (path: string) => {
    const [module = '', ...rest] = path.slice(sample.length + 1).split(sep);
    return isWanted(path) && (!allModules.includes(module) || modules.includes(module)) && !rest.includes('target');
  };
  cpSync(sample, folder, { recursive: true, filter: isKept });
  const pom = join(folder, 'pom.xml');
  writeFileSync(
    pom,
    readFileSync(pom, 'utf8').replace(/ *<module>(\w+)<\/module>\n/g, (line, module) =>
      modules.includes(module) ? line : '',
    ),
  );
  return folder;
}

/** A folder with these files, by relative path. */
export function workspaceOf(files: Readonly<Record<string, string>>): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'bespoke-workspace-')), 'workspace');
  mkdirSync(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Line (from 1) of the first occurrence of a text in a file of the workspace. */
export function lineOf(workspace: string, file: string, text: string): number {
  const source = readFileSync(join(workspace, file), 'utf8');
  const at = source.indexOf(text);
  if (at < 0) throw new Error(`${file} does not hold ${text}.`);
  return source.slice(0, at).split('\n').length;
}
