import { sep } from 'node:path';
import { type AdapterFolder, readAdapterFolder } from '../adapters/adapter-folder.ts';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import { adapterRefused } from '../errors.ts';
import type { GraphDescription, Precision } from './graph-description.ts';
import { LoadedModel, type OwnPart } from './loaded-model.ts';
import { loadPrefix, type Prefix } from './prefix.ts';
import type { WeightStore } from './weight-store.ts';

/** What a request runs on. */
export interface ServedModel {
  readonly model: LoadedModel;
  readonly prefix: Prefix;
  /** What the adapter has for itself, where others share its model. */
  readonly own: OwnPart | null;
}

interface CachedAdapter extends ServedModel {
  readonly bytes: number;
  uses: number;
  lastUse: number;
  /** Called when nobody uses an adapter any more that was evicted. */
  onUnused?: () => void;
}

/**
 * The base, which stays, and the adapters that were used last, up to a number of bytes. A prefix rides on the base's session; adapters
 * of the last block share a model and have their block for themselves; every other strategy has sessions of its own, which share with the
 * base's what the adapter did not change.
 */
export class ModelCache {
  readonly #adapters = new Map<string, CachedAdapter>();
  /** Checked folders by path: an adapter's folder never changes, so its hashes are checked once. */
  readonly #folders = new Map<string, AdapterFolder>();
  /** Folders whose adapters were evicted; nothing in them is loaded again. */
  readonly #evicted = new Set<string>();
  /** Evicted, and still in use. */
  readonly #leaving = new Set<CachedAdapter>();
  /** Models that adapters share, by the tensors that these change; each is loaded for the first of them and stays. */
  readonly #shared = new Map<string, Promise<LoadedModel>>();
  #clock = 0;

  private constructor(
    private readonly base: BaseModelFolder,
    private readonly graphs: GraphDescription,
    private readonly precision: Precision,
    private readonly store: WeightStore,
    private readonly threads: number,
    private readonly maxBytes: number,
    private readonly served: ServedModel,
  ) {}

  static async open(
    base: BaseModelFolder,
    graphs: GraphDescription,
    precision: Precision,
    store: WeightStore,
    threads: number,
    maxBytes: number,
  ): Promise<ModelCache> {
    const model = await LoadedModel.load(base, graphs, precision, store, null, threads);
    const served = { model, prefix: await loadPrefix(base, null), own: null };
    return new ModelCache(base, graphs, precision, store, threads, maxBytes, served);
  }

  /** Call `giveBack` once for every call. Throws the `adapter-refused` error. */
  async take(adapterDir: string | null, tenantId: string): Promise<ServedModel> {
    if (adapterDir === null) return this.served;
    const folder = this.#folders.get(adapterDir) ?? (await readAdapterFolder(adapterDir, this.base));
    this.#folders.set(adapterDir, folder);
    const key = JSON.stringify([tenantId, folder.sha256]);
    const known = this.#adapters.get(key);
    const cached = known ?? (await this.#load(folder));
    if (this.#isEvicted(adapterDir)) {
      this.#folders.delete(adapterDir);
      if (known === undefined) await this.#release(cached);
      throw adapterRefused('its repository was erased');
    }
    cached.uses += 1;
    cached.lastUse = ++this.#clock;
    this.#adapters.set(key, cached);
    if (known === undefined) await this.#makeRoom();
    return cached;
  }

  giveBack(served: ServedModel): void {
    for (const cached of [...this.#adapters.values(), ...this.#leaving]) {
      if (cached !== served) continue;
      cached.uses -= 1;
      if (cached.uses === 0) cached.onUnused?.();
    }
  }

  /** Takes the adapters in a folder out of memory, for good: settles when they are gone. */
  async evict(folder: string): Promise<void> {
    this.#evicted.add(folder);
    const paths = [...this.#folders.keys()].filter((path) => this.#isEvicted(path));
    const hashes = new Set(paths.map((path) => this.#folders.get(path)?.sha256));
    for (const path of paths) this.#folders.delete(path);
    for (const [key, cached] of [...this.#adapters]) {
      if (!hashes.has((JSON.parse(key) as [string, string])[1])) continue;
      // It may have made room for another while one before it was released.
      if (!this.#adapters.delete(key)) continue;
      this.#leaving.add(cached);
      if (cached.uses > 0)
        await new Promise<void>((unused) => {
          cached.onUnused = unused;
        });
      this.#leaving.delete(cached);
      await this.#release(cached);
    }
  }

  /** Adapters in memory. */
  get size(): number {
    return this.#adapters.size;
  }

  /** What they take. */
  get bytes(): number {
    return [...this.#adapters.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async release(): Promise<void> {
    for (const cached of this.#adapters.values()) await this.#release(cached);
    for (const shared of this.#shared.values()) await (await shared).release();
    await this.served.model.release();
  }

  #isEvicted(path: string): boolean {
    return [...this.#evicted].some((folder) => path.startsWith(folder + sep));
  }

  async #release({ model, own }: CachedAdapter): Promise<void> {
    if (own !== null) await own.release();
    else if (model !== this.served.model) await model.release();
  }

  async #load(folder: AdapterFolder): Promise<CachedAdapter> {
    const prefix = await loadPrefix(this.base, folder);
    const unused = { prefix, uses: 0, lastUse: 0 };
    switch (folder.strategy) {
      case 'prefix':
        return { ...unused, model: this.served.model, own: null, bytes: folder.bytes };
      case 'last-decoder-block': {
        const model = await this.#sharedModel(folder);
        const own = await model.ownPart(folder);
        return { ...unused, model, own, bytes: own.bytes };
      }
      case 'telly':
      case 'custom':
      case 'embeddings-output': {
        const model = await LoadedModel.load(this.base, this.graphs, this.precision, this.store, folder, this.threads);
        return { ...unused, model, own: null, bytes: model.bytes };
      }
    }
  }

  #sharedModel({ tensors }: AdapterFolder): Promise<LoadedModel> {
    const names = new Set(tensors.keys());
    const key = JSON.stringify([...names].toSorted());
    const model =
      this.#shared.get(key) ??
      LoadedModel.loadShared(this.base, this.graphs, this.precision, this.store, names, this.threads);
    this.#shared.set(key, model);
    model.catch(() => this.#shared.delete(key));
    return model;
  }

  /** Lets those go that were not used for longest; one that is in use stays whatever it takes. */
  async #makeRoom(): Promise<void> {
    const byAge = [...this.#adapters].sort(([, a], [, b]) => a.lastUse - b.lastUse);
    let { bytes } = this;
    for (const [key, cached] of byAge) {
      if (bytes <= this.maxBytes) return;
      if (cached.uses > 0) continue;
      bytes -= cached.bytes;
      // It may have been evicted while one before it was released.
      if (this.#adapters.delete(key)) await this.#release(cached);
    }
  }
}
