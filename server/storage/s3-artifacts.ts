import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { adapterRefused, BespokeError } from '../errors.ts';
import { checkFiles, filesOf, MANIFEST, readManifest, SEAL } from '../tensors/checked-folder.ts';
import type { ArtifactStore, RepositoryKey, StoredObjects, TakenAdapter } from './artifact-store.ts';
import { type DataDir, folderBytes } from './data-dir.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import { LocalCache } from './local-cache.ts';
import type { S3Bucket } from './s3-bucket.ts';

/** What the ledger knows of a repository. */
export interface KnownArtifacts {
  readonly repository: RepositoryKey;
  /** Of registered adapters. */
  readonly adapterIds: readonly string[];
  /** Of adapters that may be registered yet, because their runs have not ended. */
  readonly expectedIds: readonly string[];
}

/**
 * Artifacts in an S3-compatible store, under TENANT/REPOSITORY/chunks/ and TENANT/REPOSITORY/adapters/ADAPTER/. The data folder holds
 * copies of those used last, where it would hold them without such a store.
 */
export class S3Artifacts implements ArtifactStore {
  readonly #cache: LocalCache;
  /** Adapters in the cache whose files were checked since this server started. */
  readonly #checked = new Set<string>();
  /** Keys of chunks that are listed and worth nothing: as if they were not there, so that the client sends them again. */
  readonly #damagedChunks = new Set<string>();
  /** By the adapter's folder: whoever wants the same waits for the same. */
  readonly #fetching = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();

  constructor(
    private readonly bucket: S3Bucket,
    private readonly dataDir: DataDir,
    mostCachedBytes: number,
  ) {
    // Both lie two folders below the repository's own.
    this.#cache = new LocalCache(mostCachedBytes, (path) => join(dirname(dirname(path)), 'imports'));
  }

  /** Takes over what an earlier server left on the disk, of what is known to be in the store. */
  async adopt(repository: RepositoryKey, adapterIds: readonly string[]): Promise<void> {
    const chunks = this.dataDir.chunks(repository.id);
    const names = await readdir(chunks).catch(() => []);
    const paths = [
      ...names.map((name) => join(chunks, name)),
      ...adapterIds.map((id) => this.dataDir.adapter(repository.id, id)),
    ];
    for (const path of paths) {
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined) await this.#cache.add(path, found.isDirectory() ? await folderBytes(path) : found.size);
    }
  }

  /**
   * Erases what belongs to no repository that is known, adapters that nobody registered or will, and unfinished uploads. Returns how many
   * repositories and adapters these were. To be called while nothing is kept.
   */
  async removeStrays(kept: readonly KnownArtifacts[]): Promise<number> {
    const known = new Map(kept.map((one) => [keyOf(one.repository.tenantId, one.repository.id), one]));
    let strays = 0;
    await this.bucket.eraseUploads('');
    const erase = async (key: string) => {
      await this.bucket.eraseAll(key);
      strays += 1;
    };
    for (const tenantId of (await this.bucket.folders('')).filter(isId))
      for (const id of (await this.bucket.folders(keyOf(tenantId, null))).filter(isId)) {
        const repository = known.get(keyOf(tenantId, id));
        if (repository === undefined) await erase(keyOf(tenantId, id));
      }
    const left = known.values();
    const lookThroughNext = async () => {
      for (const { repository, adapterIds, expectedIds } of left) {
        const ids = await this.bucket.folders(adaptersKey(repository));
        for (const id of ids)
          if (!adapterIds.includes(id) && !expectedIds.includes(id)) await erase(adapterKey(repository, id));
      }
    };
    await Promise.all(Array.from({ length: LISTS_AT_ONCE }, lookThroughNext));
    return strays;
  }

  async chunkNames(repository: RepositoryKey): Promise<string[]> {
    const prefix = chunkKey(repository, '');
    const keys = (await this.bucket.list(prefix)).map(({ key }) => key);
    return keys.filter((key) => !this.#damagedChunks.has(key)).map((key) => key.slice(prefix.length));
  }

  async keepChunk(repository: RepositoryKey, name: string, content: Uint8Array): Promise<void> {
    const key = chunkKey(repository, name);
    await this.bucket.put(key, content);
    this.#damagedChunks.delete(key);
    await this.#cacheChunk(join(this.dataDir.chunks(repository.id), name), content);
  }

  async readChunk(repository: RepositoryKey, name: string, accepts: (content: Buffer) => boolean) {
    const path = join(this.dataDir.chunks(repository.id), name);
    const endUse = this.#cache.use(path);
    try {
      const cached = await readFile(path).catch(() => undefined);
      if (cached !== undefined && accepts(cached)) return cached;
      const key = chunkKey(repository, name);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const content = await this.bucket.read(key);
        if (content === undefined) return undefined;
        if (!accepts(content)) continue;
        await this.#cacheChunk(path, content);
        return content;
      }
      this.#damagedChunks.add(key);
      await this.#cache.remove(path);
      return undefined;
    } finally {
      endUse();
    }
  }

  async #cacheChunk(path: string, content: Uint8Array): Promise<void> {
    await writeDurably(path, content);
    await this.#cache.add(path, content.length);
  }

  async keepAdapter(repository: RepositoryKey, adapterId: string): Promise<void> {
    const folder = this.dataDir.adapter(repository.id, adapterId);
    const key = adapterKey(repository, adapterId);
    const { manifest } = await readManifest(folder);
    for (const [name, { sha256 }] of filesOf(manifest))
      await this.bucket.putFile(key + name, join(folder, name), sha256);
    for (const name of [MANIFEST, SEAL]) await this.bucket.put(key + name, await readFile(join(folder, name)));
    this.#checked.add(folder);
    await this.#cache.add(folder, await folderBytes(folder));
  }

  async takeAdapter(
    repository: RepositoryKey,
    adapterId: string,
    signal?: AbortSignal,
  ): Promise<TakenAdapter | undefined> {
    const folder = this.dataDir.adapter(repository.id, adapterId);
    const giveBack = this.#cache.use(folder);
    try {
      if (!(this.#checked.has(folder) && this.#cache.has(folder))) {
        const arrived = this.#arrive(repository, adapterId, folder);
        if ((await Promise.race([arrived, aborted(signal)])) === 'aborted') {
          giveBack();
          return undefined;
        }
      }
      return { folder, giveBack };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** Settles when the adapter is on this disk, checked. */
  async #arrive(repository: RepositoryKey, adapterId: string, folder: string): Promise<void> {
    const earlier = this.#fetching.get(folder);
    if (earlier !== undefined) return earlier.done;
    const stop = new AbortController();
    const done = this.#checkOrFetch(repository, adapterId, folder, stop.signal).finally(() =>
      this.#fetching.delete(folder),
    );
    // Whoever waited may be gone.
    done.catch(() => undefined);
    this.#fetching.set(folder, { stop, done });
    return done;
  }

  async #checkOrFetch(repository: RepositoryKey, adapterId: string, folder: string, signal: AbortSignal) {
    if (this.#cache.has(folder)) {
      const damage = await damageOf(folder);
      if (damage === undefined) {
        this.#checked.add(folder);
        return;
      }
    }
    await this.#cache.remove(folder);
    let damage = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const arriving = join(this.dataDir.imports(repository.id), randomUUID());
      try {
        await mkdir(arriving, { recursive: true });
        const found = await this.#fetch(adapterKey(repository, adapterId), arriving, signal);
        if (found === undefined) {
          await mkdir(dirname(folder), { recursive: true });
          await rename(arriving, folder);
          await syncFolder(dirname(folder));
          this.#checked.add(folder);
          await this.#cache.add(folder, await folderBytes(folder));
          return;
        }
        damage = found;
      } finally {
        await rm(arriving, { recursive: true, force: true });
      }
    }
    throw adapterRefused(`what the object store has of it is damaged, ${damage}`);
  }

  /** Fetches an adapter's files; returns what is wrong with them. Nothing is fetched that its sealed manifest does not name. */
  async #fetch(key: string, into: string, signal: AbortSignal): Promise<string | undefined> {
    for (const name of [MANIFEST, SEAL])
      if ((await this.bucket.fetch(key + name, join(into, name), MOST_TEXT_BYTES, signal)) === undefined)
        return `its ${name} is missing`;
    try {
      for (const [name, { bytes }] of filesOf((await readManifest(into)).manifest)) {
        const path = join(into, name);
        await mkdir(dirname(path), { recursive: true });
        const fetched = await this.bucket.fetch(key + name, path, bytes, signal);
        if (fetched === undefined) return `its file ${name} is missing`;
        if (fetched > bytes) return `its file ${name} is longer than the ${bytes} bytes of its manifest`;
      }
    } catch (error) {
      return clauseOf(error);
    }
    return damageOf(into);
  }

  async adapterManifest(repository: RepositoryKey, adapterId: string): Promise<Uint8Array | undefined> {
    const cached = join(this.dataDir.adapter(repository.id, adapterId), MANIFEST);
    return (
      (await readFile(cached).catch(() => undefined)) ?? this.bucket.read(adapterKey(repository, adapterId) + MANIFEST)
    );
  }

  async removeAdapter(repository: RepositoryKey, adapterId: string): Promise<void> {
    await this.#cache.remove(this.dataDir.adapter(repository.id, adapterId));
    await this.bucket.eraseAll(adapterKey(repository, adapterId)).catch((error: unknown) => {
      // No run has it, so it is a stray at the next start.
      if (!(error instanceof BespokeError)) throw error;
    });
  }

  async bytes(tenantId: string, repositoryIds: readonly string[]): Promise<number> {
    let total = 0;
    for (const { bytes } of await this.bucket.list(keyOf(tenantId, null))) total += bytes;
    for (const id of repositoryIds) total += await folderBytes(this.dataDir.run(id, '.').root);
    return total;
  }

  elsewhere(tenantId: string, repositoryId: string | null): Promise<StoredObjects> {
    return this.bucket.count(keyOf(tenantId, repositoryId));
  }

  async erase(tenantId: string, repositoryId: string | null): Promise<void> {
    if (repositoryId !== null) {
      const folder = this.dataDir.repository(repositoryId);
      const under = [...this.#fetching].filter(([path]) => path.startsWith(join(folder, '/')));
      for (const [, { stop }] of under) stop.abort();
      await Promise.all(under.map(([, { done }]) => done.catch(() => undefined)));
      this.#cache.forget(folder);
    }
    await this.bucket.eraseAll(keyOf(tenantId, repositoryId));
  }

  close(): void {
    for (const { stop } of this.#fetching.values()) stop.abort();
    this.bucket.close();
  }
}

/** What comes damaged is fetched once more: it may have been altered on the way. */
const ATTEMPTS = 2;
const MOST_TEXT_BYTES = 1 << 20;
const LISTS_AT_ONCE = 16;

const keyOf = (tenantId: string, repositoryId: string | null) =>
  repositoryId === null ? `${tenantId}/` : `${tenantId}/${repositoryId}/`;
const isId = (name: string) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(name);
const chunkKey = ({ tenantId, id }: RepositoryKey, name: string) => `${keyOf(tenantId, id)}chunks/${name}`;
const adaptersKey = ({ tenantId, id }: RepositoryKey) => `${keyOf(tenantId, id)}adapters/`;
const adapterKey = (repository: RepositoryKey, adapterId: string) => `${adaptersKey(repository)}${adapterId}/`;

/** What is wrong with a sealed folder, as a clause. */
async function damageOf(folder: string): Promise<string | undefined> {
  try {
    if (!(await readdir(folder)).includes(SEAL)) return `its ${SEAL} is missing`;
    await checkFiles(folder, filesOf((await readManifest(folder)).manifest));
    return undefined;
  } catch (error) {
    return clauseOf(error);
  }
}

/** Errors of the checks have a clause for a message; ours, and those of an end that was asked for, are no damage. */
function clauseOf(error: unknown): string {
  if (error instanceof BespokeError || !(error instanceof Error) || error.name === 'AbortError') throw error;
  return error.message;
}

async function aborted(signal: AbortSignal | undefined): Promise<'aborted'> {
  return new Promise((stopped) => {
    if (signal?.aborted) stopped('aborted');
    signal?.addEventListener('abort', () => stopped('aborted'), { once: true });
  });
}
