import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { FileOutline } from './extraction.ts';
import type { FileProblemKind, MiningMode } from './mining-record.ts';

/** What is remembered of one file between runs. */
export interface CachedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** SHA-256 of the bytes. */
  readonly hash: string;
  readonly mentionsTest: boolean;
  readonly problems: readonly FileProblemKind[];
  readonly outline: FileOutline;
  /** Packed facts in UTF-8; empty when the file was not parsed. Kept as bytes: they are read rarely and would cost more as objects. */
  readonly facts: Buffer;
}

export interface MiningCache {
  /** When the files of the cache were listed. A file changed about then or later may have changed again unseen. */
  readonly listedMs: number;
  readonly files: ReadonlyMap<string, CachedFile>;
}

export type CacheReading =
  | { readonly kind: 'read'; readonly cache: MiningCache }
  | { readonly kind: 'none' }
  /** The file was damaged or of another version; it is rebuilt. */
  | { readonly kind: 'unusable'; readonly notice: string };

/** Raise when what a file's facts hold or mean changes: caches of other versions are rebuilt. */
const FORMAT = 3;
const EMPTY = Buffer.alloc(0);
const TAB = 9;
const LINE_FEED = 10;

/** Where the command line keeps a workspace's cache: the user's cache folder, under a name made from the workspace's path and the mode. */
export function defaultCacheFile(workspace: string, mode: MiningMode): string {
  const key = createHash('sha256')
    .update(`${mode}\n${resolve(workspace)}`)
    .digest('hex')
    .slice(0, 32);
  return join(userCacheFolder(), 'bespoke', 'mining', `${key}.cache`);
}

export async function readCache(file: string, mode: MiningMode): Promise<CacheReading> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return missing
      ? { kind: 'none' }
      : { kind: 'unusable', notice: `The mining cache ${file} cannot be read; everything is mined again.` };
  }
  const cache = decode(bytes, mode);
  return cache === undefined
    ? { kind: 'unusable', notice: `The mining cache ${file} is damaged or of another version; it was built anew.` }
    : { kind: 'read', cache };
}

/** Writes beside the file and renames, so that a reader sees the old cache or the new one, never half of one. */
export async function writeCache(file: string, mode: MiningMode, cache: MiningCache): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    const hash = createHash('sha256');
    const write = async (parts: readonly Buffer[]): Promise<void> => {
      const bytes = Buffer.concat(parts);
      hash.update(bytes);
      await handle.write(bytes);
    };
    await write([Buffer.from(`${JSON.stringify({ format: FORMAT, mode, listedMs: cache.listedMs })}\n`)]);
    let chunk: Buffer[] = [];
    let chunkBytes = 0;
    for (const entry of cache.files.values()) {
      const line = encodeLine(entry);
      chunk.push(...line);
      chunkBytes += entry.facts.length;
      if (chunkBytes > 1 << 20) {
        await write(chunk);
        chunk = [];
        chunkBytes = 0;
      }
    }
    await write(chunk);
    await handle.write(`${hash.digest('hex')}\n`);
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await handle.close();
  await rename(temporary, file);
}

type LineHead = [
  path: string,
  sizeBytes: number,
  modifiedMs: number,
  hash: string,
  flags: number,
  problems: readonly FileProblemKind[],
  packageName: string,
  types: readonly string[],
];

function encodeLine({
  path,
  sizeBytes,
  modifiedMs,
  hash,
  mentionsTest,
  problems,
  outline,
  facts,
}: CachedFile): Buffer[] {
  const flags = (mentionsTest ? 1 : 0) + (outline.isGenerated ? 2 : 0) + (outline.mayHoldTests ? 4 : 0);
  const head: LineHead = [path, sizeBytes, modifiedMs, hash, flags, problems, outline.package, outline.types];
  return [Buffer.from(`${JSON.stringify(head)}\t`), facts, Buffer.from('\n')];
}

function decodeLine(head: string, facts: Buffer): CachedFile {
  const [path, sizeBytes, modifiedMs, hash, flags, problems, packageName, types] = JSON.parse(head) as LineHead;
  const outline = { package: packageName, types, isGenerated: (flags & 2) !== 0, mayHoldTests: (flags & 4) !== 0 };
  return { path, sizeBytes, modifiedMs, hash, mentionsTest: (flags & 1) !== 0, problems, outline, facts };
}

function decode(bytes: Buffer, mode: MiningMode): MiningCache | undefined {
  const trailerStart = bytes.length - 65;
  if (trailerStart < 0 || bytes.at(-1) !== LINE_FEED) {
    return undefined;
  }
  const content = bytes.subarray(0, trailerStart);
  if (createHash('sha256').update(content).digest('hex') !== bytes.toString('latin1', trailerStart, bytes.length - 1)) {
    return undefined;
  }
  const headerEnd = content.indexOf(LINE_FEED);
  const header = JSON.parse(content.toString('utf8', 0, headerEnd)) as {
    format?: number;
    mode?: string;
    listedMs?: number;
  };
  if (header.format !== FORMAT || header.mode !== mode || header.listedMs === undefined) {
    return undefined;
  }
  const files = new Map<string, CachedFile>();
  for (let start = headerEnd + 1; start < content.length; ) {
    const end = content.indexOf(LINE_FEED, start);
    const tab = content.indexOf(TAB, start);
    const facts = end > tab + 1 ? content.subarray(tab + 1, end) : EMPTY;
    const file = decodeLine(content.toString('utf8', start, tab), facts);
    files.set(file.path, file);
    start = end + 1;
  }
  return { listedMs: header.listedMs, files };
}

function userCacheFolder(): string {
  if (process.platform === 'win32') {
    return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  }
  if (process.platform === 'darwin') {
    return join(homedir(), 'Library', 'Caches');
  }
  return process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
}
