import { createHash, randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Caller } from '../caller.ts';
import type { ErasedContent } from '../receipts/receipt.ts';
import type { Database, Queries } from './database.ts';
import type { DatabaseSchema } from './database-schema.ts';
import type { Tenant } from './tenants.ts';

/** Something that is being erased, or was. Written down before anything else happens, it makes a server that died finish the work. */
export interface Erasure {
  readonly id: string;
  readonly tenantId: string;
  readonly tenantSha256: string;
  /** `null` for a whole tenant, as is its hash. */
  readonly repositoryId: string | null;
  readonly repositorySha256: string | null;
  readonly begunMs: number;
  /** What there was. */
  readonly content: ErasedContent;
}

/** Erasures and their receipts. */
export class ErasureLedger {
  constructor(private readonly database: Database) {}

  /** From now on nobody finds the repository. Returns the erasure that has begun already, if one has. */
  async beginRepository(
    tenant: Tenant,
    repository: { readonly id: string; readonly name: string },
    content: ErasedContent,
  ): Promise<Erasure> {
    return this.database.transaction().execute(async (queries) => {
      await queries
        .updateTable('repositories')
        .set({ forgetting: true })
        .where('id', '=', repository.id)
        .executeTakeFirst();
      return begin(queries, { tenant, repositoryId: repository.id, repositoryName: repository.name, content });
    });
  }

  /** From now on nobody finds any of the tenant's repositories, and none of its tokens admits anybody. */
  async beginTenant(tenant: Tenant, content: ErasedContent): Promise<Erasure> {
    return this.database.transaction().execute(async (queries) => {
      await queries.updateTable('repositories').set({ forgetting: true }).where('tenant_id', '=', tenant.id).execute();
      await queries.deleteFrom('tokens').where('tenant_id', '=', tenant.id).execute();
      return begin(queries, { tenant, repositoryId: null, repositoryName: null, content });
    });
  }

  /** Every tenant, with when it was made. */
  async tenants(): Promise<{ readonly tenant: Tenant; readonly createdMs: number }[]> {
    const rows = await this.database.selectFrom('tenants').selectAll().orderBy('name').execute();
    return rows.map(({ id, name, created_ms }) => ({ tenant: { id, name }, createdMs: created_ms }));
  }

  /** A tenant's repositories that are not being erased, with when each was made. */
  async repositories(tenant: Tenant): Promise<{ readonly name: string; readonly createdMs: number }[]> {
    const rows = await this.database
      .selectFrom('repositories')
      .select(['name', 'created_ms'])
      .where('tenant_id', '=', tenant.id)
      .where('forgetting', '=', false)
      .orderBy('name')
      .execute();
    return rows.map(({ name, created_ms }) => ({ name, createdMs: created_ms }));
  }

  async tenant(name: string): Promise<Tenant | undefined> {
    return this.database.selectFrom('tenants').select(['id', 'name']).where('name', '=', name).executeTakeFirst();
  }

  /** The last tenant of this name that was erased, with its receipt. */
  async findTenant(name: string): Promise<{ readonly content: ErasedContent; readonly receipt: string } | undefined> {
    const row = await this.database
      .selectFrom('erasures')
      .selectAll()
      .where('tenant_sha256', '=', sha256(name))
      .where('repository_id', 'is', null)
      .orderBy('begun_ms', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.receipt ? { content: toErasure(row).content, receipt: row.receipt } : undefined;
  }

  async unfinished(): Promise<Erasure[]> {
    const rows = await this.database.selectFrom('erasures').selectAll().where('receipt', 'is', null).execute();
    return rows.map(toErasure);
  }

  /** Every repository that nobody finds any more and whose row is still there. */
  async hidden(): Promise<{ readonly id: string; readonly name: string; readonly tenant: Tenant }[]> {
    const rows = await this.database
      .selectFrom('repositories')
      .innerJoin('tenants', 'tenants.id', 'repositories.tenant_id')
      .select(['repositories.id', 'repositories.name', 'tenants.id as tenantId', 'tenants.name as tenantName'])
      .where('repositories.forgetting', '=', true)
      .execute();
    return rows.map(({ id, name, tenantId, tenantName }) => ({ id, name, tenant: { id: tenantId, name: tenantName } }));
  }

  /** The repositories whose rows are not gone yet. */
  async repositoryIds({ tenantId, repositoryId }: Erasure): Promise<string[]> {
    const rows = await this.database
      .selectFrom('repositories')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('forgetting', '=', true)
      .execute();
    const ids = rows.map((row) => row.id);
    return repositoryId === null ? ids : ids.filter((id) => id === repositoryId);
  }

  /** Deletes the rows of what is erased, with everything that refers to them. */
  async deleteRows({ tenantId, repositoryId }: Erasure): Promise<void> {
    if (repositoryId === null) await this.database.deleteFrom('tenants').where('id', '=', tenantId).execute();
    else await this.database.deleteFrom('repositories').where('id', '=', repositoryId).execute();
  }

  /** Keeps the receipt, which says that everything is gone. */
  async end(id: string, receipt: string): Promise<void> {
    await this.database.updateTable('erasures').set({ receipt }).where('id', '=', id).execute();
  }

  /** The newest erasure of a repository of this name, which the caller has to reach; its receipt is `null` while it goes on. */
  async find(
    caller: Caller,
    repositoryName: string,
  ): Promise<{ readonly erasure: Erasure; readonly receipt: string | null } | undefined> {
    const row = await this.database
      .selectFrom('erasures')
      .selectAll()
      .where('tenant_id', '=', caller.tenant.id)
      .where('repository_sha256', '=', sha256(repositoryName))
      .orderBy('begun_ms', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? undefined : { erasure: toErasure(row), receipt: row.receipt };
  }
}

async function begin(queries: Queries, { tenant, repositoryId, repositoryName, content }: Beginning): Promise<Erasure> {
  // One that has begun holds what there was before anything of it was gone.
  const earlier = await queries
    .selectFrom('erasures')
    .selectAll()
    .where('tenant_id', '=', tenant.id)
    .where('repository_id', repositoryId === null ? 'is' : '=', repositoryId)
    .where('receipt', 'is', null)
    .executeTakeFirst();
  if (earlier !== undefined) return toErasure(earlier);
  const row = {
    id: randomUUID(),
    tenant_id: tenant.id,
    tenant_sha256: sha256(tenant.name),
    repository_id: repositoryId,
    repository_sha256: repositoryName === null ? null : sha256(repositoryName),
    begun_ms: Date.now(),
    content_json: JSON.stringify(content),
    receipt: null,
  };
  await queries.insertInto('erasures').values(row).execute();
  return toErasure(row);
}

interface Beginning {
  readonly tenant: Tenant;
  readonly repositoryId: string | null;
  readonly repositoryName: string | null;
  readonly content: ErasedContent;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function toErasure(row: Selectable<DatabaseSchema['erasures']>): Erasure {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    tenantSha256: row.tenant_sha256,
    repositoryId: row.repository_id,
    repositorySha256: row.repository_sha256,
    begunMs: row.begun_ms,
    content: JSON.parse(row.content_json) as ErasedContent,
  };
}
