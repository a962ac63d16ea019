import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { startRefused } from '../errors.ts';
import { writeDurably } from '../storage/durable-file.ts';

/**
 * The server's private key for receipts, made at its first use. Whoever holds a receipt compares the key's fingerprint, so the file goes
 * where the server goes.
 */
export async function openReceiptKey(path: string): Promise<KeyObject> {
  const pem = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw startRefused(`The key of receipts ${path} cannot be read: check who may read it.`, { cause: error });
  });
  if (pem !== undefined) return readKey(path, pem);
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  return privateKey;
}

function readKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The sentence below says it.
  }
  throw startRefused(`The file ${path} holds no Ed25519 key: restore it, or remove it so that a new key is made.`);
}
