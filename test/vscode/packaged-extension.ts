import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bespokeHome, repositoryRoot } from './vscode-server.ts';

const sources = ['core', 'extension', 'server', 'proto', 'scripts', 'media'];

/** The extension as it is shipped, packed again only when a source has changed. */
export function packagedExtension(): string {
  const hash = createHash('sha256');
  const files = sources.flatMap((folder) => filesUnder(join(repositoryRoot, folder)));
  for (const file of [...files, ...['package.json', 'package-lock.json'].map((name) => join(repositoryRoot, name))]) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  const folder = join(bespokeHome, 'packaged');
  const packaged = join(folder, `bespoke-${hash.digest('hex').slice(0, 16)}.vsix`);
  if (existsSync(packaged)) return packaged;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, 'unfinished.vsix');
  const ended = spawnSync(process.execPath, [join(repositoryRoot, 'scripts', 'package.mjs'), '--out', unfinished], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  if (ended.status !== 0) throw new Error(`Packaging failed: ${ended.stdout}${ended.stderr}`);
  renameSync(unfinished, packaged);
  return packaged;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        !/__pycache__|[\\/]screenshots[\\/]|\.pytest_cache|[\\/]tests[\\/]/.test(join(entry.parentPath, entry.name)),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
