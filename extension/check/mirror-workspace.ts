import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

const leftOut = new Set([
  '.git',
  '.gradle',
  '.idea',
  '.vscode',
  '.bespoke',
  'target',
  'build',
  'out',
  'bin',
  'dist',
  'node_modules',
]);

/**
 * Copies the workspace's changed files into `mirrorDir` and removes those that are gone, so that a build there never writes the
 * workspace and compiles only what changed. Times are kept because build tools compare them. Links are not followed.
 * Returns a fingerprint of what is mirrored: equal fingerprints mean that nothing changed.
 */
export function mirrorWorkspace(workspaceDir: string, mirrorDir: string): string {
  const wanted = listFiles(workspaceDir);
  const present = listFiles(mirrorDir);
  for (const path of present.keys()) if (!wanted.has(path)) rmSync(join(mirrorDir, path), { force: true });
  const fingerprint = createHash('sha256');
  for (const [path, stamp] of wanted) {
    fingerprint.update(`${path}\0${stamp.size}\0${stamp.mtimeMs}\n`);
    const old = present.get(path);
    if (old !== undefined && old.size === stamp.size && old.mtimeMs === stamp.mtimeMs) continue;
    const copy = join(mirrorDir, path);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(workspaceDir, path), copy);
    utimesSync(copy, stamp.mtimeMs / 1000, stamp.mtimeMs / 1000);
  }
  return fingerprint.digest('hex');
}

interface FileStamp {
  readonly size: number;
  /** Whole milliseconds: file systems round what `utimes` sets. */
  readonly mtimeMs: number;
}

function listFiles(root: string): Map<string, FileStamp> {
  const files = new Map<string, FileStamp>();
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !isLeftOut(folder, entry.name)) visit(path);
      else if (entry.isFile()) {
        const { size, mtimeMs } = statSync(join(root, path));
        files.set(path, { size, mtimeMs: Math.floor(mtimeMs) });
      }
    }
  };
  mkdirSync(root, { recursive: true });
  visit('');
  return files;
}

/** A Java package may be called `build` or `target`: under `src` such names are no output folders. */
function isLeftOut(folder: string, name: string): boolean {
  return leftOut.has(name) && !folder.split('/').includes('src');
}
