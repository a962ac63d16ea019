import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChecks } from '../../../extension/diagnosis/finding.ts';
import { routeChecks } from '../../../extension/diagnosis/route-checks.ts';
import { routeOf, type ServerRoute } from '../../../extension/diagnosis/server-route.ts';

// Real sockets, real certificates. Only the proxy is a stand-in: it passes on what it is asked to.

let folder: string;
const servers: Pick<Server, 'close'>[] = [];
const inFolder = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bespoke-route-'));
  const authority = (name: string, subject: string) =>
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${subject}`],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
  authority('ca', 'Corporate CA');
  authority('other', 'Other CA');
  openssl(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', 'key', '-out', 'request'],
  );
  openssl(
    ...['x509', '-req', '-in', 'request', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'],
    ...['-copy_extensions', 'copy', '-out', 'certificate.pem'],
  );
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
}

async function listen(server: Pick<Server, 'address' | 'close'> & { listen: Server['listen'] }): Promise<number> {
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

function identity() {
  return { key: readFileSync(inFolder('key')), cert: readFileSync(inFolder('certificate.pem')) };
}

const serving = () => listen(createSecureServer(identity()));
const route = (port: number, more: Partial<ServerRoute> = {}): ServerRoute => ({
  host: 'localhost',
  port,
  tls: true,
  caFile: '',
  proxy: undefined,
  ...more,
});

/** The hops that are fine, then what the first problem says; hops after it are not tried. */
async function check(given: ServerRoute, fine: readonly string[], problem?: RegExp): Promise<void> {
  const signal = new AbortController().signal;
  const findings = await runChecks(routeChecks(given, signal), { trusted: true, signal, onCheck: () => {} });
  const said = findings.map(({ subject, state, text }) => `${subject} ${state}: ${text}`).join('\n');
  expect(
    findings.filter(({ state }) => state === 'fine').map(({ subject }) => subject),
    said,
  ).toEqual(fine);
  const found = findings.find(({ state }) => state === 'problem')?.text;
  if (problem === undefined) expect(found, said).toBeUndefined();
  else expect(found).toMatch(problem);
}

test('every hop is fine with the certificate authority that is set', async () => {
  await check(route(await serving(), { caFile: inFolder('ca.pem') }), ['Name', 'Connection', 'TLS certificate']);
});

test('a corporate certificate names its authority and the setting that helps', async () => {
  const port = await serving();
  await check(
    route(port),
    ['Name', 'Connection'],
    /signed by Corporate CA, which this machine does not trust \(\w+\): set the file of .+ in bespoke\.server\.caFile/,
  );
  await check(
    route(port, { caFile: inFolder('other.pem') }),
    ['Name', 'Connection'],
    /signed by Corporate CA, which .+other\.pem does not hold/,
  );
  await check(
    route(port, { caFile: inFolder('none.pem') }),
    ['Name', 'Connection'],
    /none\.pem cannot be read: check the setting/,
  );
});

test('a certificate for another name lists its names', async () => {
  await check(
    route(await serving(), { host: '127.0.0.1', caFile: inFolder('ca.pem') }),
    ['Name', 'Connection'],
    /is for DNS:localhost, not for 127\.0\.0\.1: use one of these names/,
  );
});

test('what speaks no TLS, and what speaks no HTTP/2', async () => {
  const plain = await listen(createServer((socket) => socket.on('error', () => {}).end('220 mail ready\r\n')));
  await check(route(plain), ['Name', 'Connection'], /speaks no TLS \(\w+\): check the port/);
  const other = await listen(createTlsServer(identity()));
  await check(
    route(other, { caFile: inFolder('ca.pem') }),
    ['Name', 'Connection'],
    /offers no HTTP\/2, so it is no Bespoke server/,
  );
});

test('nothing listens, and a name that nobody knows', async () => {
  await check(route(1), ['Name'], /Nothing listens at localhost:1: check that the server runs/);
  await check(
    route(443, { host: 'no-such-host.invalid' }),
    [],
    /no-such-host\.invalid has no address here .+ in the setting bespoke\.server\.address/,
  );
});

test('on loopback without TLS', async () => {
  const port = await listen(createServer());
  await check(route(port, { tls: false }), ['Name', 'Connection', 'TLS certificate']);
});

test('through a proxy: the tunnel, a refusal, and wrong credentials', async () => {
  const port = await serving();
  let credentials: string | undefined;
  const proxy = createHttpServer();
  proxy.on('connect', (asked, socket) => {
    socket.on('error', () => {});
    credentials = asked.headers['proxy-authorization'];
    if (credentials === undefined) return socket.end('HTTP/1.1 407 Who are you\r\n\r\n');
    if (asked.url !== `localhost:${port}`) return socket.end('HTTP/1.1 403 No\r\n\r\n');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Go\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => {});
  });
  const at = await listen(proxy);
  const named = new URL(`http://user:pass@127.0.0.1:${at}`);
  await check(route(port, { caFile: inFolder('ca.pem'), proxy: named }), ['Name', 'Connection', 'TLS certificate']);
  expect(credentials).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`);
  const nameless = new URL(`http://127.0.0.1:${at}`);
  await check(route(port, { proxy: nameless }), ['Name'], /wants a user name and a password: write them into/);
  await check(route(9, { proxy: named }), ['Name'], /does not let localhost:9 through \(status 403\)/);
  const gone = new URL('http://127.0.0.1:1');
  await check(route(port, { proxy: gone }), ['Name'], /The proxy 127\.0\.0\.1:1 cannot be reached/);
});

function checkRoute(address: string, proxy: string, environment: NodeJS.ProcessEnv, expected: string): void {
  const found = routeOf({ address, tls: true, caFile: '', proxy }, environment);
  expect(`${found.host} ${found.port} ${found.proxy?.host ?? 'direct'}`).toBe(expected);
}

test('the way by the settings and by the environment', () => {
  checkRoute('h.example:443', '', {}, 'h.example 443 direct');
  checkRoute('[::1]:50051', 'http://p:1', {}, '::1 50051 direct');
  checkRoute('h.example:443', 'http://p:1', { no_proxy: 'h.example' }, 'h.example 443 p:1');
  checkRoute('h.example:443', '', { https_proxy: 'http://p:2' }, 'h.example 443 p:2');
  checkRoute('h.example:443', '', { https_proxy: 'http://p:2', no_proxy: 'a, .example' }, 'h.example 443 direct');
  checkRoute('h.example:443', '', { https_proxy: 'socks5://p:2' }, 'h.example 443 direct');
  for (const address of ['h.example', 'h.example:0', ':443', 'https://user:secret@h.example:443']) {
    expect(() => checkRoute(address, '', {}, '')).toThrow(/^The setting bespoke\.server\.address is no host:port: /);
  }
});
