import { overQuota } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ArtifactStore } from '../storage/artifact-store.ts';

/** What the server keeps of tenants, against how much they may. */
export class StoredBytes {
  readonly #measured = new Map<string, { bytes: number; readonly atMs: number }>();

  constructor(
    private readonly repositories: Ledger['repositories'],
    private readonly artifacts: Pick<ArtifactStore, 'bytes'>,
    private readonly most: number,
  ) {}

  /** Throws `BespokeError` `over-quota` when there is no room for so many bytes. */
  async require(tenantId: string, coming: number): Promise<void> {
    const measured = await this.#measure(tenantId);
    if (measured.bytes + coming > this.most)
      throw overQuota(
        `The tenant may keep ${Math.floor(this.most / MIB)} MiB and has used them`,
        'forget a repository that nobody needs, or ask the operator of the server for a higher --tenant-stored-mib',
      );
  }

  /** What the tenant keeps, as it was measured last. */
  async bytesOf(tenantId: string): Promise<number> {
    return (await this.#measure(tenantId)).bytes;
  }

  /** Counts what was written, until it is measured. */
  add(tenantId: string, bytes: number): void {
    const measured = this.#measured.get(tenantId);
    if (measured !== undefined) measured.bytes += bytes;
  }

  /** What was erased counts no more. */
  forget(tenantId: string): void {
    this.#measured.delete(tenantId);
  }

  async #measure(tenantId: string) {
    const known = this.#measured.get(tenantId);
    if (known !== undefined && Date.now() - known.atMs < MEASURE_AGAIN_MS) return known;
    const bytes = await this.artifacts.bytes(tenantId, await this.repositories.idsOf(tenantId));
    const measured = { bytes, atMs: Date.now() };
    this.#measured.set(tenantId, measured);
    return measured;
  }
}

const MIB = 1024 * 1024;
/** Runs write what nobody announces. */
const MEASURE_AGAIN_MS = 5_000;
