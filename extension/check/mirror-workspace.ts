import { constants, copyFileSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the mirror holds: size and time of each file by its path. Equal stamps mean that a file did not change. */
export type MirroredFiles = Readonly<Record<string, string>>;

const leftOut = new Set(['target', 'build', 'out', 'bin', 'dist', 'node_modules', 'venv']);
const largestFileBytes = 64 * 1024 ** 2;

/**
 * Copies the workspace's changed files into `mirrorDir` and removes those that are gone, so that a build there never writes the
 * workspace and compiles only what changed. Times are kept because build tools compare them. Links are not followed.
 */
export function mirrorWorkspace(workspaceDir: string, mirrorDir: string): MirroredFiles {
  const wanted = listFiles(workspaceDir);
  const present = listFiles(mirrorDir);
  for (const path of present.keys()) if (!wanted.has(path)) rmSync(join(mirrorDir, path), { force: true });
  for (const [path, stamp] of wanted) {
    const old = present.get(path);
    if (old !== undefined && stampText(old) === stampText(stamp)) continue;
    const copy = join(mirrorDir, path);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(workspaceDir, path), copy, constants.COPYFILE_FICLONE);
    utimesSync(copy, stamp.mtimeMs / 1000, stamp.mtimeMs / 1000);
  }
  return Object.fromEntries([...wanted].map(([path, stamp]) => [path, stampText(stamp)]));
}

/** Paths that differ between two mirrors: changed, added or removed. */
export function changedFiles(before: MirroredFiles, after: MirroredFiles): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]);
}

interface FileStamp {
  readonly size: number;
  /** Whole milliseconds: file systems round what `utimes` sets. */
  readonly mtimeMs: number;
}

function stampText({ size, mtimeMs }: FileStamp): string {
  return `${size}:${mtimeMs}`;
}

function listFiles(root: string): Map<string, FileStamp> {
  const files = new Map<string, FileStamp>();
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !isLeftOut(folder, entry.name)) visit(path);
      else if (entry.isFile()) {
        const { size, mtimeMs } = statSync(join(root, path));
        if (size <= largestFileBytes) files.set(path, { size, mtimeMs: Math.floor(mtimeMs) });
      }
    }
  };
  mkdirSync(root, { recursive: true });
  visit('');
  return files;
}

/** Outputs and hidden folders but Maven's own. A Java package may be called `build` or `target`: under `src` such names are no outputs. */
function isLeftOut(folder: string, name: string): boolean {
  if (folder.split('/').includes('src')) return false;
  return leftOut.has(name) || (name.startsWith('.') && name !== '.mvn');
}
