import { CorpusStore } from '../corpora/corpus-store.ts';
import { BespokeError } from '../errors.ts';
import { openLedger } from '../ledger/ledger.ts';
import { openPglite } from '../ledger/pglite-database.ts';
import type { Log } from '../log.ts';
import { openArtifacts } from '../open-artifacts.ts';
import { openReceiptKey } from '../receipts/receipt-key.ts';
import { knownPlace } from '../storage/artifacts-place.ts';
import type { DataDir } from '../storage/data-dir.ts';

/**
 * Fetches all that a data folder keeps in an object store into the folder, so that a backup of the folder is whole. Returns how many chunks
 * and adapters were lost there; a backup of the rest is better than none.
 */
export async function bringArtifacts(dataDir: DataDir, log: Log): Promise<number> {
  if ((await knownPlace(dataDir)) === undefined) return 0;
  const artifacts = await openArtifacts({ dataDir, log, receiptKey: await openReceiptKey(dataDir.receiptKey) });
  const ledger = await openLedger(await openPglite(dataDir.database));
  const corpora = new CorpusStore(artifacts);
  let lost = 0;
  const unlessLost = async (bringing: Promise<unknown>, what: string) => {
    await bringing.catch((error: unknown) => {
      if (error instanceof BespokeError && error.situation === 'object-store-away') throw error;
      log.error('artifact-lost', error, { what });
      lost += 1;
    });
  };
  try {
    for (const repository of await ledger.repositories.all()) {
      for (const sha256 of await corpora.chunkSha256s(repository))
        await unlessLost(corpora.read(repository, sha256), sha256);
      for (const { id } of await ledger.adapters.ofRepository(repository.id))
        await unlessLost(
          artifacts.takeAdapter(repository, id).then((taken) => taken?.giveBack()),
          id,
        );
    }
    return lost;
  } finally {
    artifacts.close();
    await ledger.close();
  }
}
