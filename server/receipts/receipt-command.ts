import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { invalidRequest, startRefused } from '../errors.ts';
import type { ReceiptFlags } from '../flags.ts';
import { dataDirAt } from '../storage/data-dir.ts';
import { fingerprintOf, verifyReceipt } from './receipt.ts';
import { openReceiptKey } from './receipt-key.ts';

/** Tells the fingerprint of the server's key, or what a receipt says when it is what it is taken for. Returns what is to be printed. */
export async function runReceiptCommand(flags: ReceiptFlags): Promise<readonly string[]> {
  if (flags.command === 'receipt key')
    return [fingerprintOf(await openReceiptKey(dataDirAt(flags.dataDir).receiptKey))];
  const text = await readFile(flags.file, 'utf8').catch((cause: unknown) => {
    throw startRefused(`The receipt ${flags.file} cannot be read: check --file.`, { cause });
  });
  const { statement, fingerprint } = verifyReceipt(text);
  if (flags.fingerprint !== undefined && flags.fingerprint !== fingerprint)
    throw invalidRequest(
      `The receipt was signed by the key ${fingerprint}`,
      'compare it with what `receipt key` prints on the server',
    );
  requireName('tenant', flags.tenant, statement.tenantSha256);
  requireName('repository', flags.repository, statement.repositorySha256);
  return [JSON.stringify({ fingerprint, ...statement })];
}

function requireName(what: string, name: string | undefined, sha256: string | null): void {
  if (name !== undefined && createHash('sha256').update(name).digest('hex') !== sha256)
    throw invalidRequest(`The receipt is for another ${what} than ${name}`, `check --${what}`);
}
