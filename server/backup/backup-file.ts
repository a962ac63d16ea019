import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extract, type Header, type Pack, pack as startTar } from 'tar-stream';
import { isDiskFull, syncFolder } from '../storage/durable-file.ts';

/** What a backup says about itself. */
export interface BackupDescription {
  readonly format: 1;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdMs: number;
  /** By their path in the data folder. */
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
  readonly folders: readonly string[];
}

// A backup is a tar file, so that what every system has can look into it. What describes it comes last, when the hashes are known: a
// backup that was cut off has no description and is none.
const DESCRIPTION = 'backup.json';
const SEAL = 'backup.sha256';
const MOST_TEXT_BYTES = 1 << 29;

/**
 * Writes what lies under these names in a folder, which nobody may change meanwhile. The backup is there complete or not at all, and only
 * its owner may read it: it holds source code and the key of receipts.
 */
export async function writeBackup(root: string, names: readonly string[], file: string): Promise<BackupDescription> {
  const unfinished = `${file}.unfinished`;
  await rm(unfinished, { force: true });
  const tar = startTar();
  // What breaks it is told by the promise; the streams only repeat it.
  tar.on('error', () => undefined);
  const written = writeAll(unfinished, tar);
  const broken = written.then(() => new Promise<never>(() => undefined));
  broken.catch(() => undefined);
  try {
    const description = await Promise.race([addEverything(tar, root, names), broken]);
    tar.finalize();
    await written;
    await rename(unfinished, file);
    await syncFolder(dirname(file));
    return description;
  } catch (error) {
    tar.destroy();
    await written.catch(() => undefined);
    await rm(unfinished, { force: true });
    throw error;
  }
}

/**
 * Unpacks a backup into an empty folder, durably, and checks every byte. Throws an error whose message is a clause when it was damaged or
 * cut off, or is none; what is in the folder is then worth nothing.
 */
export async function readBackup(file: string, into: string): Promise<BackupDescription> {
  return unpackAll(file, into).catch((cause: unknown) => {
    throw isDiskFull(cause) ? cause : new Error(clauseOf(cause), { cause });
  });
}

/** Foreign texts do not say what is wrong with a backup. */
function clauseOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'it cannot be read';
  if ('syscall' in cause) return 'code' in cause && cause.code === 'ENOENT' ? 'it does not exist' : 'it cannot be read';
  if (/Unexpected end|closed|premature|destroyed/iu.test(cause.message)) return 'it was cut off';
  if (cause instanceof SyntaxError || /tar|header/iu.test(cause.message)) return 'it is damaged or no backup';
  return cause.message;
}

async function unpackAll(file: string, into: string): Promise<BackupDescription> {
  const files: Record<string, { sha256: string; bytes: number }> = {};
  const folders: string[] = [];
  let described = '';
  let seal = '';
  for await (const { name, type, mode, entry } of entriesOf(file)) {
    if (seal !== '') throw new Error('it goes on after its end');
    if (name === DESCRIPTION) described = await readText(entry);
    else if (name === SEAL) seal = await readText(entry);
    else if (described !== '') throw new Error('it goes on after its end');
    else if (!isInside(name)) throw new Error(`its entry ${JSON.stringify(name.slice(0, 100))} leads out of it`);
    else if (type === 'directory') {
      await mkdir(join(into, name), { recursive: true, mode });
      folders.push(name);
      for await (const _ of entry);
    } else files[name] = await unpack(entry, join(into, name), mode);
  }
  if (seal === '') throw new Error('it was cut off');
  if (seal !== `${sha256Of(described)}\n`) throw new Error('its description does not match its hash');
  const description = JSON.parse(described) as BackupDescription;
  if (description.format !== 1) throw new Error('it was made by a later version');
  const names = new Set([...Object.keys(description.files), ...Object.keys(files)]);
  for (const name of names) {
    const [said, found] = [description.files[name], files[name]];
    if (said === undefined || said.sha256 !== found?.sha256)
      throw new Error(`its file ${name} does not match its hash`);
  }
  if (description.folders.join('\n') !== folders.join('\n'))
    throw new Error('its folders do not match its description');
  await makeDurable(Object.keys(files).map((name) => join(into, name)));
  for (const folder of [...folders.map((name) => join(into, name)), into]) await syncFolder(folder);
  return description;
}

async function addEverything(tar: Pack, root: string, names: readonly string[]): Promise<BackupDescription> {
  const files: Record<string, { sha256: string; bytes: number }> = {};
  const folders: string[] = [];
  const add = async (name: string): Promise<void> => {
    const found = await stat(join(root, name));
    if (!found.isDirectory()) {
      files[name] = await addFile(tar, join(root, name), { name, size: found.size, mode: found.mode & 0o777 });
      return;
    }
    await endOf(tar, { name, type: 'directory', mode: found.mode & 0o777 });
    folders.push(name);
    for (const inside of (await readdir(join(root, name))).sort()) await add(`${name}/${inside}`);
  };
  for (const name of names) await add(name);
  const description: BackupDescription = { format: 1, createdMs: Date.now(), files, folders };
  const text = JSON.stringify(description);
  await endOf(tar, { name: DESCRIPTION }, text);
  await endOf(tar, { name: SEAL }, `${sha256Of(text)}\n`);
  return description;
}

async function addFile(tar: Pack, path: string, header: NewEntry & { size: number }) {
  const hash = createHash('sha256');
  let settle: (error?: Error | null) => void = () => undefined;
  const ended = new Promise<void>((done, failed) => {
    settle = (error) => (error ? failed(error) : done());
  });
  ended.catch(() => undefined);
  const entry = tar.entry(header, (error) => settle(error));
  entry.on('error', () => undefined);
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(part);
    if (!entry.write(part)) await new Promise<void>((next) => entry.once('drain', () => next()));
  }
  entry.end(null);
  await ended;
  return { sha256: hash.digest('hex'), bytes: header.size };
}

type NewEntry = Parameters<Pack['entry']>[0];

/** Adds an entry that needs no stream. */
function endOf(tar: Pack, header: NewEntry, text?: string): Promise<void> {
  return new Promise((done, failed) => {
    const settle = (error?: Error | null) => (error ? failed(error) : done());
    if (text === undefined) tar.entry(header, settle);
    else tar.entry(header, text, settle);
  });
}

async function writeAll(file: string, tar: AsyncIterable<unknown>): Promise<void> {
  const written = await open(file, 'wx', 0o600);
  try {
    for await (const part of tar) await written.writeFile(part as Buffer);
    await written.sync();
  } finally {
    await written.close();
  }
}

type Entry = AsyncIterable<unknown> & { readonly header: Header };

async function* entriesOf(file: string) {
  const source = createReadStream(file, { highWaterMark: 1 << 20 });
  const tar = extract();
  source.on('error', (error) => tar.destroy(error));
  source.pipe(tar);
  try {
    for await (const entry of tar as AsyncIterable<Entry>) {
      const { name, type, mode } = entry.header;
      if (type !== 'file' && type !== 'directory')
        throw new Error('it holds something that is neither file nor folder');
      yield { name: type === 'directory' ? name.replace(/\/$/u, '') : name, type, mode: mode ?? 0o600, entry };
    }
  } finally {
    source.destroy();
  }
}

async function unpack(entry: Entry, path: string, mode: number) {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', mode);
  try {
    for await (const part of entry as AsyncIterable<Buffer>) {
      hash.update(part);
      bytes += part.length;
      await file.writeFile(part);
    }
  } finally {
    await file.close();
  }
  // What `open` took away for the caller's mask.
  await chmod(path, mode);
  return { sha256: hash.digest('hex'), bytes };
}

/** Several at a time, because a disk makes many files durable about as fast as one. */
async function makeDurable(paths: readonly string[]): Promise<void> {
  const left = paths.values();
  const syncNext = async () => {
    for (const path of left) {
      const file = await open(path, 'r+');
      await file.sync().finally(() => file.close());
    }
  };
  await Promise.all(Array.from({ length: 16 }, syncNext));
}

async function readText(entry: Entry): Promise<string> {
  if ((entry.header.size ?? 0) > MOST_TEXT_BYTES) throw new Error('its description is too large');
  const parts: Buffer[] = [];
  for await (const part of entry as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

const isInside = (name: string) =>
  !/[\\\0:]/u.test(name) && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');
