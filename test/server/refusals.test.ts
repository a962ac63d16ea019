import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeChunk } from '../../core/corpus/chunk.ts';
import { corpusSha256, makeCorpus } from '../../core/corpus/corpus.ts';
import { HeldOutSplit, Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import type { UploadCorpusRequest } from '../../proto/gen/bespoke/v1/personalization.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { distinctPairs } from '../core/splits/make-pair.ts';
import type { Client } from './support/client.ts';
import { corpus, getRun, required, runRequest, startRun } from './support/runs.ts';
import {
  endServers,
  localToken,
  runServerProgram,
  type ServerUnderTest,
  startRefusedServer,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

/** Expects a status and one clear sentence: it begins with a capital, ends with a full stop and says what to do after a colon. */
async function check(call: Promise<unknown>, code: status, sentence: RegExp) {
  const error = await call.then(
    () => undefined,
    (thrown: ServiceError) => thrown,
  );
  expect(status[error?.code ?? 0]).toBe(status[code]);
  expect(error?.details).toMatch(sentence);
  expect(error?.details).toMatch(/^[A-Z].*[:,;].*\.$/);
}

describe('what the server refuses', () => {
  let server: ServerUnderTest;
  let client: Client;
  beforeAll(async () => {
    server = await startServer();
    client = server.client();
    await client.upload('repo', corpus);
  });
  afterAll(endServers);

  describe('tokens', () => {
    test('none', () => check(server.client('').getServer(), status.UNAUTHENTICATED, /carries no token/));
    test('a wrong one', () =>
      check(server.client('wrong').getServer(), status.UNAUTHENTICATED, /does not know this token/));
    test('another scheme', () => {
      const other = server.client();
      other.metadata.set('authorization', `Basic ${localToken}`);
      return check(other.getServer(), status.UNAUTHENTICATED, /carries no token/);
    });
    test('in streams too', async () => {
      await check(server.client('wrong').upload('repo', corpus), status.UNAUTHENTICATED, /does not know this token/);
      await check(server.client('wrong').watch('any'), status.UNAUTHENTICATED, /does not know this token/);
    });
  });

  describe('uploads', () => {
    const [chunk] = corpus.chunks;
    test('a corpus hash that is not that of its chunks', () =>
      check(
        client.upload('repo', corpus, { header: { corpusSha256: 'a'.repeat(64) } }),
        status.INVALID_ARGUMENT,
        /hash of the list/,
      ));
    test('a chunk whose pairs were changed on the way', () => {
      const changed = corpus.chunks.map((one) => ({
        ...one,
        pairs: one.pairs.map((pair) => ({ ...pair, testMethod: 'other' })),
      }));
      return check(client.upload('fresh', corpus, { chunks: changed }), status.INVALID_ARGUMENT, /hash of a chunk/);
    });
    test('a chunk that the header does not list', () => {
      const other = makeCorpus(distinctPairs(1, 2));
      return check(client.upload('repo', corpus, { chunks: other.chunks }), status.INVALID_ARGUMENT, /does not list/);
    });
    test('missing chunks, and keeps those that came', async () => {
      const sent = [required(chunk)];
      await check(client.upload('partial', corpus, { chunks: sent }), status.FAILED_PRECONDITION, /chunks are missing/);
      const kept = await client.getUpload({ repository: 'partial', corpusSha256: corpus.sha256 });
      expect(kept).toEqual({ chunkSha256s: sent.map((one) => one.sha256), complete: false });
    });
    test('a wrong number of pairs', () =>
      check(client.upload('repo', corpus, { header: { pairs: 7 } }), status.INVALID_ARGUMENT, /announces 7 pairs/));
    test('a chunk before the header', () =>
      check(
        client.uploadMessages((send) => send({ part: { $case: 'chunk', value: { sha256: '', pairs: [] } } })),
        status.INVALID_ARGUMENT,
        /begin with its header/,
      ));
    test('nothing at all', () =>
      check(
        client.uploadMessages(async () => {}),
        status.INVALID_ARGUMENT,
        /begin with its header/,
      ));
    test('an empty message', () =>
      check(
        client.uploadMessages((send) => send({ part: undefined })),
        status.INVALID_ARGUMENT,
        /begin with its header/,
      ));
    for (const name of ['', '../escape', 'UPPER', 'a/b', 'x'.repeat(65), 'nul\0'])
      test(`the repository name ${JSON.stringify(name)}`, () =>
        check(client.upload(name, corpus), status.INVALID_ARGUMENT, /no valid name/));
    test('a hash that would be a path', () =>
      check(
        client.getUpload({ repository: 'repo', corpusSha256: '../../etc/passwd' }),
        status.INVALID_ARGUMENT,
        /no SHA-256/,
      ));
    test('a chunk of more than 1 MiB', async () => {
      const pairs = distinctPairs(3, 1).map((pair) => ({ ...pair, testSource: 'x'.repeat(500_000) }));
      const large = makeChunk(pairs);
      const oversized = { ...corpus, chunks: [large], pairs: 3, sha256: corpusSha256([large.sha256]) };
      await check(client.upload('repo', oversized), status.INVALID_ARGUMENT, /larger than 1 MiB/);
    });
    test('a message of 100 MB, with one clear sentence', async () => {
      const [pair] = distinctPairs(1, 1);
      const huge = { ...required(pair), testSource: 'x'.repeat(100 * 1024 * 1024) };
      await check(
        client.uploadMessages(async (send) => {
          const header: UploadCorpusRequest = {
            part: {
              $case: 'header',
              value: {
                repository: 'repo',
                corpusSha256: corpus.sha256,
                chunkSha256s: corpus.chunks.map((one) => one.sha256),
                pairs: 168,
                commit: '',
              },
            },
          };
          await send(header);
          const focalContext = { ...huge.focalContext, constructors: [], methods: [], fields: [], relatedTypes: [] };
          await send({
            part: { $case: 'chunk', value: { sha256: '', pairs: [{ ...huge, evidence: [], focalContext }] } },
          });
        }),
        status.RESOURCE_EXHAUSTED,
        /^The message is larger than the 4 MB that this server receives at once: send a corpus in chunks of at most 1 MB\.$/,
      );
      expect((await client.getServer()).tenant).toBe('local');
    });
  });

  describe('runs', () => {
    test('a corpus that is not there', () =>
      check(client.startRun(runRequest('r1', { corpusSha256: 'b'.repeat(64) })), status.NOT_FOUND, /complete corpus/));
    test('a repository that is not there', () =>
      check(client.startRun(runRequest('r2', { repository: 'nobody' })), status.NOT_FOUND, /repository/));
    test('no strategy', () =>
      check(
        client.startRun(runRequest('r3', { strategy: Strategy.STRATEGY_UNSPECIFIED })),
        status.INVALID_ARGUMENT,
        /no strategy/,
      ));
    test('an unknown split', () =>
      check(
        client.startRun(runRequest('r4', { heldOutSplits: [HeldOutSplit.HELD_OUT_SPLIT_UNSPECIFIED] })),
        status.INVALID_ARGUMENT,
        /held-out split/,
      ));
    test('no request_id', () => check(client.startRun(runRequest('')), status.INVALID_ARGUMENT, /request_id/));
    test('a request_id that belongs to another request', async () => {
      await startRun(client, 'taken');
      await check(client.startRun(runRequest('taken', { heldOutPairs: 3 })), status.ALREADY_EXISTS, /already belongs/);
    });
    test('3 pairs', async () => {
      const small = makeCorpus(distinctPairs(3, 1));
      await client.upload('small', small);
      const request = runRequest('small', { repository: 'small', corpusSha256: small.sha256 });
      await check(
        client.startRun(request),
        status.FAILED_PRECONDITION,
        /yields 1 training and 2 validation pairs.*at least 8 and 2/,
      );
    });
    test('a run that is not there', async () => {
      await check(client.getRun('nothing'), status.NOT_FOUND, /run with this id/);
      await check(client.cancelRun('nothing'), status.NOT_FOUND, /run with this id/);
      await check(client.watch('nothing'), status.NOT_FOUND, /run with this id/);
    });
    test.each([-1, 2 ** 31])('events after %d', (sequence) =>
      check(client.watch('nothing', sequence), status.INVALID_ARGUMENT, /after_sequence holds no sequence number/),
    );
    test('an adapter that is not there', () =>
      check(client.activateAdapter('nothing'), status.NOT_FOUND, /adapter with this id/));
    test('forgetting what is not there', () =>
      check(client.forgetRepository('nobody'), status.NOT_FOUND, /repository/));
    test('an adapter without a proof', async () => {
      const run = await startRun(client, 'unproved', { heldOutSplits: [] });
      await client.watch(run.id);
      expect(await getRun(client, run.id)).toMatchObject({ state: RunState.RUN_STATE_SUCCEEDED, proofs: [] });
      await check(client.activateAdapter(run.id), status.FAILED_PRECONDITION, /held out no tests/);
    });
  });

  describe('across tenants', () => {
    let runId: string;
    let stranger: Client;
    beforeAll(async () => {
      const run = await startRun(client, 'private');
      await client.watch(run.id);
      runId = run.id;
      await server.stop();
      const token = ['--tenant', 'stranger', '--name', 'stranger', '--role', 'maintainer'];
      const args = ['token', 'create', ...token, '--data-dir', server.dataDir];
      const { code, stdout, stderr } = await runServerProgram(args);
      expect([code, stderr]).toEqual([0, '']);
      server = await startServer({ dataDir: server.dataDir });
      client = server.client();
      stranger = server.client(stdout.trim());
      expect((await stranger.getServer()).tenant).toBe('stranger');
    });

    test('nothing of another tenant exists', async () => {
      expect((await client.getRun(runId)).run?.id).toBe(runId);
      await check(stranger.getRun(runId), status.NOT_FOUND, /run with this id/);
      await check(stranger.watch(runId), status.NOT_FOUND, /run with this id/);
      await check(stranger.cancelRun(runId), status.NOT_FOUND, /run with this id/);
      await check(stranger.activateAdapter(runId), status.NOT_FOUND, /adapter with this id/);
      await check(stranger.rollBackAdapter('repo'), status.NOT_FOUND, /repository/);
      await check(stranger.forgetRepository('repo'), status.NOT_FOUND, /repository/);
      await check(stranger.startRun(runRequest('theirs')), status.NOT_FOUND, /repository/);
      expect((await stranger.listRuns('repo')).runs).toEqual([]);
      expect((await stranger.listAdapters('repo')).adapters).toEqual([]);
      const upload = await stranger.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 });
      expect(upload).toEqual({ chunkSha256s: [], complete: false });
    });
    test('a name and a request_id belong to each tenant alone', async () => {
      await stranger.upload('repo', corpus);
      const run = await startRun(stranger, 'private');
      expect(run.id).not.toBe(runId);
      await stranger.watch(run.id);
      await stranger.forgetRepository('repo');
      expect((await client.getRun(runId)).run?.id).toBe(runId);
    });
    test('the token itself is kept nowhere', async () => {
      const files = readdirSync(server.dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      const holding = files.filter((file) => readFileSync(join(file.parentPath, file.name)).includes(localToken));
      expect(holding.map((file) => file.name)).toEqual([]);
    });
  });
});

describe('adapters that are refused', () => {
  let server: ServerUnderTest;
  let client: Client;
  beforeAll(async () => {
    server = await startServer();
    client = server.client();
    await client.upload('repo', corpus);
  });
  afterAll(endServers);

  async function runOf(behaviour: string) {
    server.behave(behaviour);
    const run = await startRun(client, behaviour);
    const events = await client.watch(run.id);
    return { run: await getRun(client, run.id), events };
  }
  async function checkAdapter(behaviour: string, sentence: RegExp) {
    const { run, events } = await runOf(behaviour);
    expect(run).toMatchObject({ state: RunState.RUN_STATE_FAILED, adapterId: '', failure: { reason: 'internal' } });
    expect(run.failure?.message).toMatch(sentence);
    expect(events.at(-2)?.event).toEqual({ $case: 'runFailed', value: run.failure });
    const adapters = (await client.listAdapters('repo')).adapters;
    expect(adapters.filter((adapter) => adapter.runId === run.id)).toEqual([]);
  }
  test('a pickle in the folder', () => checkAdapter('pickle', /refused.*pytorch_model\.bin/));
  test('another base model', () => checkAdapter('other_base', /refused.*another base model/));

  test('a model that is not better is not activated', async () => {
    const { run } = await runOf('worse');
    const sentence = /not better than the base.*2\.500 against 2\.000/;
    await check(client.activateAdapter(run.adapterId), status.FAILED_PRECONDITION, sentence);
    expect((await client.listAdapters('repo')).adapters[0]?.active).toBe(false);
  });

  test('the reason that the trainer gives reaches the client', async () => {
    const { run } = await runOf('fail=disk-full');
    const failure = { reason: 'disk-full', message: 'The stand-in was told to fail: tell it otherwise.' };
    expect(run).toMatchObject({ state: RunState.RUN_STATE_FAILED, failure });
  });
});

describe('a server that does not start', () => {
  afterAll(endServers);
  async function checkStart(options: Parameters<typeof startRefusedServer>[0], sentence: RegExp) {
    const { code, message } = await startRefusedServer(options);
    expect(message).toMatch(sentence);
    expect(message).toMatch(/^[A-Z].*[:,].*\.$/);
    expect(code).toBe(1);
  }
  test('without TLS on all interfaces', () =>
    checkStart({ flags: ['--host', '0.0.0.0'] }, /Without TLS.*only listens on loopback/));
  test('with half of TLS', () => checkStart({ flags: ['--tls-cert', 'x'] }, /TLS needs both/));
  test('with a TLS file that is not there', () =>
    checkStart({ flags: ['--tls-cert', '/nowhere', '--tls-key', '/nowhere'] }, /cannot be read/));
  test('with a TLS file that holds nothing of the kind', () => {
    const file = join(temporaryFolder('no-certificate'), 'file');
    writeFileSync(file, 'no certificate');
    return checkStart({ flags: ['--tls-cert', file, '--tls-key', file] }, /no certificate and its key/);
  });
  test("with a client's authority and no TLS", () =>
    checkStart({ flags: ['--client-ca', '/nowhere'] }, /Without TLS no client shows a certificate/));
  test('with an unknown flag', () => checkStart({ flags: ['--nonsense'] }, /command line was not understood/));
  test('with a port that is none', () => checkStart({ flags: ['--port', '99999'] }, /--port/));
  test('without a trainer', () => checkStart({ trainerDir: '/nowhere' }, /trainer is not in/));
  test('without a base model', () => checkStart({ baseModelDir: '/nowhere' }, /base-model folder was refused/));
  test('without an interpreter', () => checkStart({ python: '/nowhere/python' }, /no Python interpreter/));
  test('on a data folder in use', async () => {
    const first = await startServer();
    await checkStart({ dataDir: first.dataDir }, /Another Bespoke server \(process \d+\) uses the data folder/);
    expect((await first.client().getServer()).tenant).toBe('local');
    expect(await first.stop()).toBe(0);
    const second = await startServer({ dataDir: first.dataDir });
    await second.stop();
  });
  test('on a port in use', async () => {
    const first = await startServer();
    await checkStart(
      { flags: ['--port', first.address.split(':')[1] ?? ''] },
      /port \d+ of 127\.0\.0\.1 cannot be used/,
    );
  });
  test(
    'on a database that is not there',
    () =>
      checkStart(
        { dataDir: temporaryFolder('db'), flags: ['--database-url', 'postgres://127.0.0.1:1/none'] },
        /database could not be reached/,
      ),
    30_000,
  );
});
