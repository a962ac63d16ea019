import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { trustedAuthorities } from '../client/connection.ts';
import { codeOf, openSocket } from './open-socket.ts';
import type { ServerRoute } from './server-route.ts';

const limitMs = 10_000;

/**
 * Shakes hands as a client does and says who signed the certificate, or throws what is wrong with it. Nothing is sent but the handshake, so
 * a certificate that is not trusted may be read to its end: its issuer tells which setting helps.
 */
export async function checkCertificate(route: ServerRoute, signal: AbortSignal): Promise<string> {
  const { host, port, caFile } = route;
  const authorities = trustedAuthorities(caFile);
  const socket = await openSocket(route, signal);
  const secure = connect({
    socket,
    ...(/^[\d.]+$|:/.test(host) ? { host } : { servername: host }),
    ...(authorities === undefined ? {} : { ca: authorities }),
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
  });
  try {
    await handshake(secure, `${host}:${port}`);
    const certificate = secure.getPeerCertificate();
    if (!secure.authorized) throw new Error(certificateProblem(String(secure.authorizationError), certificate, route));
    if (secure.alpnProtocol !== 'h2') {
      throw new Error(
        `What answers at ${host}:${port} offers no HTTP/2, so it is no Bespoke server or something in between opens the connection: check the address.`,
      );
    }
    return `Trusted, signed by ${issuerOf(certificate)}, valid until ${certificate.valid_to}.`;
  } finally {
    secure.destroy();
  }
}

function handshake(secure: TLSSocket, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(
        new Error(
          `What answers at ${address} speaks no TLS (${codeOf(cause) ?? 'no answer'}): check the port in the setting bespoke.server.address.`,
          { cause },
        ),
      );
    secure.setTimeout(limitMs, () => fail(undefined));
    secure.once('error', fail);
    secure.once('close', () => fail(undefined));
    secure.once('secureConnect', resolve);
  });
}

/** `code` is OpenSSL's name for it, or Node's. */
function certificateProblem(code: string, certificate: PeerCertificate, { host, caFile }: ServerRoute): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${host} ended on ${certificate.valid_to}: ask those who run the server to renew it.`;
    case 'CERT_NOT_YET_VALID':
      return `The certificate of ${host} begins on ${certificate.valid_from}: check the clock of this machine.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate is for ${certificate.subjectaltname ?? certificate.subject?.CN ?? 'another name'}, not for ${host}: use one of these names in the setting bespoke.server.address.`;
    default:
      return caFile === ''
        ? `The certificate of ${host} is signed by ${issuerOf(certificate)}, which this machine does not trust (${code}): set the file of that certificate authority in bespoke.server.caFile.`
        : `The certificate of ${host} is signed by ${issuerOf(certificate)}, which ${caFile} does not hold (${code}): set the file of that certificate authority in bespoke.server.caFile.`;
  }
}

function issuerOf({ issuer }: PeerCertificate): string {
  return [issuer?.CN ?? issuer?.O ?? 'an authority without a name'].flat().join(', ');
}
