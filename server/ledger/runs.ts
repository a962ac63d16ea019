import { randomUUID } from 'node:crypto';
import type { Selectable, Updateable } from 'kysely';
import type { Adapter } from '../adapters/adapter.ts';
import type { Caller } from '../caller.ts';
import { overQuota } from '../errors.ts';
import type { TrainerIdentity } from '../processes/trainer-host.ts';
import { endStates, type Proof, type Run, type RunFailure, type RunState } from '../runs/run.ts';
import type { RunEvent, RunHappening } from '../runs/run-event.ts';
import type { RequestedStrategy, Strategy, TrainingOptions } from '../runs/strategy.ts';
import type { Database, Queries } from './database.ts';
import type { DatabaseSchema } from './database-schema.ts';
import { existsFor } from './repositories.ts';

/** What a run is queued with. */
export interface NewRun {
  readonly tenantId: string;
  readonly repositoryId: string;
  readonly requestId: string;
  /** Equal for equal requests. */
  readonly requestJson: string;
  readonly corpusSha256: string;
  readonly strategy: RequestedStrategy;
  readonly options: TrainingOptions;
  readonly nearestTests: number;
  readonly trainPairIds: readonly string[];
  readonly validationPairIds: readonly string[];
  readonly proofs: readonly Proof[];
  /** Most runs of the tenant that may wait, this one included. */
  readonly mostQueued: number;
}

/** A run that ended elsewhere. */
export interface ImportedRun {
  readonly tenantId: string;
  /** Equal for equal imports. */
  readonly requestId: string;
  readonly corpusSha256: string;
  readonly nearestTests: number;
  readonly proofs: readonly Proof[];
}

/** What changes in a run together with its events. */
export interface RunChanges {
  readonly state?: RunState;
  readonly strategy?: Strategy;
  readonly proofs?: readonly Proof[];
  readonly failure?: RunFailure;
  readonly cancelRequested?: true;
  readonly checkpointStep?: number;
  readonly deathsWithoutProgress?: number;
  readonly process?: TrainerIdentity | null;
}

/** Runs and their events. Events get their sequence number here, in the transaction that writes them: it has no gaps. */
export class RunLedger {
  constructor(private readonly database: Database) {}

  /**
   * Queues a run with its first event. Returns the earlier run when the tenant has used this request id already; throws `BespokeError`
   * `over-quota` when too many of the tenant wait.
   */
  async queue(run: NewRun): Promise<{ readonly run: Run; readonly requestJson: string }> {
    const id = randomUUID();
    await this.database.transaction().execute(async (queries) => {
      const inserted = await queries
        .insertInto('runs')
        .values({
          id,
          tenant_id: run.tenantId,
          repository_id: run.repositoryId,
          request_id: run.requestId,
          request_json: run.requestJson,
          corpus_sha256: run.corpusSha256,
          strategy: run.strategy,
          requested_strategy: run.strategy,
          options_json: JSON.stringify(run.options),
          nearest_tests: run.nearestTests,
          state: 'queued',
          created_ms: Date.now(),
          ended_ms: null,
          last_sequence: 0,
          train_pair_ids_json: JSON.stringify(run.trainPairIds),
          validation_pair_ids_json: JSON.stringify(run.validationPairIds),
          proofs_json: JSON.stringify(run.proofs),
          adapter_id: null,
          failure_json: null,
          cancel_requested: false,
          checkpoint_step: -1,
          deaths_without_progress: 0,
          process_json: null,
        })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'request_id']).doNothing())
        .returning('id')
        .execute();
      if (inserted.length === 0) return;
      await requireRoom(queries, run);
      await append(queries, id, [{ kind: 'state-changed', state: 'queued' }]);
    });
    const kept = await this.byRequest(run.tenantId, run.requestId);
    if (kept === undefined) throw new Error('The run that was just queued is not in the ledger.');
    return kept;
  }

  /** The run that a request made, with what the request asked for. */
  async byRequest(
    tenantId: string,
    requestId: string,
  ): Promise<{ readonly run: Run; readonly requestJson: string } | undefined> {
    const row = await selectRuns(this.database)
      .where('runs.tenant_id', '=', tenantId)
      .where('request_id', '=', requestId)
      .executeTakeFirst();
    return row === undefined ? undefined : { run: toRun(row), requestJson: row.request_json };
  }

  async get(id: string): Promise<Run | undefined> {
    const row = await selectRuns(this.database).where('runs.id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toRun(row);
  }

  /** A run that exists for the caller. */
  async find(caller: Caller, id: string): Promise<Run | undefined> {
    const row = await selectRuns(this.database).where('runs.id', '=', id).where(existsFor(caller)).executeTakeFirst();
    return row === undefined ? undefined : toRun(row);
  }

  /** Of all runs. */
  async ids(): Promise<string[]> {
    return (await this.database.selectFrom('runs').select('id').execute()).map(({ id }) => id);
  }

  /** Newest first. */
  async ofRepository(repositoryId: string): Promise<Run[]> {
    const rows = await selectRuns(this.database)
      .where('runs.repository_id', '=', repositoryId)
      .orderBy('runs.created_ms', 'desc')
      .orderBy('runs.id')
      .execute();
    return rows.map(toRun);
  }

  /** How many runs there are in each state that any is in. */
  async countByState(): Promise<{ readonly state: string; readonly count: number }[]> {
    const rows = await this.database
      .selectFrom('runs')
      .select(['state', (select) => select.fn.countAll<number>().as('count')])
      .groupBy('state')
      .execute();
    return rows.map(({ state, count }) => ({ state, count: Number(count) }));
  }

  /** Runs that have not ended, oldest first. */
  async notEnded(): Promise<Run[]> {
    const rows = await selectRuns(this.database)
      .where('runs.state', 'in', ['queued', 'running'])
      .orderBy('runs.created_ms')
      .orderBy('runs.id')
      .execute();
    return rows.map(toRun);
  }

  /** Events after a sequence number, in order, at most `limit`. */
  async eventsAfter(runId: string, sequence: number, limit: number): Promise<RunEvent[]> {
    const rows = await this.database
      .selectFrom('run_events')
      .select(['sequence', 'time_ms', 'happening_json'])
      .where('run_id', '=', runId)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      sequence: row.sequence,
      timeMs: row.time_ms,
      // JSON has no NaN and writes null; no field of a happening is null otherwise.
      happening: JSON.parse(row.happening_json, (_, value) => (value === null ? Number.NaN : value)) as RunHappening,
    }));
  }

  /** Everything that happened in a run, in order. */
  async happenings(runId: string): Promise<RunHappening[]> {
    const events = await this.eventsAfter(runId, 0, Number.MAX_SAFE_INTEGER);
    return events.map(({ happening }) => happening);
  }

  /** Writes events and what they change in one transaction. Returns false, and writes nothing, when the run has ended or is gone. */
  async record(runId: string, happenings: readonly RunHappening[], changes: RunChanges = {}): Promise<boolean> {
    return this.database.transaction().execute(async (queries) => {
      if (!(await change(queries, runId, changes))) return false;
      await append(queries, runId, happenings);
      return true;
    });
  }

  /** Ends a run with its adapter in the registry, all in one transaction. Returns false when the run has ended before or is gone. */
  async succeed(runId: string, adapter: Omit<Adapter, 'active' | 'repository'>): Promise<boolean> {
    return this.database.transaction().execute(async (queries) => {
      if (!(await change(queries, runId, { state: 'succeeded' }))) return false;
      await register(queries, { ...adapter, runId });
      return true;
    });
  }

  /** Writes down a run that ended elsewhere, with the adapter that it made. Returns the run that an equal import made before. */
  async import(run: ImportedRun, adapter: Omit<Adapter, 'active' | 'repository' | 'runId'>): Promise<Run> {
    await this.database.transaction().execute(async (queries) => {
      const inserted = await queries
        .insertInto('runs')
        .values({
          id: adapter.id,
          tenant_id: run.tenantId,
          repository_id: adapter.repositoryId,
          request_id: run.requestId,
          request_json: '{}',
          corpus_sha256: run.corpusSha256,
          strategy: adapter.strategy,
          requested_strategy: adapter.strategy,
          nearest_tests: run.nearestTests,
          options_json: '{}',
          state: 'succeeded',
          created_ms: adapter.createdMs,
          ended_ms: adapter.createdMs,
          last_sequence: 0,
          train_pair_ids_json: '[]',
          validation_pair_ids_json: '[]',
          proofs_json: JSON.stringify(run.proofs),
          adapter_id: null,
          failure_json: null,
          cancel_requested: false,
          checkpoint_step: -1,
          deaths_without_progress: 0,
          process_json: null,
          imported: true,
        })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'request_id']).doNothing())
        .returning('id')
        .execute();
      if (inserted.length > 0) await register(queries, { ...adapter, runId: adapter.id });
    });
    const kept = await this.byRequest(run.tenantId, run.requestId);
    if (kept === undefined) throw new Error('The run that was just imported is not in the ledger.');
    return kept.run;
  }
}

async function requireRoom(queries: Queries, { tenantId, mostQueued }: NewRun): Promise<void> {
  // Runs of one tenant are queued one after another, so that they are counted right.
  await queries.selectFrom('tenants').select('id').where('id', '=', tenantId).forUpdate().execute();
  const { queued } = await queries
    .selectFrom('runs')
    .select((select) => select.fn.countAll<number>().as('queued'))
    .where('tenant_id', '=', tenantId)
    .where('state', '=', 'queued')
    .executeTakeFirstOrThrow();
  if (Number(queued) <= mostQueued) return;
  throw overQuota(
    `The tenant has ${mostQueued} runs waiting`,
    'wait for one to begin, cancel one, or ask the operator of the server for a higher --tenant-queued-runs',
    QUEUE_RETRY_AFTER_MS,
  );
}

/** Runs take minutes. */
const QUEUE_RETRY_AFTER_MS = 30_000;

/** Puts the adapter of a run into the registry. */
async function register(queries: Queries, adapter: Omit<Adapter, 'active' | 'repository'>): Promise<void> {
  await queries
    .insertInto('adapters')
    .values({
      id: adapter.id,
      repository_id: adapter.repositoryId,
      run_id: adapter.runId,
      strategy: adapter.strategy,
      bytes: adapter.bytes,
      trained_parameters: adapter.trainedParameters,
      created_ms: adapter.createdMs,
      base_model_sha256: adapter.baseModelSha256,
      commit: adapter.commit,
    })
    .execute();
  await queries.updateTable('runs').set({ adapter_id: adapter.id }).where('id', '=', adapter.runId).execute();
  await append(queries, adapter.runId, [{ kind: 'state-changed', state: 'succeeded' }]);
}

/** Changes a run that has not ended. The row stays locked until the transaction ends, so writers of one run come one after another. */
async function change(queries: Queries, runId: string, changes: RunChanges): Promise<boolean> {
  const columns: Updateable<DatabaseSchema['runs']> = {
    ...(changes.state === undefined ? {} : { state: changes.state }),
    ...(changes.state !== undefined && endStates.includes(changes.state)
      ? { ended_ms: Date.now(), process_json: null }
      : {}),
    ...(changes.strategy === undefined ? {} : { strategy: changes.strategy }),
    ...(changes.proofs === undefined ? {} : { proofs_json: JSON.stringify(changes.proofs) }),
    ...(changes.failure === undefined ? {} : { failure_json: JSON.stringify(changes.failure) }),
    ...(changes.cancelRequested === undefined ? {} : { cancel_requested: true }),
    ...(changes.checkpointStep === undefined ? {} : { checkpoint_step: changes.checkpointStep }),
    ...(changes.deathsWithoutProgress === undefined ? {} : { deaths_without_progress: changes.deathsWithoutProgress }),
    ...(changes.process === undefined
      ? {}
      : { process_json: changes.process === null ? null : JSON.stringify(changes.process) }),
  };
  const changed = await queries
    .updateTable('runs')
    .set((current) => ({ ...columns, last_sequence: current.ref('last_sequence') }))
    .where('id', '=', runId)
    .where('state', 'not in', [...endStates])
    .executeTakeFirst();
  return Number(changed.numUpdatedRows) > 0;
}

async function append(queries: Queries, runId: string, happenings: readonly RunHappening[]): Promise<void> {
  if (happenings.length === 0) return;
  const { last_sequence: last } = await queries
    .updateTable('runs')
    .set((current) => ({ last_sequence: current('last_sequence', '+', happenings.length) }))
    .where('id', '=', runId)
    .returning('last_sequence')
    .executeTakeFirstOrThrow();
  const first = last - happenings.length + 1;
  const timeMs = Date.now();
  await queries
    .insertInto('run_events')
    .values(
      happenings.map((happening, at) => ({
        run_id: runId,
        sequence: first + at,
        time_ms: timeMs,
        happening_json: JSON.stringify(happening),
      })),
    )
    .execute();
}

function selectRuns(queries: Queries) {
  return queries
    .selectFrom('runs')
    .innerJoin('repositories', 'repositories.id', 'runs.repository_id')
    .selectAll('runs')
    .select('repositories.name as repository');
}

function toRun(row: Selectable<DatabaseSchema['runs']> & { repository: string }): Run {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    repositoryId: row.repository_id,
    repository: row.repository,
    corpusSha256: row.corpus_sha256,
    strategy: row.strategy as RequestedStrategy,
    requestedStrategy: row.requested_strategy as RequestedStrategy,
    options: JSON.parse(row.options_json) as TrainingOptions,
    nearestTests: row.nearest_tests,
    state: row.state as RunState,
    createdMs: row.created_ms,
    endedMs: row.ended_ms,
    lastSequence: row.last_sequence,
    trainPairIds: JSON.parse(row.train_pair_ids_json) as string[],
    validationPairIds: JSON.parse(row.validation_pair_ids_json) as string[],
    proofs: JSON.parse(row.proofs_json, numberOrNaN) as Proof[],
    adapterId: row.adapter_id,
    failure: row.failure_json === null ? null : (JSON.parse(row.failure_json) as RunFailure),
    cancelRequested: row.cancel_requested,
    checkpointStep: row.checkpoint_step,
    deathsWithoutProgress: row.deaths_without_progress,
    imported: row.imported,
    process: row.process_json === null ? null : (JSON.parse(row.process_json) as TrainerIdentity),
  };
}

/** JSON has no NaN and writes null, which a loss may be that the model could not compute. */
function numberOrNaN(key: string, value: unknown): unknown {
  return value === null && ['loss', 'perplexity', 'lossSum'].includes(key) ? Number.NaN : value;
}
