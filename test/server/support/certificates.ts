import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';

/** Paths of a certificate and its key, in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of its own. */
export function makeAuthority(folder: string, name: string): Certificate {
  return make(folder, name, []);
}

/** A certificate that an authority gives, good for a client and for a server, on loopback unless it is for other names. */
export function issue(
  folder: string,
  name: string,
  authority: Certificate,
  names = 'DNS:localhost,IP:127.0.0.1',
): Certificate {
  const extensions = ['-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=CA:FALSE'];
  return make(folder, name, ['-CA', authority.certificate, '-CAkey', authority.key, ...extensions]);
}

/** How a client connects that trusts an authority and, if it has one, shows a certificate. */
export function clientCredentials(trusted: Certificate, shown?: Certificate): ChannelCredentials {
  const [key, certificate] = shown === undefined ? [] : [readFileSync(shown.key), readFileSync(shown.certificate)];
  return credentials.createSsl(readFileSync(trusted.certificate), key, certificate);
}

function make(folder: string, name: string, more: readonly string[]): Certificate {
  const files = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-keyout', files.key, '-out', files.certificate, ...more],
    ],
    { stdio: 'pipe' },
  );
  return files;
}
