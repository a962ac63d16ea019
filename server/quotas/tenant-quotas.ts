import { overQuota } from '../errors.ts';

/** What one tenant may take. */
export interface Quotas {
  /** Uploads and imports at the same time. */
  readonly uploads: number;
  /** Candidate streams at the same time, those that wait included. */
  readonly generations: number;
  /** Runs that have not begun. */
  readonly queuedRuns: number;
  /** Everything that is kept on disk. */
  readonly storedBytes: number;
  /** Calls of any kind; twice as many may come at once. */
  readonly requestsPerSecond: number;
}

/** What is counted at the same time. */
export type Counted = 'uploads' | 'generations';

interface Tenant {
  readonly counts: Record<Counted, number>;
  /** Calls that may come now. */
  calls: number;
  countedMs: number;
}

/** Keeps each tenant within its quotas, so that none takes what the others need. Throws `BespokeError` `over-quota`. */
export class TenantQuotas {
  readonly #tenants = new Map<string, Tenant>();

  constructor(
    readonly quotas: Quotas,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts a call. */
  admitCall(tenantId: string): void {
    this.requireCall(tenantId);
    this.#tenant(tenantId).calls -= 1;
  }

  /** Throws when the next call of the tenant would be one too many, and counts none. */
  requireCall(tenantId: string): void {
    const { requestsPerSecond } = this.quotas;
    const tenant = this.#tenant(tenantId);
    const nowMs = this.now();
    const earned = ((nowMs - tenant.countedMs) / 1000) * requestsPerSecond;
    tenant.calls = Math.min(BURST * requestsPerSecond, tenant.calls + earned);
    tenant.countedMs = nowMs;
    if (tenant.calls < 1)
      throw overQuota(
        `The tenant makes more than ${requestsPerSecond} calls a second`,
        'try again in a moment, or ask the operator of the server for a higher --tenant-requests-per-second',
        Math.ceil(((1 - tenant.calls) / requestsPerSecond) * 1000),
      );
  }

  /** Takes one of what a tenant may have at the same time. Returns what gives it back. */
  begin(tenantId: string, counted: Counted): () => void {
    this.requireRoom(tenantId, counted);
    const { counts } = this.#tenant(tenantId);
    counts[counted] += 1;
    return () => {
      counts[counted] -= 1;
    };
  }

  /** Throws when one more of these would be one too many, and takes none. */
  requireRoom(tenantId: string, counted: Counted): void {
    const most = this.quotas[counted];
    if (this.#tenant(tenantId).counts[counted] >= most)
      throw overQuota(
        `The tenant has ${most} ${counted} under way`,
        `wait for one to end, or ask the operator of the server for a higher --tenant-${counted}`,
        RETRY_AFTER_MS,
      );
  }

  #tenant(id: string): Tenant {
    const known = this.#tenants.get(id);
    if (known !== undefined) return known;
    const tenant = {
      counts: { uploads: 0, generations: 0 },
      calls: BURST * this.quotas.requestsPerSecond,
      countedMs: this.now(),
    };
    this.#tenants.set(id, tenant);
    return tenant;
  }
}

/** Seconds' worth of calls that may come at once. */
const BURST = 2;
const RETRY_AFTER_MS = 1000;
