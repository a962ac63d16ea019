/** Whose artifacts: ids of the ledger, never what a client sent. */
export interface RepositoryKey {
  readonly id: string;
  readonly tenantId: string;
}

/** An adapter's folder on this disk, which stays there until it is given back. */
export interface TakenAdapter {
  readonly folder: string;
  giveBack(): void;
}

/** What an object store keeps, for receipts. Objects that were replaced and marks of deleted ones count as versions too. */
export interface StoredObjects {
  readonly versions: number;
  readonly bytes: number;
  readonly unfinishedUploads: number;
}

/**
 * Where corpora and adapters are kept. What was kept is durable when the call returns, so a corpus or an adapter is kept first and
 * acknowledged or registered then. Throws `BespokeError` `object-store-away` where that is somewhere else and does not answer.
 */
export interface ArtifactStore {
  /** File names of all chunks. */
  chunkNames(repository: RepositoryKey): Promise<string[]>;
  keepChunk(repository: RepositoryKey, name: string, content: Uint8Array): Promise<void>;
  /** Content that is accepted, from this disk or from elsewhere; `undefined` when there is none, and then it is not listed any more. */
  readChunk(
    repository: RepositoryKey,
    name: string,
    accepts: (content: Buffer) => boolean,
  ): Promise<Buffer | undefined>;

  /** Keeps an adapter whose folder lies in the data folder, checked and sealed. */
  keepAdapter(repository: RepositoryKey, adapterId: string): Promise<void>;
  /** `undefined` when `signal` aborts first. Throws `BespokeError` `adapter-refused` when what comes is not what was kept. */
  takeAdapter(repository: RepositoryKey, adapterId: string, signal?: AbortSignal): Promise<TakenAdapter | undefined>;
  /** The manifest of an adapter, unchecked; `undefined` when it was lost. */
  adapterManifest(repository: RepositoryKey, adapterId: string): Promise<Uint8Array | undefined>;
  /** Removes an adapter that the ledger does not know, from this disk too. */
  removeAdapter(repository: RepositoryKey, adapterId: string): Promise<void>;

  /** Bytes of everything that a tenant's repositories take, their runs included. */
  bytes(tenantId: string, repositoryIds: readonly string[]): Promise<number>;
  /** What is kept of a tenant or of one of its repositories anywhere but in the data folder; `null` when everything lies there. */
  elsewhere(tenantId: string, repositoryId: string | null): Promise<StoredObjects | null>;
  /** Erases that for good: settles when none of it is left. */
  erase(tenantId: string, repositoryId: string | null): Promise<void>;
  close(): void;
}
