import type { Kysely, Transaction } from 'kysely';
import type { DatabaseSchema } from './database-schema.ts';

/** The ledger's database, embedded or remote: the same queries run on both. */
export type Database = Kysely<DatabaseSchema>;

/** A database or a transaction of it. */
export type Queries = Database | Transaction<DatabaseSchema>;

/** An open database that nobody else uses as a server. */
export interface OpenDatabase {
  readonly queries: Database;
  /** Rewrites the database's files, so that nothing that was deleted is left in them. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}
