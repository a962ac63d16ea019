import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Database } from './database.ts';

/** Who owns repositories: a team, or the user of a local server. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** Tenants and the hashes of their tokens. */
export class TenantLedger {
  constructor(private readonly database: Database) {}

  /** The tenant that a token belongs to; `undefined` when no tenant has it. */
  async byToken(token: string): Promise<Tenant | undefined> {
    return this.database
      .selectFrom('tokens')
      .innerJoin('tenants', 'tenants.id', 'tokens.tenant_id')
      .select(['tenants.id', 'tenants.name'])
      .where('tokens.sha256', '=', hashOf(token))
      .executeTakeFirst();
  }

  /** Makes a new token for a tenant, which is made when there is none of that name. The token is returned this once. */
  async createToken(tenantName: string): Promise<string> {
    const token = `bespoke_${randomBytes(32).toString('base64url')}`;
    await this.#addToken(tenantName, token, false);
    return token;
  }

  /**
   * Makes sure that the tenant exists and has this token for as long as the server runs: the token that an earlier start brought along is
   * worth nothing any more.
   */
  async setStartToken(tenantName: string, token: string): Promise<void> {
    await this.#addToken(tenantName, token, true);
  }

  async #addToken(tenantName: string, token: string, ofStart: boolean): Promise<void> {
    await this.database.transaction().execute(async (queries) => {
      await queries
        .insertInto('tenants')
        .values({ id: randomUUID(), name: tenantName, created_ms: Date.now() })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      const tenant = await queries
        .selectFrom('tenants')
        .select('id')
        .where('name', '=', tenantName)
        .executeTakeFirstOrThrow();
      if (ofStart)
        await queries.deleteFrom('tokens').where('tenant_id', '=', tenant.id).where('of_start', '=', true).execute();
      await queries
        .insertInto('tokens')
        .values({ sha256: hashOf(token), tenant_id: tenant.id, created_ms: Date.now(), of_start: ofStart })
        .onConflict((conflict) => conflict.column('sha256').doNothing())
        .execute();
    });
  }
}

// Tokens are random and long, so a plain hash cannot be turned back.
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
