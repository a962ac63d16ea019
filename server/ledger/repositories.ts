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

  async idsOf(tenantId: string): Promise<string[]> {
    const rows = await this.database
      .selectFrom('repositories')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .execute();
    return rows.map((row) => row.id);
  }

  async all(): Promise<{ readonly id: string; readonly tenantId: string }[]> {
    return this.database.selectFrom('repositories').select(['id', 'tenant_id as tenantId']).execute();
  }
}
