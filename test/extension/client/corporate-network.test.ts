import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Connection } from '../../../extension/client/connection.ts';
import { describeServer } from '../../../extension/client/personalization.ts';
import { ServerError } from '../../../extension/client/server-error.ts';
import { type Certificate, issue, makeAuthority } from '../../server/support/certificates.ts';
import { endServers, localToken, startServer, temporaryFolder } from '../../server/support/server-under-test.ts';

// The real server with TLS, behind a name that only the proxy knows. The proxy is a stand-in: it passes on what it is asked to.

const host = 'bespoke.corp.test';
const credentials = `Basic ${Buffer.from('ann:pass word').toString('base64')}`;
let authority: Certificate;
let proxy: Server;
let proxyPort: number;
const asked: string[] = [];

beforeAll(async () => {
  const folder = temporaryFolder('corporate');
  authority = makeAuthority(folder, 'Corporate CA');
  const { certificate, key } = issue(folder, 'server', authority, `DNS:${host}`);
  const server = await startServer({ flags: ['--tls-cert', certificate, '--tls-key', key] });
  const port = Number(server.address.split(':')[1]);
  proxy = createServer().on('connect', (request, client) => {
    asked.push(request.url ?? '');
    if (request.headers['proxy-authorization'] !== credentials) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [client, onward]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  proxyPort = (proxy.address() as AddressInfo).port;
});
afterAll(async () => {
  proxy.close();
  await endServers();
});

/** `expected`: the tenant that the server knows the caller as, or what the user is told. */
async function check(login: string, caFile: string | undefined, expected: RegExp): Promise<void> {
  asked.length = 0;
  const connection = new Connection({
    ...{ address: `${host}:443`, token: localToken, tls: true, caFile },
    proxy: `http://${login}127.0.0.1:${proxyPort}`,
  });
  const said = await describeServer(connection, { deadlineMs: 15_000 }).then(
    ({ tenant }) => `tenant ${tenant}`,
    (cause: unknown) => (cause instanceof ServerError ? `${cause.kind}: ${cause.message}` : String(cause)),
  );
  connection.close();
  expect(said).toMatch(expected);
  expect(new Set(asked)).toEqual(new Set([`${host}:443`]));
}

test('through a proxy that asks for a password, with the certificate authority of the company', () =>
  check('ann:pass%20word@', authority.certificate, /^tenant local$/));

test('a certificate that nobody signed whom this machine trusts names the setting that helps', () =>
  check('ann:pass%20word@', undefined, /^untrusted-certificate: .+set the file of your .+ in bespoke\.server\.caFile/));

test('a proxy that does not let through is told in one sentence', () =>
  check('', authority.certificate, /^(unreachable|timeout): The Bespoke server at bespoke\.corp\.test:443 .+: .+\.$/));
