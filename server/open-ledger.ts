import { readdir } from 'node:fs/promises';
import { requireRestored } from './backup/restore.ts';
import { type Ledger, openLedger } from './ledger/ledger.ts';
import { openPglite } from './ledger/pglite-database.ts';
import { openPostgres } from './ledger/postgres-database.ts';
import type { DataDir } from './storage/data-dir.ts';
import { lockDataDir } from './storage/data-dir-lock.ts';

/** The ledger with the locks that make it ours alone. */
export interface LockedLedger {
  readonly ledger: Ledger;
  /** Closes the ledger, then gives the locks back. */
  close(): Promise<void>;
}

/**
 * Opens the ledger, embedded in the data folder or in PostgreSQL. A server locks the data folder and the database; whoever only makes a
 * token in PostgreSQL needs neither. `onLost` is called when a lock is lost later: the server must stop then.
 */
export async function openLockedLedger(
  dataDir: DataDir,
  databaseUrl: string | undefined,
  use: 'serve' | 'administer',
  onLost: (error: Error) => void,
): Promise<LockedLedger> {
  const locksFolder = use === 'serve' || databaseUrl === undefined;
  const unlock = locksFolder ? await lockDataDir(dataDir.root, onLost) : async () => {};
  try {
    if (locksFolder) requireRestored(await readdir(dataDir.root), dataDir.root);
    const database =
      databaseUrl === undefined
        ? await openPglite(dataDir.database)
        : await openPostgres(databaseUrl, { exclusive: use === 'serve', onLost });
    const ledger = await openLedger(database);
    return {
      ledger,
      close: async () => {
        await ledger.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
