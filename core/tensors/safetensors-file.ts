import { type FileHandle, open } from 'node:fs/promises';

/** One tensor of a safetensors file, by its header. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Offsets into the file, in bytes. */
  readonly begin: number;
  readonly end: number;
}

/** A safetensors file, of which only the header is held in memory. `close` it. */
export class SafetensorsFile {
  private constructor(
    readonly tensors: ReadonlyMap<string, TensorEntry>,
    private readonly file: FileHandle,
  ) {}

  /** Throws an error whose message names what is wrong, as a clause ("its header is no JSON"), when the file is damaged. */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await open(path, 'r');
    try {
      return new SafetensorsFile(await readHeader(file), file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The tensor's bytes, little-endian, in memory of their own. */
  async read(name: string): Promise<Uint8Array> {
    const entry = this.tensors.get(name);
    if (entry === undefined) throw new Error(`it has no tensor ${name}`);
    return readBytes(this.file, entry.begin, entry.end - entry.begin);
  }

  /** Fills memory with the tensor's bytes from one of them on. */
  async readInto(name: string, from: number, bytes: Uint8Array): Promise<void> {
    const entry = this.tensors.get(name);
    if (entry === undefined) throw new Error(`it has no tensor ${name}`);
    if (entry.begin + from + bytes.length > entry.end) throw new Error(`its tensor ${name} is too short`);
    await fillFrom(this.file, entry.begin + from, bytes);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Thousands of tensors have a header of some hundred kilobytes. The format's own limit, 100 MB, would take seconds to read. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
const MAX_DIMENSIONS = 16;

const BYTES_PER_ELEMENT: ReadonlyMap<unknown, number> = new Map(
  Object.entries({
    ...{ F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 },
  }),
);

async function readHeader(file: FileHandle): Promise<Map<string, TensorEntry>> {
  const { size } = await file.stat();
  if (size < 8) throw new Error('it is too short for a safetensors file');
  const lengthBytes = await readBytes(file, 0, 8);
  const headerBytes = Number(new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > size) throw new Error('it is not a safetensors file');
  const start = 8 + headerBytes;
  const header = parseHeader(await readBytes(file, 8, headerBytes));
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => [name, readEntry(name, entry, { start, size })] as const);
  checkMetadata(header[METADATA]);
  checkPlaces(entries, start, size);
  return new Map(entries);
}

const METADATA = '__metadata__';

/** Nothing of it is believed: who wrote the file wrote the header as well. */
function readEntry(
  name: string,
  entry: unknown,
  { start, size }: { readonly start: number; readonly size: number },
): TensorEntry {
  if (!isObject(entry)) throw new Error(`its header says too little about ${shown(name)}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
    throw new Error(`its header says too little about ${shown(name)}`);
  const [from = 0, to = 0] = offsets;
  const elementBytes = BYTES_PER_ELEMENT.get(dtype);
  if (typeof dtype !== 'string' || elementBytes === undefined)
    throw new Error(`the tensor ${shown(name)} has the unknown type ${shown(String(dtype))}`);
  const bytes = shape.reduce((product, dimension) => product * dimension, elementBytes);
  if (to - from !== bytes || start + to > size) throw new Error(`the tensor ${shown(name)} has a wrong length`);
  return { dtype, shape, begin: start + from, end: start + to };
}

/** The tensors fill the file after its header, without a gap and without an overlap. */
function checkPlaces(entries: readonly (readonly [string, TensorEntry])[], start: number, size: number): void {
  let expected = start;
  const inOrder = [...entries].sort(([, one], [, other]) => one.begin - other.begin || one.end - other.end);
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== expected) throw new Error(`the tensor ${shown(name)} is not where the one before it ends`);
    expected = end;
  }
  if (expected !== size) throw new Error('its length does not match its header');
}

function checkMetadata(metadata: unknown): void {
  if (metadata === undefined) return;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    throw new Error('its header has no valid metadata');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  const isSize = (one: unknown) => Number.isSafeInteger(one) && (one as number) >= 0;
  return Array.isArray(value) && value.length <= MAX_DIMENSIONS && value.every(isSize);
}

/** A name may be as long as the header. */
function shown(name: string): string {
  return name.length <= 100 ? name : `${name.slice(0, 100)}…`;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    throw new Error('its header is no JSON', { cause: error });
  }
  if (!isObject(header)) throw new Error('its header is no JSON object');
  // JSON.parse keeps the last of two entries of one name; other readers keep the first.
  const entries = Object.keys(header).length - (METADATA in header ? 1 : 0);
  if ((text.match(/"dtype"\s*:/g)?.length ?? 0) > entries) throw new Error('its header names a tensor twice');
  return header;
}

/** Node.js reads at most 2 GiB at once. */
const MAX_READ_BYTES = 1 << 30;

async function readBytes(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await fillFrom(file, position, bytes);
  return bytes;
}

async function fillFrom(file: FileHandle, position: number, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(bytes.length - done, MAX_READ_BYTES), position + done);
    if (bytesRead === 0) throw new Error('it ends too early');
    done += bytesRead;
  }
}
