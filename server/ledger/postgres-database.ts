import { Kysely, PostgresDialect, sql } from 'kysely';
import { Client, Pool, type PoolConfig, types } from 'pg';
import { startRefused } from '../errors.ts';
import type { OpenDatabase } from './database.ts';
import { type DatabaseSchema, tables } from './database-schema.ts';

/**
 * Opens a PostgreSQL database. With `exclusive`, as a server does, a lock of the database's own keeps a second server out for as long as
 * this one is connected: two would take each other's runs for orphans.
 */
export async function openPostgres(
  url: string,
  options: { readonly exclusive: boolean; readonly onLost: (error: Error) => void },
): Promise<OpenDatabase> {
  const config: PoolConfig = { connectionString: url, max: 8, types: { getTypeParser: typeParser } };
  const lock = options.exclusive ? await takeLock(url, options.onLost) : undefined;
  const pool = new Pool(config);
  // A connection that breaks while idle is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  const queries = new Kysely<DatabaseSchema>({ dialect: new PostgresDialect({ pool }) });
  return {
    queries,
    // Also what the planner remembers of values. The write-ahead log and backups are the operator's (`docs/operating.md`).
    scrub: async () => {
      for (const table of tables) await sql.raw(`VACUUM (FULL, ANALYZE) ${table}`).execute(queries);
    },
    close: async () => {
      await queries.destroy();
      await lock?.end();
    },
  };
}

/** Any constant; it names our lock among the database's advisory locks. */
const SERVER_LOCK = 0x62657370;

async function takeLock(url: string, onLost: (error: Error) => void): Promise<Client> {
  const client = new Client({ connectionString: url, keepAlive: true });
  try {
    await client.connect();
  } catch (cause) {
    throw startRefused(
      `The database could not be reached (${cause instanceof Error ? cause.message : 'no reason given'}): check --database-url and that PostgreSQL runs.`,
      { cause },
    );
  }
  const answer = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [SERVER_LOCK]);
  if (answer.rows[0]?.locked !== true) {
    await client.end();
    throw startRefused('Another Bespoke server uses this database: stop it, or give this one a database of its own.');
  }
  client.on('error', onLost);
  return client;
}

// A bigint of ours is a time or a size and fits into a number.
function typeParser(oid: number, format?: 'text' | 'binary') {
  return oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text');
}
