import { createHash } from 'node:crypto';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../storage/durable-file.ts';

/** What a manifest says about one other file of its folder. */
export interface FileEntry {
  readonly sha256: string;
  readonly bytes: number;
}

export const MANIFEST = 'manifest.json';
/** Holds the SHA-256 of the manifest, which nothing else in the folder vouches for. */
export const SEAL = 'manifest.sha256';

/** Vouches for a folder's manifest, as it was read and checked, so that a disk that changes a bit of it is noticed. */
export async function sealManifest(folder: string, manifestSha256: string): Promise<void> {
  await writeDurably(join(folder, SEAL), `${manifestSha256}\n`);
}

/**
 * Reads `manifest.json` of a folder of weights: its content, unchecked, and its own SHA-256. Throws an error whose message is a clause
 * when the folder holds a pickle or no manifest, or another than it was sealed with.
 */
export async function readManifest(folder: string): Promise<{ manifest: Record<string, unknown>; sha256: string }> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new Error('it does not exist', { cause: error });
  });
  const pickle = names.find((name) => PICKLES.test(name));
  if (pickle !== undefined)
    throw new Error(`it holds the pickle ${pickle}, and weights are only read from safetensors`);
  const bytes = await readFile(join(folder, MANIFEST)).catch((error: unknown) => {
    throw new Error('it has no manifest.json', { cause: error });
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (names.includes(SEAL) && (await readFile(join(folder, SEAL), 'latin1')) !== `${sha256}\n`)
    throw new Error('its manifest.json does not match its hash');
  try {
    const manifest: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest))
      return { manifest: manifest as Record<string, unknown>, sha256 };
  } catch (error) {
    throw new Error('its manifest.json is no JSON', { cause: error });
  }
  throw new Error('its manifest.json is no JSON object');
}

/** Throws an error whose message is a clause when a file is missing or differs from what the manifest says. */
export async function checkFiles(folder: string, files: ReadonlyMap<string, FileEntry>): Promise<void> {
  for (const [name, { sha256, bytes }] of files) {
    const path = join(folder, name);
    const { size } = await stat(path).catch((error: unknown) => {
      throw new Error(`its file ${name} is missing`, { cause: error });
    });
    if (size !== bytes) throw new Error(`its file ${name} has ${size} bytes in place of ${bytes}`);
    if ((await hashOfFile(path)) !== sha256) throw new Error(`its file ${name} does not match its hash`);
  }
}

/** The manifest's `files`; a name that leads out of the folder is refused. */
export function filesOf(manifest: Record<string, unknown>): ReadonlyMap<string, FileEntry> {
  const files = manifest.files;
  if (typeof files !== 'object' || files === null) throw new Error('its manifest names no files');
  return new Map(
    Object.entries(files as Record<string, Partial<FileEntry> | null>).map(([name, entry]) => {
      if (name.includes('\0') || name.split(/[\\/]/u).some((part) => part === '..' || part === ''))
        throw new Error(`its file name ${name.slice(0, 100)} leads out of it`);
      if (typeof entry?.sha256 !== 'string' || typeof entry.bytes !== 'number')
        throw new Error(`its manifest says too little about ${name.slice(0, 100)}`);
      return [name, { sha256: entry.sha256, bytes: entry.bytes }];
    }),
  );
}

const PICKLES = /\.(?:bin|pt|pth|ckpt|pkl|pickle)$/iu;

/** Reads the next piece while the last one is hashed, into the same memory again and again: faster than a stream, which takes new memory for each. */
async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    let [piece, next] = [Buffer.allocUnsafe(PIECE_BYTES), Buffer.allocUnsafe(PIECE_BYTES)];
    let { bytesRead } = await file.read(piece, 0, PIECE_BYTES);
    while (bytesRead > 0) {
      const reading = file.read(next, 0, PIECE_BYTES);
      hash.update(piece.subarray(0, bytesRead));
      ({ bytesRead } = await reading);
      [piece, next] = [next, piece];
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

const PIECE_BYTES = 1 << 20;
