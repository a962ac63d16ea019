import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, loadPackageDefinition, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Client } from './support/client.ts';
import { root } from './support/places.ts';
import { corpus } from './support/runs.ts';
import {
  endServers,
  localToken,
  type ServerUnderTest,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

/** A client made from .proto files alone, as tools make one. */
// biome-ignore lint/suspicious/noExplicitAny: the methods of a dynamic client have no types.
type DynamicClient = any;
function dynamicClient(protoFile: string, service: string, address: string): DynamicClient {
  let found: DynamicClient = loadPackageDefinition(loadSync(protoFile, { enums: String, keepCase: true }));
  for (const part of service.split('.')) found = found[part];
  return new found(address, credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 });
}
const healthProto = join(root, 'node_modules/grpc-health-check/proto/health/v1/health.proto');
const reflectionProto = join(root, 'node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto');

describe('the RPC edge', () => {
  let server: ServerUnderTest;
  beforeAll(async () => {
    server = await startServer({ freshDatabase: true });
  });
  afterAll(endServers);

  test('health: SERVING for the server and both services, NOT_SERVING on shutdown', async () => {
    const other = await startServer();
    const health = dynamicClient(healthProto, 'grpc.health.v1.Health', other.address);
    for (const service of ['', 'bespoke.v1.PersonalizationService', 'bespoke.v1.GenerationService']) {
      const answer = await new Promise((done) =>
        health.check({ service }, (_: unknown, response: unknown) => done(response)),
      );
      expect(answer).toEqual({ status: 'SERVING' });
    }
    const seen: string[] = [];
    const watching = new Promise<void>((done) => {
      const call = health.watch({ service: '' });
      call.on('data', (message: { status: string }) => {
        seen.push(message.status);
        if (seen.length === 1) other.process.kill('SIGTERM');
      });
      call.on('error', () => done());
      call.on('end', () => done());
    });
    await watching;
    expect(seen).toEqual(['SERVING', 'NOT_SERVING']);
    health.close();
  });

  test('reflection: names every service and describes a method', async () => {
    const reflection = dynamicClient(reflectionProto, 'grpc.reflection.v1.ServerReflection', server.address);
    const ask = (request: object) =>
      new Promise<DynamicClient>((done, failed) => {
        const call = reflection.ServerReflectionInfo();
        call.on('data', (response: unknown) => {
          done(response);
          call.end();
        });
        call.on('error', failed);
        call.write(request);
      });
    const listed = await ask({ list_services: '' });
    expect(listed.list_services_response.service.map((one: { name: string }) => one.name)).toEqual(
      expect.arrayContaining(['bespoke.v1.PersonalizationService', 'bespoke.v1.GenerationService']),
    );
    const file = await ask({ file_containing_symbol: 'bespoke.v1.PersonalizationService' });
    const described = Buffer.concat(file.file_descriptor_response.file_descriptor_proto).toString('latin1');
    expect(described).toContain('UploadCorpus');
    reflection.close();
  });

  test('a deadline that has passed ends a watch', async () => {
    const client = server.client();
    await client.upload('repo', corpus);
    const error = await new Promise<ServiceError>((done) => {
      const past = { deadline: Date.now() + 1 };
      client.personalization.getServer({}, client.metadata, past, (thrown) => done(thrown as ServiceError));
    });
    expect(error.code).toBe(status.DEADLINE_EXCEEDED);
  });

  test('TLS: answers with its certificate, and not in the clear', async () => {
    const folder = temporaryFolder('tls');
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate],
    ]);
    const secure = await startServer({ flags: ['--host', '0.0.0.0', '--tls-cert', certificate, '--tls-key', key] });
    const address = `127.0.0.1:${secure.address.split(':')[1]}`;
    const trusted = new Client(address, localToken, credentials.createSsl(readFileSync(certificate)));
    expect((await trusted.getServer()).tenant).toBe('local');
    const stranger = new Client(address, localToken, credentials.createSsl());
    await expect(stranger.getServer()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    const clear = new Client(address, localToken);
    await expect(clear.getServer()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    for (const client of [trusted, stranger, clear]) client.close();
  });

  test('what it says first is one line of JSON, its log are lines of JSON', () => {
    for (const line of server.log().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('event');
  });
});
