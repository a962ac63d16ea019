import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Files and folders on this disk that can be fetched again: at most so many bytes of them, those used last. */
export class LocalCache {
  /** Bytes by path, in the order of their last use. */
  readonly #entries = new Map<string, number>();
  /** How many use a path at this moment. */
  readonly #uses = new Map<string, number>();
  #bytes = 0;

  /** What goes is moved to `leaving` first, so that it is there whole or not at all, whenever the server dies. */
  constructor(
    private readonly mostBytes: number,
    private readonly leaving: (path: string) => string,
  ) {}

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** Counts what is on the disk now, and lets others go that were not used for longest. */
  async add(path: string, bytes: number): Promise<void> {
    this.#drop(path);
    this.#entries.set(path, bytes);
    this.#bytes += bytes;
    await this.#makeRoom();
  }

  /** Keeps a path, whether it is there yet or not, until the returned function is called. */
  use(path: string): () => void {
    this.#uses.set(path, (this.#uses.get(path) ?? 0) + 1);
    const bytes = this.#entries.get(path);
    if (bytes !== undefined) {
      this.#entries.delete(path);
      this.#entries.set(path, bytes);
    }
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.#uses.get(path) ?? 1) - 1;
      if (left > 0) this.#uses.set(path, left);
      else this.#uses.delete(path);
      void this.#makeRoom().catch(() => undefined);
    };
  }

  async remove(path: string): Promise<void> {
    this.#drop(path);
    await this.#moveOut(path);
  }

  /** Forgets what lies in a folder, which somebody else removes. */
  forget(folder: string): void {
    for (const path of [...this.#entries.keys()]) if (path.startsWith(folder + sep)) this.#drop(path);
  }

  async #makeRoom(): Promise<void> {
    for (const path of [...this.#entries.keys()]) {
      if (this.#bytes <= this.mostBytes) return;
      if (this.#entries.has(path) && !this.#uses.has(path)) await this.remove(path);
    }
  }

  #drop(path: string): void {
    this.#bytes -= this.#entries.get(path) ?? 0;
    this.#entries.delete(path);
  }

  async #moveOut(path: string): Promise<void> {
    const leaving = this.leaving(path);
    const out = join(leaving, randomUUID());
    try {
      // Not with the folders above it: they are gone when the repository is.
      await mkdir(leaving).catch(unless('EEXIST'));
      await rename(path, out);
    } catch (error) {
      unless('ENOENT')(error);
    }
    await rm(out, { recursive: true, force: true });
  }
}

const unless = (code: string) => (error: unknown) => {
  if ((error as NodeJS.ErrnoException | null)?.code !== code) throw error;
};
