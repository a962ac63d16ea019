import { AdapterLedger } from './adapters.ts';
import { CorpusLedger } from './corpora.ts';
import type { OpenDatabase } from './database.ts';
import { ErasureLedger } from './erasures.ts';
import { migrateToLatest } from './migrations.ts';
import { OverviewLedger } from './overview.ts';
import { RepositoryLedger } from './repositories.ts';
import { RunLedger } from './runs.ts';
import { TokenLedger } from './tokens.ts';

/** What the server must never forget: who may do what, and what it acknowledged. Whatever returns from here survives `kill -9`. */
export interface Ledger {
  readonly tokens: TokenLedger;
  readonly repositories: RepositoryLedger;
  readonly corpora: CorpusLedger;
  readonly runs: RunLedger;
  readonly adapters: AdapterLedger;
  readonly erasures: ErasureLedger;
  readonly overview: OverviewLedger;
  /** Rewrites the database's files, so that nothing that was deleted is left in them. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

/** Brings the database to the newest schema and opens the ledger on it. */
export async function openLedger(database: OpenDatabase): Promise<Ledger> {
  await migrateToLatest(database.queries as never);
  const { queries } = database;
  return {
    tokens: new TokenLedger(queries),
    repositories: new RepositoryLedger(queries),
    corpora: new CorpusLedger(queries),
    runs: new RunLedger(queries),
    adapters: new AdapterLedger(queries),
    erasures: new ErasureLedger(queries),
    overview: new OverviewLedger(queries),
    scrub: () => database.scrub(),
    close: () => database.close(),
  };
}
