import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { repositoryRoot } from './vscode-server.ts';

/** A copy of the sample workspace without build output, for a test to change. */
export function sampleWorkspace(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'bespoke-workspace-')), 'sample');
  const sample = join(repositoryRoot, 'test', 'sample');
  cpSync(sample, folder, {
    recursive: true,
    filter: (path) => !path.slice(sample.length).split(sep).includes('target'),
  });
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
