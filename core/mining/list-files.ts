import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { FileProblem } from './mining-record.ts';

export interface ListedFile {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Modification time in milliseconds, with fractions. */
  readonly modifiedMs: number;
}

export interface Listing {
  /** Java files, sorted by path in the order of UTF-16 units. */
  readonly files: readonly ListedFile[];
  readonly problems: readonly FileProblem[];
  readonly kotlinFiles: number;
  readonly groovyFiles: number;
  readonly scalaFiles: number;
}

export const MAX_FILE_BYTES = 16 * 1024 * 1024;
const NEVER_ENTERED = new Set([
  'node_modules',
  'generated-sources',
  'generated-test-sources',
  'generated-src',
  'src-gen',
  'src_gen',
]);
/** Build outputs, unless they stand inside a source folder, where they are packages. */
const BUILD_OUTPUTS = new Set(['target', 'build', 'out', 'bin', 'dist']);
const SOURCE_SEGMENT = /(?:^|\/)(?:src|source|sources|java|javatests|tests?)(?:\/|$)/;
const CONCURRENT_FOLDERS = 32;

/**
 * Lists the Java files under `folder`. Build outputs, generated sources and hidden folders are not entered, symbolic links are not
 * followed (so a loop of links cannot trap the walk). What cannot be read is named, and the walk goes on.
 */
export async function listJavaFiles(folder: string, signal: AbortSignal | undefined): Promise<Listing> {
  const listing = {
    files: [] as ListedFile[],
    problems: [] as FileProblem[],
    kotlinFiles: 0,
    groovyFiles: 0,
    scalaFiles: 0,
  };
  let pending = [''];
  while (pending.length > 0 && signal?.aborted !== true) {
    const batch = pending.slice(0, CONCURRENT_FOLDERS);
    const found = await Promise.all(batch.map((relative) => listFolder(folder, relative, listing)));
    pending = [...pending.slice(CONCURRENT_FOLDERS), ...found.flat()];
  }
  listing.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  listing.problems.sort((a, b) => (a.file < b.file ? -1 : 1));
  return listing;
}

type Found = { -readonly [K in keyof Listing]: Listing[K] extends readonly (infer E)[] ? E[] : Listing[K] };

/** Adds a folder's files to `found` and returns its subfolders. */
async function listFolder(workspace: string, relative: string, found: Found): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(`${workspace}/${relative}`, { withFileTypes: true });
  } catch {
    found.problems.push({ kind: 'problem', file: relative === '' ? '.' : relative, problem: 'unreadable' });
    return [];
  }
  const folders: string[] = [];
  const javaFiles: string[] = [];
  for (const entry of entries) {
    const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
    if (entry.isDirectory()) {
      if (isEntered(relative, entry.name)) {
        folders.push(path);
      }
    } else if (entry.name.endsWith('.java')) {
      if (entry.name.includes('\ufffd')) {
        found.problems.push({ kind: 'problem', file: path, problem: 'name-not-utf-8' });
      } else if (entry.isSymbolicLink()) {
        found.problems.push({ kind: 'problem', file: path, problem: 'symbolic-link' });
      } else if (entry.isFile()) {
        javaFiles.push(path);
      }
    } else if (entry.isSymbolicLink()) {
      await noteLinkedFolder(workspace, path, found);
    } else {
      found.kotlinFiles += entry.name.endsWith('.kt') ? 1 : 0;
      found.groovyFiles += entry.name.endsWith('.groovy') ? 1 : 0;
      found.scalaFiles += entry.name.endsWith('.scala') ? 1 : 0;
    }
  }
  await Promise.all(javaFiles.map((path) => addFile(workspace, path, found)));
  return folders;
}

/** Whether a listing enters all of the folders that a path leads through. */
export function isListedPath(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  return folders.every((name, depth) => isEntered(folders.slice(0, depth).join('/'), name));
}

function isEntered(parent: string, name: string): boolean {
  if (name.startsWith('.') || NEVER_ENTERED.has(name)) {
    return false;
  }
  return !BUILD_OUTPUTS.has(name) || SOURCE_SEGMENT.test(parent);
}

async function addFile(workspace: string, path: string, found: Found): Promise<void> {
  try {
    const { size, mtimeMs } = await stat(`${workspace}/${path}`);
    if (size > MAX_FILE_BYTES) {
      found.problems.push({ kind: 'problem', file: path, problem: 'too-large' });
    } else {
      found.files.push({ path, sizeBytes: size, modifiedMs: mtimeMs });
    }
  } catch {
    found.problems.push({ kind: 'problem', file: path, problem: 'unreadable' });
  }
}

/** Only links to folders matter: they may hide sources that a user misses. */
async function noteLinkedFolder(workspace: string, path: string, found: Found): Promise<void> {
  try {
    if ((await stat(`${workspace}/${path}`)).isDirectory()) {
      found.problems.push({ kind: 'problem', file: path, problem: 'symbolic-link' });
    }
  } catch {
    found.problems.push({ kind: 'problem', file: path, problem: 'symbolic-link' });
  }
}
