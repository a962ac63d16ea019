import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const WIDTH = 32;
const FACTOR = 16_777_619;

/** Every window of 32 bytes of some texts, to be looked for in files of any format. */
export class Shingles {
  readonly #bits = new Uint8Array(1 << 24);
  readonly #windows = new Map<number, Set<string>>();

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const bytes = Buffer.from(text);
      forEachWindow(bytes, (hash, at) => {
        const windows = this.#windows.get(hash) ?? new Set();
        this.#windows.set(hash, windows.add(bytes.toString('latin1', at, at + WIDTH)));
        this.#bits[hash >>> 8] = 1;
      });
    }
  }

  /** How many places of each file under a folder hold one; files without any are left out. */
  foundUnder(folder: string): Record<string, number> {
    const found: Record<string, number> = {};
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = readIfThere(path);
      forEachWindow(bytes, (hash, at) => {
        if (this.#bits[hash >>> 8] === 0) return;
        if (!this.#windows.get(hash)?.has(bytes.toString('latin1', at, at + WIDTH))) return;
        found[path.slice(folder.length + 1)] = (found[path.slice(folder.length + 1)] ?? 0) + 1;
      });
    }
    return found;
  }
}

/** A server that runs removes files meanwhile. */
function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** A rolling hash, so that 40 MB are looked through in a second or two. */
function forEachWindow(bytes: Uint8Array, visit: (hash: number, at: number) => void): void {
  let leaving = 1;
  for (let at = 1; at < WIDTH; at++) leaving = Math.imul(leaving, FACTOR);
  let hash = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at >= WIDTH) hash = (hash - Math.imul((bytes[at - WIDTH] ?? 0) + 1, leaving)) | 0;
    hash = (Math.imul(hash, FACTOR) + (bytes[at] ?? 0) + 1) | 0;
    if (at >= WIDTH - 1) visit(hash >>> 0, at - WIDTH + 1);
  }
}
