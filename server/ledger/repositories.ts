import { randomUUID } from 'node:crypto';
import { type Expression, expressionBuilder, type SqlBool } from 'kysely';
import type { Caller } from '../caller.ts';
import type { Database } from './database.ts';
import type { DatabaseSchema } from './database-schema.ts';

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

/**
 * What exists for a caller. It is part of every query by name or id, so that what belongs to another is looked for in the same way as
 * what was never there.
 */
export function existsFor(caller: Caller): Expression<SqlBool> {
  const where = expressionBuilder<DatabaseSchema, 'repositories'>();
  return where.and([
    where('repositories.tenant_id', '=', caller.tenant.id),
    where('repositories.forgetting', '=', false),
    ...(caller.repositories === null
      ? []
      : [where.or(caller.repositories.map((name) => where('repositories.name', '=', name)))]),
  ]);
}

/** Repositories. One that is being forgotten is found by nobody any more. */
export class RepositoryLedger {
  constructor(private readonly database: Database) {}

  async find(caller: Caller, name: string): Promise<Repository | undefined> {
    const row = await this.database
      .selectFrom('repositories')
      .select(['id', 'tenant_id', 'name'])
      .where('name', '=', name)
      .where(existsFor(caller))
      .executeTakeFirst();
    return row === undefined ? undefined : { id: row.id, tenantId: row.tenant_id, name: row.name };
  }

  /** Finds a repository that the caller reaches by its name, or makes it. `undefined` while one of that name is being forgotten. */
  async ensure(caller: Caller, name: string): Promise<Repository | undefined> {
    await this.database
      .insertInto('repositories')
      .values({ id: randomUUID(), tenant_id: caller.tenant.id, name, created_ms: Date.now(), forgetting: false })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
      .execute();
    return this.find(caller, name);
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
