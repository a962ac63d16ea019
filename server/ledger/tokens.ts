import { createHash, randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Caller, Role } from '../caller.ts';
import { invalidRequest } from '../errors.ts';
import type { Database } from './database.ts';
import type { DatabaseSchema } from './database-schema.ts';
import { ensureTenant, type Tenant } from './tenants.ts';

/** What is known about a token, which itself is kept nowhere. Times are milliseconds since 1970-01-01 UTC. */
export interface Token extends Caller {
  /** Names one of the tenant's tokens that are not revoked. */
  readonly name: string;
  readonly createdMs: number;
  /** `null`: never. */
  readonly expiresMs: number | null;
  /** To the minute; `null`: not yet. */
  readonly lastUsedMs: number | null;
  /** `null`: it is not. */
  readonly revokedMs: number | null;
}

/** What a token is made for. The tenant is made when there is none of that name. */
export type NewToken = Pick<Token, 'name' | 'role' | 'repositories' | 'expiresMs'> & { readonly tenantName: string };

/** The hashes of tokens, and whom each admits to what. */
export class TokenLedger {
  constructor(private readonly database: Database) {}

  /** Makes a token and returns it, this once. Throws `BespokeError` `invalid-request` when the tenant has one of that name. */
  async create(made: NewToken): Promise<string> {
    const token = `bespoke_${randomBytes(32).toString('base64url')}`;
    await this.database.transaction().execute(async (queries) => {
      const tenant = await ensureTenant(queries, made.tenantName);
      const inserted = await queries
        .insertInto('tokens')
        .values(newRow(token, tenant.id, made, false))
        .onConflict((conflict) => conflict.doNothing())
        .returning('sha256')
        .execute();
      if (inserted.length === 0)
        throw invalidRequest(
          `The tenant ${made.tenantName} already has a token named ${made.name}`,
          'choose another name, or revoke that one first',
        );
    });
    return token;
  }

  /**
   * Makes sure that the tenant exists and has this token, with every right in the tenant, for as long as the server runs: the token that an
   * earlier start brought along is worth nothing any more.
   */
  async setStartToken(tenantName: string, token: string): Promise<void> {
    await this.database.transaction().execute(async (queries) => {
      const tenant = await ensureTenant(queries, tenantName);
      await queries.deleteFrom('tokens').where('tenant_id', '=', tenant.id).where('of_start', '=', true).execute();
      const everything = { name: 'start', role: 'maintainer', repositories: null, expiresMs: null } as const;
      await queries
        .insertInto('tokens')
        .values(newRow(token, tenant.id, everything, true))
        .onConflict((conflict) => conflict.column('sha256').doNothing())
        .execute();
    });
  }

  /** The tenant of this name, made when there is none; for whom an identity provider, and no token of ours, says where they belong. */
  async tenantNamed(name: string): Promise<Tenant> {
    const known = await this.database
      .selectFrom('tenants')
      .select(['id', 'name'])
      .where('name', '=', name)
      .executeTakeFirst();
    return known ?? ensureTenant(this.database, name);
  }

  /** What is known about a token, be it expired or revoked; `undefined` when there was never such a one. */
  async find(token: string): Promise<Token | undefined> {
    const row = await this.#select().where('tokens.sha256', '=', hashOf(token)).executeTakeFirst();
    return row === undefined ? undefined : toToken(row);
  }

  /** Remembers that a token is in use; writes at most once a minute, so that a call that reads does not wait for the disk. */
  async markUsed(token: string, known: Token): Promise<void> {
    const nowMs = Date.now();
    if (known.lastUsedMs !== null && known.lastUsedMs > nowMs - 60_000) return;
    await this.database
      .updateTable('tokens')
      .set({ last_used_ms: nowMs })
      .where('sha256', '=', hashOf(token))
      .execute();
  }

  /** All tokens but those of starts, also expired and revoked ones: by tenant, oldest first. */
  async list(): Promise<Token[]> {
    const rows = await this.#select()
      .where('of_start', '=', false)
      .orderBy('tenants.name')
      .orderBy('tokens.created_ms')
      .orderBy('tokens.name')
      .execute();
    return rows.map(toToken);
  }

  /** From now on the token admits nobody. Throws `BespokeError` `invalid-request` when there is none to revoke. */
  async revoke(tenantName: string, name: string): Promise<void> {
    const revoked = await this.database
      .updateTable('tokens')
      .set({ revoked_ms: Date.now() })
      .where('tenant_id', 'in', (select) => select.selectFrom('tenants').select('id').where('name', '=', tenantName))
      .where('name', '=', name)
      .where('of_start', '=', false)
      .where('revoked_ms', 'is', null)
      .executeTakeFirst();
    if (Number(revoked.numUpdatedRows) === 0)
      throw invalidRequest(`The tenant ${tenantName} has no token named ${name} to revoke`, 'look at `token list`');
  }

  #select() {
    return this.database
      .selectFrom('tokens')
      .innerJoin('tenants', 'tenants.id', 'tokens.tenant_id')
      .selectAll('tokens')
      .select('tenants.name as tenant');
  }
}

// Tokens are random and long, so a plain hash cannot be turned back.
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function newRow(token: string, tenantId: string, made: Omit<NewToken, 'tenantName'>, ofStart: boolean) {
  return {
    sha256: hashOf(token),
    tenant_id: tenantId,
    name: made.name,
    role: made.role,
    repositories_json: made.repositories === null ? null : JSON.stringify(made.repositories),
    created_ms: Date.now(),
    expires_ms: made.expiresMs,
    last_used_ms: null,
    revoked_ms: null,
    of_start: ofStart,
  };
}

function toToken(row: Selectable<DatabaseSchema['tokens']> & { tenant: string }): Token {
  return {
    tenant: { id: row.tenant_id, name: row.tenant },
    name: row.name,
    role: row.role as Role,
    repositories: row.repositories_json === null ? null : (JSON.parse(row.repositories_json) as string[]),
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
    lastUsedMs: row.last_used_ms,
    revokedMs: row.revoked_ms,
  };
}
