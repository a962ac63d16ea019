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

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** The format's own limit for a header. */
const MAX_HEADER_BYTES = 100_000_000;

const BYTES_PER_ELEMENT: Readonly<Record<string, number>> = {
  ...{ F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 },
};

async function readHeader(file: FileHandle): Promise<Map<string, TensorEntry>> {
  const { size } = await file.stat();
  if (size < 8) throw new Error('it is too short for a safetensors file');
  const lengthBytes = await readBytes(file, 0, 8);
  const headerBytes = Number(new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > size) throw new Error('it is not a safetensors file');
  const start = 8 + headerBytes;
  const tensors = new Map<string, TensorEntry>();
  let expected = 0;
  for (const [name, entry] of Object.entries(parseHeader(await readBytes(file, 8, headerBytes)))) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = entry;
    const [begin, end] = offsets ?? [];
    const elementBytes = BYTES_PER_ELEMENT[dtype ?? ''];
    if (dtype === undefined || shape === undefined || begin === undefined || end === undefined)
      throw new Error(`its header says too little about ${name}`);
    if (elementBytes === undefined) throw new Error(`the tensor ${name} has the unknown type ${dtype}`);
    if (end - begin !== shape.reduce((product, size) => product * size, elementBytes) || start + end > size)
      throw new Error(`the tensor ${name} has a wrong length`);
    tensors.set(name, { dtype, shape, begin: start + begin, end: start + end });
    expected = Math.max(expected, start + end);
  }
  if (expected !== size && tensors.size > 0) throw new Error('its length does not match its header');
  return tensors;
}

interface HeaderEntry {
  dtype?: string;
  shape?: number[];
  data_offsets?: number[];
}

function parseHeader(bytes: Uint8Array): Record<string, HeaderEntry> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, HeaderEntry>;
  } catch (error) {
    throw new Error('its header is no JSON', { cause: error });
  }
  throw new Error('its header is no JSON object');
}

/** Node.js reads at most 2 GiB at once. */
const MAX_READ_BYTES = 1 << 30;

async function readBytes(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(length - done, MAX_READ_BYTES), position + done);
    if (bytesRead === 0) throw new Error('it ends too early');
    done += bytesRead;
  }
  return bytes;
}
