import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';

/** A repository of a tenant. */
export interface Repository {
  readonly id: string;
  readonly tenantId: string;
  /** The name that the client gave. */
  readonly name: string;
}

/** How much was kept about a repository. */
export interface RepositoryContent {
  readonly corpora: number;
  readonly runs: number;
  readonly adapters: number;
}

/** Repositories. One that is being forgotten is found by nobody any more. */
export class RepositoryLedger {
  constructor(private readonly database: Database) {}

  async find(tenantId: string, name: string): Promise<Repository | undefined> {
    const row = await this.database
      .selectFrom('repositories')
      .select(['id', 'tenant_id', 'name'])
      .where('tenant_id', '=', tenantId)
      .where('name', '=', name)
      .where('forgetting', '=', false)
      .executeTakeFirst();
    return row === undefined ? undefined : { id: row.id, tenantId: row.tenant_id, name: row.name };
  }

  /** Finds a repository, or makes it. `undefined` while one of that name is being forgotten. */
  async ensure(tenantId: string, name: string): Promise<Repository | undefined> {
    await this.database
      .insertInto('repositories')
      .values({ id: randomUUID(), tenant_id: tenantId, name, created_ms: Date.now(), forgetting: false })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
      .execute();
    return this.find(tenantId, name);
  }

  /** Marks a repository as being forgotten: from now on nobody finds it, and a server that dies finishes the work after its start. */
  async beginForgetting(id: string): Promise<void> {
    await this.database.updateTable('repositories').set({ forgetting: true }).where('id', '=', id).execute();
  }

  async beingForgotten(): Promise<string[]> {
    const rows = await this.database.selectFrom('repositories').select('id').where('forgetting', '=', true).execute();
    return rows.map((row) => row.id);
  }

  async content(id: string): Promise<RepositoryContent> {
    const count = async (table: 'corpora' | 'runs' | 'adapters') => {
      const row = await this.database
        .selectFrom(table)
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('repository_id', '=', id)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    };
    return { corpora: await count('corpora'), runs: await count('runs'), adapters: await count('adapters') };
  }

  /** Erases the repository with everything that refers to it. */
  async erase(id: string): Promise<void> {
    await this.database.deleteFrom('repositories').where('id', '=', id).execute();
  }

  async allIds(): Promise<string[]> {
    const rows = await this.database.selectFrom('repositories').select('id').execute();
    return rows.map((row) => row.id);
  }
}
