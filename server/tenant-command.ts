import type { TenantFlags } from './flags.ts';
import { ForgetFlow } from './flow-forget.ts';
import type { Log } from './log.ts';
import { openArtifacts } from './open-artifacts.ts';
import { openLockedLedger } from './open-ledger.ts';
import { openReceiptKey } from './receipts/receipt-key.ts';
import { RepositoryUses } from './repository-uses.ts';
import { RunNews } from './runs/run-news.ts';
import { dataDirAt } from './storage/data-dir.ts';

/** Erases a tenant and returns its receipt, which is to be printed. Takes the locks of a server, so that none runs meanwhile. */
export async function runTenantCommand(flags: TenantFlags, log: Log): Promise<readonly string[]> {
  const dataDir = dataDirAt(flags.dataDir);
  const locked = await openLockedLedger(dataDir, flags.databaseUrl, 'serve', (error) => {
    log.error('lock-lost', error);
    process.exit(1);
  });
  try {
    const receiptKey = await openReceiptKey(dataDir.receiptKey);
    const forget = new ForgetFlow({
      ledger: locked.ledger,
      artifacts: await openArtifacts({ dataDir, receiptKey, log }),
      dataDir,
      uses: new RepositoryUses(),
      // Nothing runs and nothing is in memory while no server does.
      executor: { cancel: async () => {} },
      dropAdapters: async () => {},
      onErased: () => {},
      news: new RunNews(),
      log,
      receiptKey,
    });
    await forget.finishAll();
    return [(await forget.forgetTenant(flags.tenant)).receipt.trimEnd()];
  } finally {
    await locked.close();
  }
}
