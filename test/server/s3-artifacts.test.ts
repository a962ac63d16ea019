import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ExportAdapterResponse } from '../../proto/gen/bespoke/v1/personalization.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { createLog } from '../../server/log.ts';
import { PART_BYTES, S3Bucket } from '../../server/storage/s3-bucket.ts';
import { corpus, eventually, getRun, required, startRun } from './support/runs.ts';
import { adaptersOn, expectAway, generate, personalized, refusalOf, repositoriesOf } from './support/s3-servers.ts';
import { S3UnderTest, secretAccessKey } from './support/s3-under-test.ts';
import { endServers, startServer, temporaryFolder } from './support/server-under-test.ts';

let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await S3UnderTest.start();
});
afterAll(() => s3.stop());
beforeEach(() => s3.mend());
afterEach(endServers);

const owner = 'team/bespoke/bespoke-server.json';
const idPattern = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

describe('artifacts in an S3-compatible store', () => {
  test('lie under their tenant and repository, and nowhere else', async () => {
    const { bucket, run } = await personalized(s3);
    const keys = await s3.versions(bucket);
    const of = (rest: string) => new RegExp(`^team/bespoke/${idPattern}/${idPattern}/${rest}$`);
    const chunks = keys.filter((key) => of('chunks/[0-9a-f]{64}\\.jsonl').test(key));
    expect(chunks).toHaveLength(corpus.chunks.length);
    for (const key of chunks)
      expect(
        createHash('sha256')
          .update(await s3.get(bucket, key))
          .digest('hex'),
      ).toBe(key.slice(-70, -6));
    const adapter = keys.filter((key) => of(`adapters/${run.id}/.*`).test(key)).map((key) => key.split('/').at(-1));
    expect(adapter.sort()).toEqual(['adapter.safetensors', 'manifest.json', 'manifest.sha256']);
    expect(keys).toHaveLength(chunks.length + adapter.length + 1);
    expect(keys).toContain(owner);
  });

  test('a server that starts with an empty cache writes the same test, trains, and sends nothing again', async () => {
    const { server, client, again } = await personalized(s3);
    const before = await generate(client);
    expect(before.adapterId).not.toBe('');
    await server.stop();
    rmSync(repositoriesOf(server), { recursive: true });
    const next = await again();
    expect(adaptersOn(next)).toEqual([]);
    expect(await generate(next.client())).toEqual(before);
    expect(adaptersOn(next)).toHaveLength(1);
    expect((await next.client().getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).complete).toBe(true);
    const run = await startRun(next.client(), 'second');
    await next.client().watch(run.id);
    expect((await getRun(next.client(), run.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
    expect(next.log() + server.log()).not.toMatch(/access-key/);
    expect(secretAccessKey).toMatch(/access-key/);
  });

  test('the disk is a cache: what was not used for longest goes, and comes back when it is asked for', async () => {
    const { server, client, run } = await personalized(s3, { flags: ['--artifacts-cache-mib', '0'] });
    const before = await generate(client);
    await eventually(() => (adaptersOn(server).length === 0 ? true : undefined));
    expect(
      readdirSync(repositoriesOf(server), { recursive: true }).filter((path) => `${path}`.endsWith('.jsonl')),
    ).toEqual([]);
    const fetches = () =>
      s3.requests.filter((one) => one.startsWith(`GET`) && one.includes(`${run.id}/adapter`)).length;
    const fetchedBefore = fetches();
    expect(await generate(client)).toEqual(before);
    expect(fetches()).toBe(fetchedBefore + 1);
  });

  test('a server that is started with a smaller cache lets go of what is too much', async () => {
    const { bucket, server } = await personalized(s3);
    expect(adaptersOn(server)).toHaveLength(1);
    await server.stop();
    const flags = s3.flags(bucket, '--artifacts-cache-mib', '0');
    const small = await startServer({ dataDir: server.dataDir, flags });
    expect(adaptersOn(small)).toEqual([]);
    expect((await generate(small.client())).texts).toHaveLength(1);
  });

  test('an acknowledged corpus and a registered adapter survive kill -9 and the loss of the disk', async () => {
    const { server, client, run, again } = await personalized(s3);
    await server.kill();
    client.close();
    rmSync(repositoriesOf(server), { recursive: true });
    const next = (await again()).client();
    expect((await next.listAdapters('repo')).adapters).toMatchObject([{ id: run.id, active: true }]);
    expect((await next.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).complete).toBe(true);
    expect((await generate(next)).adapterId).toBe(run.id);
  });

  test('large files go in parts', async () => {
    const name = await s3.createBucket();
    const bucket = new S3Bucket(
      { bucket: name, prefix: 'p/', endpoint: s3.endpoint },
      createLog(() => {}),
    );
    const folder = temporaryFolder('parts');
    const content = Buffer.alloc(2 * PART_BYTES + 7, 'many words ');
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(folder, 'file'), content);
    await bucket.putFile('large', join(folder, 'file'), sha256);
    expect(await bucket.fetch('large', join(folder, 'back'), content.length, AbortSignal.timeout(60_000))).toBe(
      content.length,
    );
    expect(readFileSync(join(folder, 'back')).equals(content)).toBe(true);
    // A disk that changes the file after it was checked.
    await expect(bucket.putFile('changed', join(folder, 'file'), '0'.repeat(64))).rejects.toThrow(/changed after/);
    expect(await s3.unfinishedUploads(name)).toEqual([]);
    expect(await s3.versions(name)).toEqual(['p/large']);
    bucket.close();
  });
});

describe('kill -9 between the store and the ledger', () => {
  test('of an import: nothing is registered, and the next start leaves no object of it', async () => {
    const { server, client, bucket, again } = await personalized(s3);
    const before = await s3.versions(bucket);
    const exported = client.personalization.exportAdapter(
      { adapterId: (await client.listAdapters('repo')).adapters[0]?.id ?? '' },
      client.metadata,
    );
    const messages: ExportAdapterResponse[] = [];
    for await (const message of exported) messages.push(message);
    let killed: Promise<void> | undefined;
    s3.onTheWay = (method, path) => (method === 'PUT' && path.includes('manifest.sha256') ? 'lose-answer' : 'pass');
    s3.onLostAnswer = () => {
      killed = server.kill();
    };
    const importing = new Promise<ServiceError | null>((done) => {
      const call = client.personalization.importAdapter(client.metadata, (error: ServiceError | null) => done(error));
      for (const { part } of messages)
        call.write({
          part: part?.$case === 'header' ? { ...part, value: { ...part.value, repository: 'other' } } : part,
        });
      call.end();
    });
    expect((await importing)?.code).toBe(status.UNAVAILABLE);
    await killed;
    s3.onTheWay = () => 'pass';
    expect((await s3.versions(bucket)).length).toBe(before.length + 3);
    await s3.beginUpload(bucket, before.find((key) => key.endsWith('adapter.safetensors')) ?? '');
    const next = await again();
    expect(await s3.versions(bucket)).toEqual(before);
    expect(await s3.unfinishedUploads(bucket)).toEqual([]);
    expect((await next.client().listAdapters('other')).adapters).toEqual([]);
    expect(next.log()).toContain('"stray-artifacts-removed","strays":1');
  });

  test('of a run: its adapter is registered by the next start, whole', async () => {
    const bucket = await s3.createBucket();
    const server = await startServer({ flags: s3.flags(bucket) });
    const client = server.client();
    await client.upload('repo', corpus);
    s3.onTheWay = (method, path) => (method === 'PUT' && path.includes('manifest.sha256') ? 'lose-answer' : 'pass');
    const uploaded = new Promise<void>((done) => {
      s3.onLostAnswer = done;
    });
    const run = await startRun(client, 'run');
    await uploaded;
    await server.kill();
    s3.onTheWay = () => 'pass';
    const next = await startServer({ dataDir: server.dataDir, flags: s3.flags(bucket) });
    await next.client().watch(run.id);
    expect(await getRun(next.client(), run.id)).toMatchObject({
      state: RunState.RUN_STATE_SUCCEEDED,
      adapterId: run.id,
    });
    await next.client().activateAdapter(run.id);
    expect((await generate(next.client())).adapterId).toBe(run.id);
    expect((await s3.versions(bucket)).filter((key) => key.includes('/adapters/'))).toHaveLength(3);
  });
});

describe('what comes from the store is checked', () => {
  test('a damaged adapter is fetched twice, and refused with one sentence that names the damage', async () => {
    // Without a cache, every generation fetches.
    const { server, bucket, client } = await personalized(s3, { flags: ['--artifacts-cache-mib', '0'] });
    const check = async (name: string, alter: (content: Buffer) => Buffer, clause: string) => {
      const key = await s3.keyOf(bucket, name);
      const content = await s3.get(bucket, key);
      await s3.put(bucket, key, alter(Buffer.from(content)));
      s3.requests.length = 0;
      const error = required(await refusalOf(generate(client)));
      const sentence = `^The adapter folder was refused, what the object store has of it is damaged, ${clause}: personalize again\\.$`;
      expect([status[error.code], error.details]).toEqual([
        'FAILED_PRECONDITION',
        expect.stringMatching(new RegExp(sentence)),
      ]);
      expect(s3.requests.filter((one) => one.startsWith('GET') && one.includes('/manifest.json'))).toHaveLength(2);
      expect(adaptersOn(server)).toEqual([]);
      await s3.put(bucket, key, content);
    };
    const flipped = (content: Buffer) => {
      content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;
      return content;
    };
    const tensors = 'adapter.safetensors';
    await check(tensors, flipped, `its file ${tensors} does not match its hash`);
    await check(tensors, (content) => content.subarray(0, 100), `its file ${tensors} has 100 bytes in place of \\d+`);
    const doubled = (content: Buffer) => Buffer.concat([content, content]);
    await check(tensors, doubled, `its file ${tensors} is longer than the \\d+ bytes of its manifest`);
    await check('manifest.json', flipped, 'its manifest.json does not match its hash');
    await check('manifest.sha256', () => Buffer.from('none'), 'its manifest.json does not match its hash');
    expect((await generate(client)).texts).toHaveLength(1);
  });

  test('what is altered on the way is fetched once more', async () => {
    const { server, client, again } = await personalized(s3);
    const before = await generate(client);
    await server.stop();
    rmSync(repositoriesOf(server), { recursive: true });
    const next = await again();
    let altered = 0;
    s3.onTheWay = (method, path) => {
      if (method !== 'GET' || !path.includes('adapter.safetensors') || altered > 0) return 'pass';
      altered += 1;
      return 'alter';
    };
    expect(await generate(next.client())).toEqual(before);
    expect(altered).toBe(1);
  });

  test('a damaged copy in the cache is replaced', async () => {
    const { server, client, again } = await personalized(s3);
    const before = await generate(client);
    await server.stop();
    truncateSync(join(repositoriesOf(server), required(adaptersOn(server)[0])), 50);
    expect(await generate((await again()).client())).toEqual(before);
  });

  test('a damaged chunk is given up, so that the client sends it again', async () => {
    const { server, bucket, again } = await personalized(s3);
    await server.stop();
    const key = await s3.keyOf(bucket, '.jsonl');
    await s3.put(bucket, key, 'no chunk');
    rmSync(repositoriesOf(server), { recursive: true });
    const client = (await again()).client();
    const error = required(await refusalOf(startRun(client, 'next')));
    expect(error.details).toMatch(/^The corpus is not complete, 1 of its chunks are missing: upload it again/);
    const { chunkSha256s } = await client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 });
    const missing = corpus.chunks.filter(({ sha256 }) => !chunkSha256s.includes(sha256));
    expect(missing).toHaveLength(1);
    await client.upload('repo', corpus, { chunks: missing });
    await client.watch((await startRun(client, 'next')).id);
  });
});

describe('a store that is away', () => {
  test('makes requests wait with UNAVAILABLE, and they succeed when it is back', async () => {
    const { client, server, again } = await personalized(s3);
    const before = await generate(client);
    await s3.goDown();
    await expectAway(client.upload('other', corpus));
    await expectAway(client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 }));
    // What is on the disk needs no store.
    expect(await generate(client)).toEqual(before);
    await s3.comeUp();
    await client.upload('other', corpus);
    await server.stop();
    rmSync(repositoriesOf(server), { recursive: true });
    const next = (await again()).client();
    await s3.goDown();
    await expectAway(generate(next));
    await s3.comeUp();
    expect(await generate(next)).toEqual(before);
  });

  test('pauses a run, which succeeds when it is back', async () => {
    const bucket = await s3.createBucket();
    const server = await startServer({ flags: s3.flags(bucket) });
    const client = server.client();
    await client.upload('repo', corpus);
    s3.onTheWay = (method, path) => {
      if (method === 'PUT' && path.includes('/adapters/')) void s3.goDown();
      return 'pass';
    };
    const run = await startRun(client, 'run');
    await eventually(() => (server.log().includes('run-broke') ? true : undefined));
    expect((await getRun(client, run.id)).state).toBe(RunState.RUN_STATE_RUNNING);
    s3.onTheWay = () => 'pass';
    await s3.comeUp();
    await client.watch(run.id);
    expect(await getRun(client, run.id)).toMatchObject({ state: RunState.RUN_STATE_SUCCEEDED, adapterId: run.id });
    // Trained once: what waited was its adapter.
    expect(server.log().match(/trainer-started/g)).toHaveLength(1);
  });

  test('one that says nothing is away after a while', async () => {
    const { client } = await personalized(s3);
    s3.onTheWay = () => 'lose-request';
    await expectAway(client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 }));
    s3.onTheWay = () => 'pass';
    await client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 });
  });
});
