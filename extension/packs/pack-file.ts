import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { extract, type Header, type Pack, pack as startTar } from 'tar-stream';
import { type PackDescription, type PackedFile, readDescription } from './pack-description.ts';
import { PackError } from './pack-error.ts';
import { fingerprintOf, isSigned, type PackSignature, signWith } from './pack-key.ts';

/** What goes into a pack beside its description. */
export interface PackContent {
  /** `manifest.json` of the adapter, byte by byte. */
  readonly manifest: Uint8Array;
  /** `adapter.safetensors`, in order. */
  readonly tensors: AsyncIterable<Uint8Array>;
}

/** A pack whose signature and hashes were checked. */
export interface CheckedPack {
  readonly description: PackDescription;
  /** Of the key that signed it. */
  readonly fingerprint: string;
  readonly manifest: Uint8Array;
}

// A pack is a tar file of these four entries in this order, so that whoever gets one can look into it with what every system has, and so
// that it is written and checked in one pass however large the model is. The description comes first because it is what is signed.
const entryNames = ['pack.json', 'pack.sig', 'manifest.json', 'adapter.safetensors'] as const;
type EntryName = (typeof entryNames)[number];

type Entry = AsyncIterable<unknown> & { readonly header: Header };

const mostTextBytes = 1 << 20;

/** Writes a pack and signs it; the file is there complete or not at all. */
export async function writePack(
  file: string,
  description: PackDescription,
  content: PackContent,
  privateKeyPem: string,
): Promise<void> {
  const unfinished = `${file}.unfinished`;
  const tar = startTar();
  // What breaks it is told by the promise; the streams only repeat it.
  tar.on('error', () => undefined);
  const done = writeAll(unfinished, tar);
  const broken = done.then(
    () => new Promise<never>(() => undefined),
    (cause: unknown) => {
      throw new Error(`The model pack cannot be written to ${file}: choose another place.`, { cause });
    },
  );
  broken.catch(() => undefined);
  try {
    const text = Buffer.from(`${JSON.stringify(description, null, 1)}\n`);
    addText(tar, 'pack.json', text);
    addText(tar, 'pack.sig', Buffer.from(`${JSON.stringify(signWith(privateKeyPem, text))}\n`));
    addText(tar, 'manifest.json', Buffer.from(content.manifest));
    await addTensors(tar, description.files['adapter.safetensors'], content.tensors, broken);
    tar.finalize();
    await Promise.race([done, broken]);
    await rename(unfinished, file);
  } catch (cause) {
    tar.destroy();
    await done.catch(() => undefined);
    await rm(unfinished, { force: true });
    throw cause;
  }
}

async function writeAll(file: string, tar: AsyncIterable<unknown>): Promise<void> {
  const written = await open(file, 'w');
  try {
    for await (const part of tar) await written.writeFile(part as Buffer);
    await written.sync();
  } finally {
    await written.close();
  }
}

/** Reads all of a pack; throws `PackError` when it is not signed, or is not what was signed. */
export async function checkPack(file: string): Promise<CheckedPack> {
  try {
    const texts = new Map<EntryName, Buffer>();
    let description: PackDescription | undefined;
    for await (const { name, bytes, entry } of entriesOf(file)) {
      if (name === 'adapter.safetensors') {
        await checkHash(entry, name, bytes, description?.files[name]);
        continue;
      }
      const text = await readText(entry, name, bytes);
      texts.set(name, text);
      if (name === 'pack.sig') description = checkSignature(texts.get('pack.json'), text);
      if (name === 'manifest.json') checkText(text, name, description?.files[name]);
    }
    const manifest = texts.get('manifest.json');
    const signature = texts.get('pack.sig');
    if (description === undefined || manifest === undefined || signature === undefined)
      throw new Error('it ends too early');
    return { description, manifest, fingerprint: fingerprintOf(readSignature(signature).publicKey) };
  } catch (cause) {
    throw new PackError(basename(file), clauseOf(cause), { cause });
  }
}

/** The bytes of `adapter.safetensors` in a pack, in order. */
export async function* tensorsOf(file: string): AsyncGenerator<Uint8Array> {
  for await (const { name, entry } of entriesOf(file)) {
    if (name === 'adapter.safetensors') for await (const bytes of entry) yield bytes as Buffer;
    else for await (const _ of entry);
  }
}

function addText(tar: Pack, name: EntryName, text: Buffer): void {
  // Equal content gives equal bytes, whoever packs it and when.
  tar.entry({ name, mtime: new Date(0), size: text.length }, text);
}

async function addTensors(
  tar: Pack,
  announced: PackedFile,
  tensors: AsyncIterable<Uint8Array>,
  broken: Promise<never>,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const header = { name: 'adapter.safetensors', mtime: new Date(0), size: announced.bytes };
  const { entry, ended } = startEntry(tar, header);
  for await (const part of tensors) {
    hash.update(part);
    bytes += part.length;
    if (bytes > announced.bytes) break;
    if (entry.write(part)) continue;
    await Promise.race([new Promise<void>((next) => entry.once('drain', () => next())), broken]);
  }
  if (bytes !== announced.bytes || hash.digest('hex') !== announced.sha256)
    throw new Error('The server sent another adapter than its manifest says: export it again.');
  entry.end(null);
  await Promise.race([ended, broken]);
}

function startEntry(tar: Pack, header: Parameters<Pack['entry']>[0]) {
  let settle: (error?: Error | null) => void = () => undefined;
  const ended = new Promise<void>((done, failed) => {
    settle = (error) => (error ? failed(error) : done());
  });
  ended.catch(() => undefined);
  const entry = tar.entry(header, (error) => settle(error));
  entry.on('error', () => undefined);
  return { entry, ended };
}

/** The entries of a pack, one after another; each must be read to its end. Throws an error whose message is a clause. */
async function* entriesOf(file: string): AsyncGenerator<{ name: EntryName; bytes: number; entry: Entry }> {
  const source = createReadStream(file);
  const tar = extract();
  source.on('error', (error) => tar.destroy(error));
  source.pipe(tar);
  let at = 0;
  try {
    for await (const entry of tar) {
      const { name, type, size } = entry.header;
      const expected = entryNames[at];
      if (expected === 'pack.sig' && name !== expected) throw new Error('it is not signed');
      if (name !== expected || type !== 'file' || size === undefined) throw new Error('it is no model pack');
      at += 1;
      yield { name: expected, bytes: size, entry };
    }
  } finally {
    source.destroy();
  }
  if (at === 1) throw new Error('it is not signed');
  if (at < entryNames.length) throw new Error(at === 0 ? 'it is no model pack' : 'it ends too early');
}

async function readText(entry: Entry, name: EntryName, bytes: number): Promise<Buffer> {
  if (bytes > mostTextBytes) throw new Error(`its ${name} is larger than 1 MiB`);
  const parts: Buffer[] = [];
  for await (const part of entry) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function checkSignature(text: Buffer | undefined, signature: Buffer): PackDescription {
  if (text === undefined || !isSigned(text, readSignature(signature))) throw altered('pack.json');
  return readDescription(text.toString('utf8'));
}

function readSignature(text: Buffer): PackSignature {
  const said: unknown = JSON.parse(text.toString('utf8'));
  if (typeof said !== 'object' || said === null) throw new Error('its signature cannot be read');
  const { algorithm, publicKey, signature } = said as Record<string, unknown>;
  if (algorithm !== 'ed25519' || typeof publicKey !== 'string' || typeof signature !== 'string')
    throw new Error('its signature cannot be read');
  return { algorithm, publicKey, signature };
}

function checkText(text: Buffer, name: EntryName, announced: PackedFile | undefined): void {
  if (text.length !== announced?.bytes || createHash('sha256').update(text).digest('hex') !== announced.sha256)
    throw altered(name);
}

async function checkHash(entry: Entry, name: string, bytes: number, announced: PackedFile | undefined): Promise<void> {
  if (bytes !== announced?.bytes) throw altered(name);
  const hash = createHash('sha256');
  for await (const part of entry) hash.update(part as Buffer);
  if (hash.digest('hex') !== announced.sha256) throw altered(name);
}

const altered = (name: string) => new Error(`its ${name} was altered after it was signed`);

/** Foreign texts do not say what to do. */
function clauseOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'it cannot be read';
  if ('code' in cause) return cause.code === 'ENOENT' ? 'it does not exist' : 'it cannot be read';
  if (cause instanceof SyntaxError || /tar|Unexpected end/i.test(cause.message)) return 'it is no model pack';
  return cause.message;
}
