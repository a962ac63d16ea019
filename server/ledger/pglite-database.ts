import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import type { OpenDatabase, Queries } from './database.ts';
import { type DatabaseSchema, tables } from './database-schema.ts';
import { eventLoopTurns } from './event-loop-turns.ts';

/**
 * Opens the embedded PostgreSQL in a folder, which the caller has locked (`server/storage/data-dir.ts`). A transaction that returned
 * survives `kill -9`.
 */
export async function openPglite(folder: string): Promise<OpenDatabase> {
  await mkdir(folder, { recursive: true });
  // A bigint of ours is a time or a size and fits into a number.
  const pglite = await PGlite.create(folder, { parsers: { [types.INT8]: Number } });
  // A log segment that is used again would keep the end of what it held before.
  await pglite.exec('SET wal_recycle = off');
  const queries = new Kysely<DatabaseSchema>({ dialect: new PGliteDialect({ pglite }), plugins: [eventLoopTurns()] });
  return {
    queries,
    // On one connection, so that nobody else's query comes between.
    scrub: () => queries.connection().execute((connection) => scrub(connection, folder)),
    close: async () => {
      await queries.destroy();
      if (!pglite.closed) await pglite.close();
    },
  };
}

/**
 * A deleted row stays in its table's file and in the write-ahead log, and a server that is killed while it rewrites a table leaves the
 * copy behind. So the tables are rewritten, the log begins a new segment, and whatever file no table has goes.
 */
async function scrub(queries: Queries, folder: string): Promise<void> {
  for (const table of tables) await sql.raw(`VACUUM (FULL) ${table}`).execute(queries);
  const log = join(folder, 'pg_wal');
  const [current] = await values(queries, 'SELECT pg_walfile_name(pg_current_wal_insert_lsn())');
  // Segments that were made ahead may be used ones under another name.
  for (const name of await readdir(log)) if (isSegment(name) && name > String(current)) await rm(join(log, name));
  await sql.raw('SELECT pg_switch_wal()').execute(queries);
  await sql.raw('CHECKPOINT').execute(queries);

  const known = new Set(await values(queries, 'SELECT pg_relation_filenode(oid) FROM pg_class'));
  const [database] = await values(queries, 'SELECT oid FROM pg_database WHERE datname = current_database()');
  const files = join(folder, 'base', String(database));
  for (const name of await readdir(files)) {
    const file = /^(\d+)(_(fsm|vm|init))?(\.\d+)?$/.exec(name)?.[1];
    if (file !== undefined && !known.has(file)) await rm(join(files, name), { force: true });
  }
}

const isSegment = (name: string) => /^[0-9A-F]{24}$/.test(name);

/** The only column of a query's rows. */
async function values(queries: Queries, query: string): Promise<string[]> {
  const { rows } = await sql.raw<Record<string, unknown>>(query).execute(queries);
  return rows.map((row) => String(Object.values(row)[0]));
}
