import { randomUUID } from 'node:crypto';
import type { Queries } from './database.ts';

/** Who owns repositories: a team, or the user of a local server. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** The tenant of this name, which is made when there is none. */
export async function ensureTenant(queries: Queries, name: string): Promise<Tenant> {
  await queries
    .insertInto('tenants')
    .values({ id: randomUUID(), name, created_ms: Date.now() })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return queries.selectFrom('tenants').select(['id', 'name']).where('name', '=', name).executeTakeFirstOrThrow();
}
