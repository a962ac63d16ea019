import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from '../tensors/checked-folder.ts';
import type { ArtifactStore, RepositoryKey, TakenAdapter } from './artifact-store.ts';
import { type DataDir, folderBytes } from './data-dir.ts';
import { writeDurably } from './durable-file.ts';

/** Artifacts in the data folder itself, where a run or an import puts its adapter anyway. */
export class FolderArtifacts implements ArtifactStore {
  constructor(private readonly dataDir: DataDir) {}

  async chunkNames({ id }: RepositoryKey): Promise<string[]> {
    return readdir(this.dataDir.chunks(id)).catch(() => []);
  }

  async keepChunk({ id }: RepositoryKey, name: string, content: Uint8Array): Promise<void> {
    await writeDurably(join(this.dataDir.chunks(id), name), content);
  }

  async readChunk({ id }: RepositoryKey, name: string, accepts: (content: Buffer) => boolean) {
    const path = join(this.dataDir.chunks(id), name);
    const content = await readFile(path).catch(() => undefined);
    if (content === undefined || accepts(content)) return content;
    await rm(path, { force: true });
    return undefined;
  }

  async keepAdapter(): Promise<void> {}

  async takeAdapter({ id }: RepositoryKey, adapterId: string): Promise<TakenAdapter> {
    return { folder: this.dataDir.adapter(id, adapterId), giveBack: () => {} };
  }

  async adapterManifest({ id }: RepositoryKey, adapterId: string): Promise<Uint8Array | undefined> {
    return readFile(join(this.dataDir.adapter(id, adapterId), MANIFEST)).catch(() => undefined);
  }

  async removeAdapter({ id }: RepositoryKey, adapterId: string): Promise<void> {
    await rm(this.dataDir.adapter(id, adapterId), { recursive: true, force: true });
  }

  async bytes(_tenantId: string, repositoryIds: readonly string[]): Promise<number> {
    let bytes = 0;
    for (const id of repositoryIds) bytes += await folderBytes(this.dataDir.repository(id));
    return bytes;
  }

  async elsewhere(): Promise<null> {
    return null;
  }

  async erase(): Promise<void> {}

  close(): void {}
}
