import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Caller } from '../server/caller.ts';
import { openLedger } from '../server/ledger/ledger.ts';
import { openPglite } from '../server/ledger/pglite-database.ts';
import { SeededRandom } from '../test/seeded-random.ts';
import { percentile } from './percentile.ts';

const REPOSITORIES_OF_A_TENANT = 100;

/** Milliseconds of what a generation asks the real ledger before it generates: the repository by its name, and its active adapter. */
export interface LookupTimes {
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
}

/** Registers so many repositories, each with one run and one active adapter, and looks some of them up. */
export async function lookupTimes(registered: number, lookups: number): Promise<LookupTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'bespoke-bench-ledger-'));
  const database = await openPglite(folder);
  const ledger = await openLedger(database);
  try {
    for (const statement of registration(registered)) await statement.execute(database.queries);
    const random = new SeededRandom(1);
    const times: number[] = [];
    for (let at = 0; at < lookups; at++) {
      const number = 1 + random.integer(registered);
      const tenant = Math.ceil(number / REPOSITORIES_OF_A_TENANT);
      const caller: Caller = {
        tenant: { id: `t${tenant}`, name: `t${tenant}` },
        role: 'developer',
        repositories: null,
      };
      const startedMs = performance.now();
      const repository = await ledger.repositories.find(caller, `repository-${number}`);
      const adapter = await ledger.adapters.active(repository?.id ?? '');
      times.push(performance.now() - startedMs);
      if (adapter?.id !== `run${number}`) throw new Error(`The ledger does not know the adapter of ${number}.`);
    }
    return { medianMs: percentile(times, 0.5), p95Ms: percentile(times, 0.95) };
  } finally {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows as the server writes them one by one, made by the database itself, which takes seconds and not minutes. */
function registration(registered: number) {
  const numbers = sql`generate_series(1, ${sql.lit(registered)}) AS n`;
  const tenant = sql`'t' || ((n - 1) / ${sql.lit(REPOSITORIES_OF_A_TENANT)} + 1)`;
  const tenants = Math.ceil(registered / REPOSITORIES_OF_A_TENANT);
  return [
    sql`INSERT INTO tenants SELECT 't' || n, 't' || n, 0 FROM generate_series(1, ${sql.lit(tenants)}) AS n`,
    sql`INSERT INTO repositories SELECT 'r' || n, ${tenant}, 'repository-' || n, 0, false FROM ${numbers}`,
    sql`INSERT INTO runs (id, tenant_id, repository_id, request_id, request_json, corpus_sha256, strategy, requested_strategy, options_json,
        state, created_ms, last_sequence, train_pair_ids_json, validation_pair_ids_json, proofs_json, cancel_requested, checkpoint_step,
        deaths_without_progress)
      SELECT 'run' || n, ${tenant}, 'r' || n, 'q' || n, '{}', '', 'prefix', 'prefix', '{}', 'succeeded', 0, 0, '[]', '[]', '[]', false, 0, 0
      FROM ${numbers}`,
    sql`INSERT INTO adapters SELECT 'run' || n, 'r' || n, 'run' || n, 'prefix', 1, 1, 0, '', '' FROM ${numbers}`,
    sql`INSERT INTO activations (repository_id, adapter_id, activated_ms) SELECT 'r' || n, 'run' || n, 0 FROM ${numbers}`,
  ];
}
