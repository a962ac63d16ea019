import type { RunState } from '../runs/run.ts';
import type { Database } from './database.ts';

/** One tenant in numbers, without the name of anything that it keeps. */
export interface TenantOverview {
  readonly id: string;
  readonly name: string;
  readonly repositories: number;
  readonly adapters: number;
  readonly adapterBytes: number;
  /** How many of its runs are in each state that any is in. */
  readonly runs: Readonly<Partial<Record<RunState, number>>>;
}

/** One run as an operator sees it: whose and how far, not of what. */
export interface RunOverview {
  readonly id: string;
  readonly tenant: string;
  readonly strategy: string;
  readonly state: RunState;
  readonly createdMs: number;
  readonly endedMs: number | null;
  readonly checkpointStep: number;
  /** Kind of failure; `null` where there is none. */
  readonly failure: string | null;
}

/** What an operator looks at: every tenant, and nothing that a tenant wrote or named. */
export class OverviewLedger {
  constructor(private readonly database: Database) {}

  /** By name. */
  async tenants(): Promise<TenantOverview[]> {
    const tenants = await this.database.selectFrom('tenants').select(['id', 'name']).orderBy('name').execute();
    const repositories = await this.database
      .selectFrom('repositories')
      .select(['tenant_id', (select) => select.fn.countAll<number>().as('count')])
      .groupBy('tenant_id')
      .execute();
    const adapters = await this.database
      .selectFrom('adapters')
      .innerJoin('repositories', 'repositories.id', 'adapters.repository_id')
      .select(['repositories.tenant_id', (select) => select.fn.countAll<number>().as('count')])
      .select((select) => select.fn.sum<number>('adapters.bytes').as('bytes'))
      .groupBy('repositories.tenant_id')
      .execute();
    const runs = await this.database
      .selectFrom('runs')
      .select(['tenant_id', 'state', (select) => select.fn.countAll<number>().as('count')])
      .groupBy(['tenant_id', 'state'])
      .execute();
    return tenants.map(({ id, name }) => {
      const kept = adapters.find((row) => row.tenant_id === id);
      return {
        ...{ id, name },
        repositories: Number(repositories.find((row) => row.tenant_id === id)?.count ?? 0),
        adapters: Number(kept?.count ?? 0),
        adapterBytes: Number(kept?.bytes ?? 0),
        runs: Object.fromEntries(
          runs.filter((row) => row.tenant_id === id).map(({ state, count }) => [state, Number(count)]),
        ),
      };
    });
  }

  /** Those that have not ended, oldest first, as they are taken; at most `limit`. */
  async openRuns(limit: number): Promise<RunOverview[]> {
    const rows = await this.#runs()
      .where('runs.state', 'in', ['queued', 'running'])
      .orderBy('runs.created_ms')
      .orderBy('runs.id')
      .limit(limit)
      .execute();
    return rows.map(toRunOverview);
  }

  /** Those that have ended, the last one first; at most `limit`. */
  async endedRuns(limit: number): Promise<RunOverview[]> {
    const rows = await this.#runs()
      .where('runs.ended_ms', 'is not', null)
      .orderBy('runs.ended_ms', 'desc')
      .orderBy('runs.id')
      .limit(limit)
      .execute();
    return rows.map(toRunOverview);
  }

  #runs() {
    return this.database
      .selectFrom('runs')
      .innerJoin('tenants', 'tenants.id', 'runs.tenant_id')
      .select(['runs.id', 'runs.strategy', 'runs.state', 'runs.created_ms', 'runs.ended_ms', 'runs.checkpoint_step'])
      .select(['runs.failure_json', 'tenants.name as tenant']);
  }
}

interface RunRow {
  readonly id: string;
  readonly tenant: string;
  readonly strategy: string;
  readonly state: string;
  readonly created_ms: number;
  readonly ended_ms: number | null;
  readonly checkpoint_step: number;
  readonly failure_json: string | null;
}

function toRunOverview(row: RunRow): RunOverview {
  return {
    id: row.id,
    tenant: row.tenant,
    strategy: row.strategy,
    state: row.state as RunState,
    createdMs: row.created_ms,
    endedMs: row.ended_ms,
    checkpointStep: row.checkpoint_step,
    // Its message may quote what the run was about, so only the reason, which comes from a list of ours.
    failure: row.failure_json === null ? null : (JSON.parse(row.failure_json) as { reason: string }).reason,
  };
}
