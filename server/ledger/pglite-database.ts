import { mkdir } from 'node:fs/promises';
import { PGlite, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import type { OpenDatabase } from './database.ts';
import type { DatabaseSchema } from './database-schema.ts';

/**
 * Opens the embedded PostgreSQL in a folder, which the caller has locked (`server/storage/data-dir.ts`). A transaction that returned
 * survives `kill -9`.
 */
export async function openPglite(folder: string): Promise<OpenDatabase> {
  await mkdir(folder, { recursive: true });
  // A bigint of ours is a time or a size and fits into a number.
  const pglite = await PGlite.create(folder, { parsers: { [types.INT8]: Number } });
  const queries = new Kysely<DatabaseSchema>({ dialect: new PGliteDialect({ pglite }) });
  return {
    queries,
    close: async () => {
      await queries.destroy();
      if (!pglite.closed) await pglite.close();
    },
  };
}
