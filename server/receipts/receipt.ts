import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { invalidRequest } from '../errors.ts';
import type { StoredObjects } from '../storage/artifact-store.ts';

/** What a server swears to have erased. Names are hashed, so that a receipt that is kept tells nobody what there was. */
export interface ReceiptStatement {
  readonly format: 1;
  readonly erased: 'repository' | 'tenant';
  /** SHA-256 of the tenant's name. */
  readonly tenantSha256: string;
  /** SHA-256 of the repository's name; `null` for a whole tenant. */
  readonly repositorySha256: string | null;
  /** When nobody found it any more, and when its last byte was gone. Milliseconds since 1970-01-01 UTC. */
  readonly begunMs: number;
  readonly endedMs: number;
  readonly content: ErasedContent;
}

/** What there was when the erasure began. */
export interface ErasedContent {
  readonly repositories: number;
  readonly runs: number;
  /** Hashes of the corpora, as their uploads named them. */
  readonly corpusSha256s: readonly string[];
  /** SHA-256 of each adapter's manifest, which names the hash of its tensors. */
  readonly adapterSha256s: readonly string[];
  /** On the server's own disk. */
  readonly files: number;
  readonly bytes: number;
  /** In the object store, beside that; not there when the server had none. */
  readonly objectStore?: StoredObjects;
}

/** A receipt as it is handed out, in one file: the statement, byte by byte as it was signed, and who signed it. */
interface SignedReceipt {
  readonly statement: string;
  readonly algorithm: 'ed25519';
  /** SubjectPublicKeyInfo, DER in base64. */
  readonly publicKey: string;
  readonly signature: string;
}

/** The receipt as text. */
export function signReceipt(statement: ReceiptStatement, key: KeyObject): string {
  const text = JSON.stringify(statement);
  const receipt: SignedReceipt = {
    statement: text,
    algorithm: 'ed25519',
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
    signature: sign(null, Buffer.from(text), key).toString('base64'),
  };
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

/** What a receipt says and whose it is. Throws `BespokeError` `invalid-request` for one that nobody signed like this. */
export function verifyReceipt(receipt: string): { readonly statement: ReceiptStatement; readonly fingerprint: string } {
  try {
    const { statement, algorithm, publicKey, signature } = JSON.parse(receipt) as SignedReceipt;
    const der = Buffer.from(publicKey, 'base64');
    const key = createPublicKey({ key: der, type: 'spki', format: 'der' });
    const isSigned =
      algorithm === 'ed25519' &&
      key.asymmetricKeyType === 'ed25519' &&
      verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64'));
    if (isSigned) return { statement: readStatement(statement), fingerprint: fingerprintOfDer(der) };
  } catch {
    // The sentence below says it.
  }
  throw invalidRequest(
    'The receipt is none, or was changed after it was signed',
    'ask the server for it again with GetForgetReceipt',
  );
}

/** What people compare, written as it is for model packs. */
export function fingerprintOf(key: KeyObject): string {
  return fingerprintOfDer(createPublicKey(key).export({ type: 'spki', format: 'der' }));
}

function fingerprintOfDer(der: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(der).digest('base64').replace(/=+$/, '')}`;
}

function readStatement(text: string): ReceiptStatement {
  const statement = JSON.parse(text) as ReceiptStatement;
  if (statement.format !== 1) throw new Error('A statement of another format.');
  return statement;
}
