import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRefused } from '../errors.ts';
import { fingerprintOf, type ReceiptStatement, verifyReceipt } from '../receipts/receipt.ts';
import { openReceiptKey } from '../receipts/receipt-key.ts';
import type { DataDir } from '../storage/data-dir.ts';

/**
 * What receipts in a folder say, all of them signed by this server's own key. Throws `BespokeError` `start-refused` that names a file that
 * is none: to pass over it would bring back what somebody was promised to be gone.
 */
export async function readReceipts(folder: string, dataDir: DataDir): Promise<ReceiptStatement[]> {
  const ours = fingerprintOf(await openReceiptKey(dataDir.receiptKey));
  const names = await readdir(folder).catch((cause: unknown) => {
    throw startRefused(
      `The folder of receipts ${folder} cannot be read: name it with --receipts, an empty one when nothing was forgotten since the backup.`,
      { cause },
    );
  });
  const statements: ReceiptStatement[] = [];
  for (const name of names.filter((one) => one.endsWith('.json')).sort()) {
    const { statement, fingerprint } = await readFile(join(folder, name), 'utf8')
      .then(verifyReceipt)
      .catch((cause: unknown) => {
        throw startRefused(
          `The file ${join(folder, name)} is no receipt, or was changed: get it again, or take it away.`,
          {
            cause,
          },
        );
      });
    if (fingerprint !== ours)
      throw startRefused(`The receipt ${join(folder, name)} is of another server than the backup: take it away.`);
    statements.push(statement);
  }
  return statements;
}
