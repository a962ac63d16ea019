import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { corpus, eventually, startRun } from './support/runs.ts';
import { expectAway, generate, personalized, refusalOf, repositoriesOf } from './support/s3-servers.ts';
import { S3UnderTest } from './support/s3-under-test.ts';
import {
  endServers,
  runServerProgram,
  startRefusedServer,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await S3UnderTest.start();
});
afterAll(() => s3.stop());
beforeEach(() => s3.mend());
afterEach(endServers);

const owner = 'team/bespoke/bespoke-server.json';

describe('forgetting', () => {
  for (const versioned of [false, true])
    test(`leaves no version of an object and no unfinished upload in a bucket ${versioned ? 'with' : 'without'} versions`, async () => {
      const { bucket, server, client } = await personalized(s3, { versioned });
      await client.upload('kept', corpus);
      const [kept] = (await s3.versions(bucket)).filter((key) => key.endsWith('.jsonl'));
      expect(kept).toBeDefined();
      const manifest = await s3.keyOf(bucket, 'manifest.json');
      const repository = manifest.split('/adapters/')[0] ?? '';
      // Replaced ones, and a part of an upload that a crash ended.
      await s3.put(bucket, manifest, await s3.get(bucket, manifest));
      await s3.beginUpload(bucket, `${repository}/adapters/x/adapter.safetensors`);
      const ours = await s3.versions(bucket, repository);
      const others = (await s3.versions(bucket)).length - ours.length;
      const { receipt, adapters, bytes } = await client.forgetRepository('repo');
      expect(await s3.versions(bucket, repository)).toEqual([]);
      expect(await s3.unfinishedUploads(bucket)).toEqual([]);
      expect(await s3.versions(bucket)).toHaveLength(others);
      expect(adapters).toBe(1);
      const { content } = JSON.parse(JSON.parse(receipt).statement);
      expect(content.objectStore).toEqual({
        versions: corpus.chunks.length + 3 + (versioned ? 1 : 0),
        bytes: expect.any(Number),
        unfinishedUploads: 1,
      });
      expect(bytes).toBe(content.bytes + content.objectStore.bytes);
      expect(content.adapterSha256s).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
      expect((await client.getUpload({ repository: 'kept', corpusSha256: corpus.sha256 })).complete).toBe(true);
      expect(server.log()).not.toMatch(/access-key/);
    });

  for (const event of ['forgetting-begun', 'removed-files', 'erased-artifacts', 'deleted-rows'])
    test(`is finished by the next start after kill -9 at ${event}`, async () => {
      const { bucket, server, client, again } = await personalized(s3, { versioned: true });
      const forgetting = refusalOf(client.forgetRepository('repo'));
      await eventually(() => (server.log().includes(event) ? true : undefined), 20_000, 1);
      await server.kill();
      await forgetting;
      const next = await again();
      expect(await s3.versions(bucket)).toEqual([owner]);
      expect((await next.client().getForgetReceipt('repo')).receipt).toContain('objectStore');
      expect(readdirSync(repositoriesOf(next))).toEqual([]);
    });

  test('waits for a store that is away, and says nothing is gone before it is', async () => {
    const { bucket, client } = await personalized(s3);
    s3.onTheWay = (method) => {
      if (method !== 'POST') return 'pass';
      void s3.goDown();
      return 'lose-request';
    };
    await expectAway(client.forgetRepository('repo'));
    expect(await refusalOf(client.getForgetReceipt('repo'))).toMatchObject({ code: status.NOT_FOUND });
    s3.onTheWay = () => 'pass';
    await s3.comeUp();
    await client.forgetRepository('repo');
    expect(await s3.versions(bucket)).toEqual([owner]);
  });

  test('a tenant, with the command', async () => {
    const { bucket, server } = await personalized(s3, { versioned: true });
    await server.stop();
    const { code, stdout } = await runServerProgram([
      ...['tenant', 'forget', '--data-dir', server.dataDir, '--tenant', 'local'],
    ]);
    expect(code).toBe(0);
    expect(await s3.versions(bucket)).toEqual([owner]);
    expect(JSON.parse(JSON.parse(stdout).statement).content.objectStore.versions).toBe(corpus.chunks.length + 3);
  });
});

describe('a server does not start', () => {
  async function check(flags: readonly string[], sentence: RegExp, dataDir = temporaryFolder('refused')) {
    const { code, message } = await startRefusedServer({ dataDir, flags });
    expect([code, message]).toEqual([1, expect.stringMatching(sentence)]);
    expect(message).not.toMatch(/access-key/);
  }

  test('on flags that mean nothing', async () => {
    await check(
      ['--artifacts', 'http://bucket'],
      /^The flag --artifacts is not understood: give s3:\/\/BUCKET\/PREFIX\.$/,
    );
    await check(['--artifacts', 's3://key:access-key@bucket/x'], /--artifacts is not understood/);
    await check(['--artifacts', 's3://bucket/../x'], /--artifacts is not understood/);
    await check(['--artifacts-endpoint', s3.endpoint], /--artifacts is missing: give it/);
    const there = ['--artifacts', 's3://bucket/x', '--artifacts-endpoint'];
    await check([...there, 'http://10.0.0.1:9000'], /--artifacts-endpoint is not understood: give an https address/);
    await check([...there, 'https://key:access-key@host'], /--artifacts-endpoint is not understood/);
  });

  test('on a store that cannot be used', async () => {
    await check(
      s3.flags('no-such-bucket'),
      /cannot be used, there is no such bucket: make it, or check --artifacts\.$/,
    );
    const bucket = await s3.createBucket();
    await s3.goDown();
    await check(s3.flags(bucket), /cannot be used, it does not answer \(ECONNREFUSED\): check --artifacts-endpoint/);
  });

  test('on a place that is not its own', async () => {
    const bucket = await s3.createBucket();
    await s3.put(bucket, 'team/bespoke/holiday.jpg', 'a picture');
    await check(
      s3.flags(bucket),
      /^There are objects in s3:\/\/bucket-\d+\/team\/bespoke that no Bespoke server put there: name an empty prefix\.$/,
    );
    expect(await s3.versions(bucket)).toEqual(['team/bespoke/holiday.jpg']);
    const { bucket: theirs, server } = await personalized(s3);
    await check(s3.flags(theirs), /belongs to another Bespoke server: name another prefix/);
    await server.stop();
    await check([], /^The artifacts of the data folder .* are in s3:.*: give --artifacts s3:/, server.dataDir);
    const empty = await s3.createBucket();
    await check(s3.flags(empty), /are in s3:.* and not in s3:.*: give --artifacts/, server.dataDir);
    expect(await s3.versions(empty)).toEqual([]);
  });
});

describe('moving', () => {
  test('a server that kept its artifacts in its folder moves them into the store once', async () => {
    const server = await startServer();
    const client = server.client();
    await client.upload('repo', corpus);
    const run = await startRun(client, 'run');
    await client.watch(run.id);
    await client.activateAdapter(run.id);
    const before = await generate(client);
    await server.stop();
    const bucket = await s3.createBucket();
    const moved = await startServer({ dataDir: server.dataDir, flags: s3.flags(bucket) });
    expect(moved.log()).toContain(`"artifacts-moved","chunks":${corpus.chunks.length},"adapters":1`);
    await moved.stop();
    rmSync(repositoriesOf(server), { recursive: true });
    const next = await startServer({ dataDir: server.dataDir, flags: s3.flags(bucket) });
    expect(next.log()).not.toContain('artifacts-moved');
    expect(await generate(next.client())).toEqual(before);
  });

  test('a backup holds what is in the store, and is restored into a folder', async () => {
    const { server, client } = await personalized(s3, { flags: ['--artifacts-cache-mib', '0'] });
    const before = await generate(client);
    await server.stop();
    const folder = temporaryFolder('backup');
    const file = join(folder, 'backup.tar');
    const backup = await runServerProgram(['backup', '--data-dir', server.dataDir, '--to', file]);
    expect(backup.stderr.split('\n').filter((line) => line.includes('"error"'))).toEqual([]);
    expect(JSON.parse(backup.stdout)).not.toHaveProperty('lost');
    const dataDir = temporaryFolder('restored');
    const restored = await runServerProgram([
      ...['restore', '--data-dir', dataDir, '--from', file, '--receipts', temporaryFolder('receipts')],
    ]);
    expect(restored.code).toBe(0);
    expect(existsSync(join(dataDir, 'artifacts.json'))).toBe(false);
    expect(await generate((await startServer({ dataDir })).client())).toEqual(before);
  });
});
