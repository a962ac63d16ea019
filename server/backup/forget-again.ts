import { createHash } from 'node:crypto';
import { ForgetFlow } from '../flow-forget.ts';
import { openLedger } from '../ledger/ledger.ts';
import { openPglite } from '../ledger/pglite-database.ts';
import type { Log } from '../log.ts';
import type { ReceiptStatement } from '../receipts/receipt.ts';
import { openReceiptKey } from '../receipts/receipt-key.ts';
import { RepositoryUses } from '../repository-uses.ts';
import { RunNews } from '../runs/run-news.ts';
import type { DataDir } from '../storage/data-dir.ts';
import { FolderArtifacts } from '../storage/folder-artifacts.ts';

/** Something that a backup would have brought back. `repository` is `null` for a whole tenant. */
export interface ForgottenAgain {
  readonly tenant: string;
  readonly repository: string | null;
}

/**
 * Erases from a data folder, which no server uses, what receipts say was forgotten later than it was made there. A repository that was
 * made under the same name after that is another one and stays.
 */
export async function forgetAgain(
  dataDir: DataDir,
  receipts: readonly ReceiptStatement[],
  log: Log,
): Promise<ForgottenAgain[]> {
  const ledger = await openLedger(await openPglite(dataDir.database));
  try {
    const flow = new ForgetFlow({
      ...{ ledger, dataDir, log, uses: new RepositoryUses(), news: new RunNews() },
      // Nothing runs and nothing is in memory while no server does.
      executor: { cancel: async () => {} },
      dropAdapters: async () => {},
      onErased: () => {},
      artifacts: new FolderArtifacts(dataDir),
      receiptKey: await openReceiptKey(dataDir.receiptKey),
    });
    await flow.finishAll();
    const forgotten: ForgottenAgain[] = [];
    const tellsOf = (name: string, createdMs: number) => (receipt: ReceiptStatement) =>
      createdMs <= receipt.begunMs && sha256(name) === receipt.tenantSha256;
    for (const { tenant, createdMs } of await ledger.erasures.tenants()) {
      const erased = receipts.filter(tellsOf(tenant.name, createdMs));
      if (erased.some((receipt) => receipt.erased === 'tenant')) {
        await flow.forgetTenant(tenant.name);
        forgotten.push({ tenant: tenant.name, repository: null });
        continue;
      }
      for (const repository of await ledger.erasures.repositories(tenant)) {
        const names = sha256(repository.name);
        if (!erased.some((one) => one.repositorySha256 === names && repository.createdMs <= one.begunMs)) continue;
        await flow.forget({ tenant, role: 'operator', repositories: null }, repository.name);
        forgotten.push({ tenant: tenant.name, repository: repository.name });
      }
    }
    return forgotten;
  } finally {
    await ledger.close();
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
