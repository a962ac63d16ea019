import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, expect, test } from 'vitest';
import { type Certificate, clientCredentials, issue, makeAuthority } from './support/certificates.ts';
import { Client } from './support/client.ts';
import { eventually } from './support/runs.ts';
import { endServers, localToken, startServer, temporaryFolder } from './support/server-under-test.ts';

afterAll(endServers);

test('certificates that change are taken up without a restart, and wrong ones are not', async () => {
  const folder = temporaryFolder('renewal');
  const [before, after] = ['before', 'after'].map((name) => {
    const authority = makeAuthority(folder, name);
    const server = issue(folder, `${name}-server`, authority);
    return { authority, server, client: issue(folder, `${name}-client`, authority) };
  });
  if (before === undefined || after === undefined) throw new Error('Two are made.');
  const [certificate, key, authority] = ['server.pem', 'server.key', 'authority.pem'].map((name) => join(folder, name));
  if (certificate === undefined || key === undefined || authority === undefined) throw new Error('Three are named.');
  copyFileSync(before.server.certificate, certificate);
  copyFileSync(before.server.key, key);
  copyFileSync(before.authority.certificate, authority);
  const server = await startServer({
    flags: ['--tls-cert', certificate, '--tls-key', key, '--client-ca', authority],
  });
  /** Whether a client gets through that trusts one authority and shows the certificate of one. */
  const connects = async (trusted: Certificate, shown: Certificate) => {
    const client = new Client(server.address, localToken, clientCredentials(trusted, shown));
    const failure = await client.getServer().then(
      () => undefined,
      (error: ServiceError) => error,
    );
    client.close();
    if (failure !== undefined) expect(failure.code).toBe(status.UNAVAILABLE);
    return failure === undefined;
  };
  const logged = (event: string, times: number) =>
    eventually(() => (server.log().split(`"event":"${event}"`).length > times ? true : undefined));
  const early = new Client(server.address, localToken, clientCredentials(before.authority, before.client));
  await early.getServer();
  expect(await connects(after.authority, after.client)).toBe(false);

  // In the middle of a renewal the key is new and the certificate is not.
  copyFileSync(after.server.key, key);
  await logged('certificates-not-renewed', 1);
  expect(await connects(before.authority, before.client)).toBe(true);
  copyFileSync(after.server.certificate, certificate);
  await logged('certificates-renewed', 1);
  expect(await connects(before.authority, before.client)).toBe(false);
  expect(await connects(after.authority, after.client)).toBe(false);
  expect(await connects(after.authority, before.client)).toBe(true);

  writeFileSync(authority, '');
  await logged('certificates-not-renewed', 2);
  expect(await connects(after.authority, before.client)).toBe(true);
  copyFileSync(after.authority.certificate, authority);
  await logged('certificates-renewed', 2);
  expect(await connects(after.authority, before.client)).toBe(false);
  expect(await connects(after.authority, after.client)).toBe(true);

  // Whoever was connected stays so.
  await early.getServer();
  early.close();
});
