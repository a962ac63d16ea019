import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/**
 * Brings a database to the newest schema; repeating it changes nothing. A migration that was released is never edited, a new one is
 * added.
 */
export async function migrateToLatest(database: Kysely<never>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

function statements(all: readonly string[]): Migration {
  return {
    async up(database: Kysely<never>) {
      for (const statement of all) await sql.raw(statement).execute(database);
    },
  };
}

const firstSchema = [
  `CREATE TABLE tenants (
    id text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    created_ms bigint NOT NULL
  )`,
  `CREATE TABLE tokens (
    sha256 text PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    created_ms bigint NOT NULL,
    of_start boolean NOT NULL
  )`,
  `CREATE TABLE repositories (
    id text PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name text NOT NULL,
    created_ms bigint NOT NULL,
    forgetting boolean NOT NULL,
    UNIQUE (tenant_id, name)
  )`,
  `CREATE TABLE corpora (
    id text PRIMARY KEY,
    repository_id text NOT NULL REFERENCES repositories ON DELETE CASCADE,
    sha256 text NOT NULL,
    pairs integer NOT NULL,
    commit text NOT NULL,
    chunk_sha256s_json text NOT NULL,
    created_ms bigint NOT NULL,
    UNIQUE (repository_id, sha256)
  )`,
  `CREATE TABLE runs (
    id text PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    repository_id text NOT NULL REFERENCES repositories ON DELETE CASCADE,
    request_id text NOT NULL,
    request_json text NOT NULL,
    corpus_sha256 text NOT NULL,
    strategy text NOT NULL,
    options_json text NOT NULL,
    state text NOT NULL,
    created_ms bigint NOT NULL,
    ended_ms bigint,
    last_sequence integer NOT NULL,
    train_pair_ids_json text NOT NULL,
    validation_pair_ids_json text NOT NULL,
    proofs_json text NOT NULL,
    adapter_id text,
    failure_json text,
    cancel_requested boolean NOT NULL,
    checkpoint_step integer NOT NULL,
    deaths_without_progress integer NOT NULL,
    process_json text,
    UNIQUE (tenant_id, request_id)
  )`,
  'CREATE INDEX runs_by_repository ON runs (repository_id, created_ms)',
  "CREATE INDEX runs_not_ended ON runs (created_ms) WHERE state IN ('queued', 'running')",
  `CREATE TABLE run_events (
    run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
    sequence integer NOT NULL,
    time_ms bigint NOT NULL,
    happening_json text NOT NULL,
    PRIMARY KEY (run_id, sequence)
  )`,
  `CREATE TABLE adapters (
    id text PRIMARY KEY,
    repository_id text NOT NULL REFERENCES repositories ON DELETE CASCADE,
    run_id text NOT NULL UNIQUE REFERENCES runs ON DELETE CASCADE,
    strategy text NOT NULL,
    bytes bigint NOT NULL,
    trained_parameters bigint NOT NULL,
    created_ms bigint NOT NULL,
    base_model_sha256 text NOT NULL,
    commit text NOT NULL
  )`,
  `CREATE TABLE activations (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    repository_id text NOT NULL REFERENCES repositories ON DELETE CASCADE,
    adapter_id text NOT NULL REFERENCES adapters ON DELETE CASCADE,
    activated_ms bigint NOT NULL,
    rolled_back_ms bigint
  )`,
];

/** Tokens of the time before roles keep the rights that they had, under a name made from their hash. */
const scopedTokens = [
  `ALTER TABLE tokens
    ADD COLUMN name text,
    ADD COLUMN role text,
    ADD COLUMN repositories_json text,
    ADD COLUMN expires_ms bigint,
    ADD COLUMN last_used_ms bigint,
    ADD COLUMN revoked_ms bigint`,
  "UPDATE tokens SET name = 'token-' || substr(sha256, 1, 12), role = 'maintainer'",
  `ALTER TABLE tokens
    ALTER COLUMN name SET NOT NULL,
    ALTER COLUMN role SET NOT NULL`,
  'CREATE UNIQUE INDEX tokens_by_name ON tokens (tenant_id, name) WHERE revoked_ms IS NULL AND NOT of_start',
];

const importedRuns = ['ALTER TABLE runs ADD COLUMN imported boolean NOT NULL DEFAULT false'];

const nearestTests = ['ALTER TABLE runs ADD COLUMN nearest_tests integer NOT NULL DEFAULT 4'];

const erasures = [
  `CREATE TABLE erasures (
    id text PRIMARY KEY,
    tenant_id text NOT NULL,
    tenant_sha256 text NOT NULL,
    repository_id text,
    repository_sha256 text,
    begun_ms bigint NOT NULL,
    content_json text NOT NULL,
    receipt text
  )`,
];

/** Runs of the time before `auto` trained what they were asked for. */
const requestedStrategies = [
  'ALTER TABLE runs ADD COLUMN requested_strategy text',
  'UPDATE runs SET requested_strategy = strategy',
  'ALTER TABLE runs ALTER COLUMN requested_strategy SET NOT NULL',
];

/** What a generation asks for, and what erasing a repository takes along, must not be searched among those of all others. */
const repositoryIndexes = [
  'CREATE INDEX adapters_by_repository ON adapters (repository_id)',
  'CREATE INDEX activations_by_repository ON activations (repository_id, id)',
  'CREATE INDEX activations_by_adapter ON activations (adapter_id)',
];

/** By name, which is their order. */
export const migrations: Record<string, Migration> = {
  '001-first': statements(firstSchema),
  '002-tokens': statements(scopedTokens),
  '003-imported-runs': statements(importedRuns),
  '004-nearest-tests': statements(nearestTests),
  '005-erasures': statements(erasures),
  '006-requested-strategies': statements(requestedStrategies),
  '007-repository-indexes': statements(repositoryIndexes),
};
