import type { Selectable } from 'kysely';
import type { Adapter } from '../adapters/adapter.ts';
import type { Caller } from '../caller.ts';
import type { Strategy } from '../runs/strategy.ts';
import type { Database, Queries } from './database.ts';
import type { DatabaseSchema } from './database-schema.ts';
import { existsFor } from './repositories.ts';

/** Adapters and the history of which one was active. Runs put adapters in (`RunLedger.succeed`). */
export class AdapterLedger {
  constructor(private readonly database: Database) {}

  /** An adapter that exists for the caller. */
  async find(caller: Caller, id: string): Promise<Adapter | undefined> {
    const row = await selectAdapters(this.database)
      .where('adapters.id', '=', id)
      .where(existsFor(caller))
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return toAdapter(row, await activeId(this.database, row.repository_id));
  }

  /** Newest first. */
  async ofRepository(repositoryId: string): Promise<Adapter[]> {
    const active = await activeId(this.database, repositoryId);
    const rows = await selectAdapters(this.database)
      .where('adapters.repository_id', '=', repositoryId)
      .orderBy('adapters.created_ms', 'desc')
      .orderBy('adapters.id')
      .execute();
    return rows.map((row) => toAdapter(row, active));
  }

  /** Of all adapters of all tenants. */
  async totalBytes(): Promise<number> {
    const { bytes } = await this.database
      .selectFrom('adapters')
      .select((select) => select.fn.sum<number>('bytes').as('bytes'))
      .executeTakeFirstOrThrow();
    return Number(bytes);
  }

  async active(repositoryId: string): Promise<Adapter | undefined> {
    return (await this.ofRepository(repositoryId)).find((adapter) => adapter.active);
  }

  /** Makes an adapter the active one; changes nothing when it is. */
  async activate(repositoryId: string, adapterId: string): Promise<void> {
    await this.database.transaction().execute(async (queries) => {
      await lockRepository(queries, repositoryId);
      if ((await activeId(queries, repositoryId)) === adapterId) return;
      await queries
        .insertInto('activations')
        .values({ repository_id: repositoryId, adapter_id: adapterId, activated_ms: Date.now(), rolled_back_ms: null })
        .execute();
    });
  }

  /** Goes back to the adapter that was active before; without one, to the base. */
  async rollBack(repositoryId: string): Promise<void> {
    await this.database.transaction().execute(async (queries) => {
      await lockRepository(queries, repositoryId);
      const latest = await latestActivation(queries, repositoryId);
      if (latest === undefined) return;
      await queries
        .updateTable('activations')
        .set({ rolled_back_ms: Date.now() })
        .where('id', '=', latest.id)
        .execute();
    });
  }
}

/** Changes of one repository's history come one after another. */
async function lockRepository(queries: Queries, repositoryId: string): Promise<void> {
  await queries.selectFrom('repositories').select('id').where('id', '=', repositoryId).forUpdate().execute();
}

async function activeId(queries: Queries, repositoryId: string): Promise<string | undefined> {
  return (await latestActivation(queries, repositoryId))?.adapter_id;
}

function latestActivation(queries: Queries, repositoryId: string) {
  return queries
    .selectFrom('activations')
    .select(['id', 'adapter_id'])
    .where('repository_id', '=', repositoryId)
    .where('rolled_back_ms', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function selectAdapters(queries: Queries) {
  return queries
    .selectFrom('adapters')
    .innerJoin('repositories', 'repositories.id', 'adapters.repository_id')
    .selectAll('adapters')
    .select('repositories.name as repository');
}

function toAdapter(
  row: Selectable<DatabaseSchema['adapters']> & { repository: string },
  active: string | undefined,
): Adapter {
  return {
    id: row.id,
    repositoryId: row.repository_id,
    repository: row.repository,
    runId: row.run_id,
    strategy: row.strategy as Strategy,
    active: row.id === active,
    bytes: row.bytes,
    trainedParameters: row.trained_parameters,
    createdMs: row.created_ms,
    baseModelSha256: row.base_model_sha256,
    commit: row.commit,
  };
}
