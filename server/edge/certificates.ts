import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { startRefused } from '../errors.ts';
import type { Log } from '../log.ts';

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** With it, only clients with a certificate of this authority connect. */
  readonly clientCa: string | undefined;
}

/** Their content, under the names that Node.js gives them. */
interface Certificates {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
}

/**
 * TLS whose certificates may change while the server runs: new connections get the new ones, open connections stay. Files that do not fit
 * each other, as in the middle of a renewal, change nothing; the provider that grpc-js has for this would turn everyone away meanwhile.
 */
export class RenewableCredentials extends ServerCredentials {
  readonly #timer: NodeJS.Timeout;
  /** What was wrong when the files were last read, so that it is logged once. */
  #trouble = '';

  /** Throws `BespokeError` `start-refused` when the files cannot be used. */
  static async open(files: CertificateFiles, log: Log): Promise<RenewableCredentials> {
    return new RenewableCredentials(files, await readCertificates(files), log);
  }

  private constructor(
    private readonly files: CertificateFiles,
    private current: Certificates,
    private readonly log: Log,
  ) {
    const mutual = files.clientCa !== undefined;
    super({ requestCert: mutual, rejectUnauthorized: mutual }, current);
    this.#timer = setInterval(() => void this.#renew(), LOOK_AGAIN_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }

  async #renew(): Promise<void> {
    try {
      const found = await readCertificates(this.files);
      this.#trouble = '';
      if (sameCertificates(found, this.current)) return;
      this.current = found;
      this.updateSecureContextOptions(found);
      this.log.info('certificates-renewed', { validTo: new X509Certificate(found.cert).validTo });
    } catch (error) {
      if (String(error) !== this.#trouble) this.log.error('certificates-not-renewed', error);
      this.#trouble = String(error);
    }
  }
}

const LOOK_AGAIN_MS = 5_000;

/** Throws `BespokeError` `start-refused` for files that cannot be read, are no certificates, or do not belong together. */
async function readCertificates(files: CertificateFiles): Promise<Certificates> {
  const read = (path: string) =>
    readFile(path).catch((cause: unknown) => {
      throw startRefused(`The TLS file ${path} cannot be read: check --tls-cert, --tls-key and --client-ca.`, {
        cause,
      });
    });
  const cert = await read(files.certificate);
  const key = await read(files.key);
  const ca = files.clientCa === undefined ? undefined : await read(files.clientCa);
  try {
    createSecureContext({ cert, key });
    // OpenSSL itself takes a certificate with the key of another kind.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('The key is of another.');
  } catch (cause) {
    throw startRefused(
      `The TLS files ${files.certificate} and ${files.key} are no certificate and its key: check --tls-cert and --tls-key.`,
      { cause },
    );
  }
  try {
    // An authority that Node.js cannot read it leaves out without a word.
    if (ca !== undefined) new X509Certificate(ca);
  } catch (cause) {
    throw startRefused(`The TLS file ${files.clientCa} holds no certificate: check --client-ca.`, { cause });
  }
  return { cert, key, ca };
}

/** Both with an authority, or both without. */
function sameCertificates(one: Certificates, other: Certificates): boolean {
  const noAuthority = Buffer.alloc(0);
  return (
    one.cert.equals(other.cert) && one.key.equals(other.key) && (one.ca ?? noAuthority).equals(other.ca ?? noAuthority)
  );
}
