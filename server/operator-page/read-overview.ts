import { statfs } from 'node:fs/promises';
import type { OverviewLedger, RunOverview, TenantOverview } from '../ledger/overview.ts';
import type { StoredBytes } from '../quotas/stored-bytes.ts';
import type { Quotas } from '../quotas/tenant-quotas.ts';

/** What an overview is read from. */
export interface OverviewSources {
  readonly ledger: { readonly overview: OverviewLedger };
  readonly stored: Pick<StoredBytes, 'bytesOf'>;
  readonly quotas: Quotas;
  /** Candidate streams that wait for a place. */
  waitingGenerations(): number;
  readonly dataRoot: string;
  readonly version: string;
  /** Most runs at the same time. */
  readonly maxRuns: number;
}

/** Everything that the page shows, of one moment. */
export interface Overview {
  readonly version: string;
  readonly readMs: number;
  readonly tenants: readonly (TenantOverview & { readonly storedBytes: number })[];
  /** What one tenant may keep. */
  readonly mostStoredBytes: number;
  readonly openRuns: readonly RunOverview[];
  readonly endedRuns: readonly RunOverview[];
  readonly maxRuns: number;
  readonly waitingGenerations: number;
  /** Of the file system with the data folder. */
  readonly disk: { readonly freeBytes: number; readonly bytes: number };
}

export async function readOverview(sources: OverviewSources): Promise<Overview> {
  const { overview } = sources.ledger;
  const tenants = await overview.tenants();
  const disk = await statfs(sources.dataRoot);
  return {
    version: sources.version,
    readMs: Date.now(),
    tenants: await Promise.all(
      tenants.map(async (tenant) => ({ ...tenant, storedBytes: await sources.stored.bytesOf(tenant.id) })),
    ),
    mostStoredBytes: sources.quotas.storedBytes,
    openRuns: await overview.openRuns(MOST_RUNS),
    endedRuns: await overview.endedRuns(MOST_RUNS),
    maxRuns: sources.maxRuns,
    waitingGenerations: sources.waitingGenerations(),
    disk: { freeBytes: disk.bavail * disk.bsize, bytes: disk.blocks * disk.bsize },
  };
}

const MOST_RUNS = 50;
