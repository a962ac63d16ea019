import type { Generated } from 'kysely';

/** The tables as kysely sees them; `migrations.ts` makes them. Times are milliseconds since 1970-01-01 UTC; `json` columns are text. */
export interface DatabaseSchema {
  tenants: { id: string; name: string; created_ms: number };
  /** A token itself is kept nowhere. `of_start`: it came with the server's start and goes with the next. */
  tokens: {
    sha256: string;
    tenant_id: string;
    name: string;
    role: string;
    /** Null for all repositories of the tenant. */
    repositories_json: string | null;
    created_ms: number;
    expires_ms: number | null;
    last_used_ms: number | null;
    revoked_ms: number | null;
    of_start: boolean;
  };
  repositories: { id: string; tenant_id: string; name: string; created_ms: number; forgetting: boolean };
  /** Only complete corpora; the chunks of others are only on disk. */
  corpora: {
    id: string;
    repository_id: string;
    sha256: string;
    pairs: number;
    commit: string;
    chunk_sha256s_json: string;
    created_ms: number;
  };
  runs: {
    id: string;
    tenant_id: string;
    repository_id: string;
    request_id: string;
    /** What the request asked for, to tell a repeated call from a wrong one. */
    request_json: string;
    corpus_sha256: string;
    /** `auto` until one is chosen. */
    strategy: string;
    requested_strategy: string;
    options_json: string;
    nearest_tests: number;
    state: string;
    created_ms: number;
    ended_ms: number | null;
    last_sequence: number;
    train_pair_ids_json: string;
    validation_pair_ids_json: string;
    proofs_json: string;
    adapter_id: string | null;
    failure_json: string | null;
    cancel_requested: boolean;
    checkpoint_step: number;
    deaths_without_progress: number;
    process_json: string | null;
    /** Ran on another server; only its adapter was brought here. */
    imported: Generated<boolean>;
  };
  run_events: { run_id: string; sequence: number; time_ms: number; happening_json: string };
  adapters: {
    id: string;
    repository_id: string;
    run_id: string;
    strategy: string;
    bytes: number;
    trained_parameters: number;
    created_ms: number;
    base_model_sha256: string;
    commit: string;
  };
  /** What was or is being erased. It outlives tenant and repository, so it refers to neither; of names it knows the hashes. */
  erasures: {
    id: string;
    tenant_id: string;
    tenant_sha256: string;
    /** Null for a whole tenant, as is its hash. */
    repository_id: string | null;
    repository_sha256: string | null;
    begun_ms: number;
    content_json: string;
    /** Null until everything is gone. */
    receipt: string | null;
  };
  /** The history of active adapters. The active one is the latest that was not rolled back. */
  activations: {
    id: Generated<number>;
    repository_id: string;
    adapter_id: string;
    activated_ms: number;
    rolled_back_ms: number | null;
  };
}

/** Every table, written out because a table's name is no type at run time; the compiler asks for a new one. */
const everyTable: Readonly<Record<keyof DatabaseSchema, true>> = {
  tenants: true,
  tokens: true,
  repositories: true,
  corpora: true,
  runs: true,
  run_events: true,
  adapters: true,
  erasures: true,
  activations: true,
};
export const tables = Object.keys(everyTable) as readonly (keyof DatabaseSchema)[];
