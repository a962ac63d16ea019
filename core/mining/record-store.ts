import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CachedFile } from './mining-cache.ts';
import type { MiningMode, PairRecord, UnpairedTest } from './mining-record.ts';

/** A record with the module of its test file. */
export interface StoredRecord {
  readonly module: string;
  readonly record: PairRecord | UnpairedTest;
}

/** Raise when pairing changes: stored records of other versions are not used. */
const PAIRING_VERSION = 7;

/**
 * Names the content of a workspace: the same key means the same files with the same bytes, and the same exclusions, so the records of the last run are the
 * records of this one.
 */
export function workspaceKey(mode: MiningMode, files: ReadonlyMap<string, CachedFile>, exclusions: string): string {
  const hash = createHash('sha256').update(`${PAIRING_VERSION}\n${mode}\n`);
  for (const { path, hash: content } of files.values()) {
    hash.update(`${path}\0${content}\n`);
  }
  if (exclusions !== '') hash.update(`\0${exclusions}`);
  return hash.digest('hex');
}

/** The records of the last complete run, if they are those of a workspace with this key and undamaged. */
export async function readRecords(file: string, key: string): Promise<Iterable<StoredRecord> | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined || bytes.length < 2 * LINE_BYTES || bytes.toString('latin1', 0, LINE_BYTES - 1) !== key) {
    return undefined;
  }
  const content = bytes.subarray(0, -LINE_BYTES);
  const checksum = createHash('sha256').update(content).digest('hex');
  return checksum === bytes.toString('latin1', content.length, bytes.length - 1) ? recordsOf(content) : undefined;
}

/** Length of a line that holds a SHA-256 in hexadecimal. */
const LINE_BYTES = 65;

function* recordsOf(content: Buffer): Generator<StoredRecord> {
  for (let start = LINE_BYTES; start < content.length; ) {
    const end = content.indexOf(10, start);
    const [module, record] = JSON.parse(content.toString('utf8', start, end)) as [string, StoredRecord['record']];
    yield { module, record };
    start = end + 1;
  }
}

/** Writes records beside the final file; {@link RecordWriter.keep} puts them there at once. A failure loses the store, not the run. */
export class RecordWriter {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash;
  #buffer: string;

  private constructor(file: string, handle: FileHandle, key: string) {
    this.#file = file;
    this.#handle = handle;
    this.#hash = createHash('sha256');
    this.#buffer = `${key}\n`;
  }

  static async open(file: string, key: string): Promise<RecordWriter | undefined> {
    try {
      await mkdir(dirname(file), { recursive: true });
      return new RecordWriter(file, await open(temporaryOf(file), 'w'), key);
    } catch {
      return undefined;
    }
  }

  async write({ module, record }: StoredRecord): Promise<void> {
    this.#buffer += `${JSON.stringify([module, record])}\n`;
    if (this.#buffer.length > 1 << 19) {
      await this.#flush();
    }
  }

  async keep(): Promise<void> {
    await this.#flush();
    await this.#handle.write(`${this.#hash.digest('hex')}\n`);
    await this.#handle.close();
    await rename(temporaryOf(this.#file), this.#file);
  }

  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(temporaryOf(this.#file), { force: true });
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#buffer);
    this.#buffer = '';
    this.#hash.update(bytes);
    await this.#handle.write(bytes);
  }
}

function temporaryOf(file: string): string {
  return `${file}.${process.pid}.tmp`;
}
