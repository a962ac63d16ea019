import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** Says by whom a pack is: who can read the private key. */
export interface PackSignature {
  readonly algorithm: 'ed25519';
  /** SubjectPublicKeyInfo, DER in base64. */
  readonly publicKey: string;
  readonly signature: string;
}

/** A new private key, as PEM. It never leaves the place where it is kept. */
export function newPackKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Signs bytes with a private key in PEM. Throws one sentence for what is no such key. */
export function signWith(privateKeyPem: string, bytes: Uint8Array): PackSignature {
  const key = readPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
  return { algorithm: 'ed25519', publicKey, signature: sign(null, bytes, key).toString('base64') };
}

/** Whether a signature is of these bytes and of the key that it names. */
export function isSigned(bytes: Uint8Array, { algorithm, publicKey, signature }: PackSignature): boolean {
  if (algorithm !== 'ed25519') return false;
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
  return key.asymmetricKeyType === 'ed25519' && verify(null, bytes, key, Buffer.from(signature, 'base64'));
}

/** What people compare: short, and different for different keys. For instance `SHA256:2jmj7l5rSw0yVb/vlWAYkK/YBwk`. */
export function fingerprintOf(publicKey: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

/** The fingerprint of a private key's public half. */
export function fingerprintOfPrivate(privateKeyPem: string): string {
  const der = createPublicKey(readPrivateKey(privateKeyPem)).export({ type: 'spki', format: 'der' });
  return fingerprintOf(der.toString('base64'));
}

function readPrivateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The sentence below says what is expected.
  }
  throw new Error('The signing key is no Ed25519 private key in PEM: name another file, or let a new one be made.');
}
