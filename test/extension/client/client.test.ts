import { afterAll, beforeAll, expect, test } from 'vitest';
import { Connection } from '../../../extension/client/connection.ts';
import {
  activateAdapter,
  cancelRun,
  describeServer,
  forgetRepository,
  getRun,
  listAdapters,
  listRuns,
  rollBackAdapter,
  startRun,
} from '../../../extension/client/personalization.ts';
import type { RunEvent } from '../../../extension/client/run.ts';
import { ServerError } from '../../../extension/client/server-error.ts';
import { uploadCorpus } from '../../../extension/client/upload-corpus.ts';
import { watchRun } from '../../../extension/client/watch-run.ts';
import { distinctPairs } from '../../core/splits/make-pair.ts';
import {
  endServers,
  localToken,
  type ServerUnderTest,
  startServer,
  temporaryFolder,
} from '../../server/support/server-under-test.ts';

// The real server in a process of its own; only the trainer behind it is a stand-in that computes nothing.

const pairs = distinctPairs(24, 7);
let server: ServerUnderTest;
let connection: Connection;

beforeAll(async () => {
  server = await startServer({ behaviour: 'steps=4' });
  connection = connect(server.address);
});
afterAll(async () => {
  connection.close();
  await endServers();
});

const connect = (address: string, token = localToken) => new Connection({ address, token, tls: false });
const upload = (repository: string, to = connection) => uploadCorpus(to, { repository, pairs, commit: null });
const request = (repository: string, corpusSha256: string, requestId = 'one') => ({
  requestId,
  repository,
  corpusSha256,
  strategy: 'prefix' as const,
  heldOutSplits: ['by-pair', 'by-focal-class'] as const,
  heldOutPairs: 20,
  options: { maxEpochs: 1 },
});

async function collect(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test('the way from upload to rolled back and forgotten', async () => {
  expect((await describeServer(connection)).tenant).toBe('local');
  const sent = await upload('way');
  expect(sent).toMatchObject({ pairs: 168, tooLargePairIds: [] });
  expect(sent.chunksSent).toBeGreaterThan(0);
  const run = await startRun(connection, request('way', sent.corpusSha256));
  expect(run).toMatchObject({ strategy: 'prefix', repository: 'way', adapterId: null });
  const events = await collect(watchRun(connection, run.id));
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
  expect(events.at(-1)).toMatchObject({ kind: 'state', state: 'succeeded' });
  const ended = await getRun(connection, run.id);
  expect(
    ended.proofs.map(({ split, base, personalized }) => [split, (base?.loss ?? 0) > (personalized?.loss ?? 9)]),
  ).toEqual([
    ['by-pair', true],
    ['by-focal-class', true],
  ]);
  const adapterId = ended.adapterId ?? '';
  expect(await activateAdapter(connection, adapterId)).toMatchObject({ id: adapterId, active: true });
  expect(await listAdapters(connection, 'way')).toHaveLength(1);
  expect(await rollBackAdapter(connection, 'way')).toBeNull();
  expect(await listRuns(connection, 'way')).toMatchObject([{ id: run.id, state: 'succeeded' }]);
  expect(await forgetRepository(connection, 'way')).toMatchObject({ corpora: 1, runs: 1, adapters: 1 });
  expect(await listRuns(connection, 'way')).toEqual([]);
});

test('a run that chooses its strategy says what it tried, what it expects and what it chose', async () => {
  const { corpusSha256 } = await upload('auto');
  server.behave('never_fits=custom');
  const run = await startRun(connection, { ...request('auto', corpusSha256, 'auto'), strategy: 'auto' });
  expect(run).toMatchObject({ strategy: 'auto', choosesStrategy: true });
  const events = await collect(watchRun(connection, run.id));
  server.behave('steps=4');
  const of = (kind: RunEvent['kind']) => events.filter((event) => event.kind === kind);
  expect(of('strategy-probed').map((event) => 'loss' in event && event.loss)).toEqual([1.5, 1.5, 1, 1.5]);
  expect(of('strategy-probed')[0]).toMatchObject({ strategy: 'last-decoder-block', baseLoss: 2 });
  expect(of('strategy-left-out')).toMatchObject([{ strategy: 'custom', message: expect.stringMatching(/memory/) }]);
  const [chosen] = of('strategy-chosen');
  expect(chosen).toMatchObject({ strategy: 'prefix', predictions: { length: 4 } });
  expect(await getRun(connection, run.id)).toMatchObject({ strategy: 'prefix', choosesStrategy: true });
  await forgetRepository(connection, 'auto');
});

test('the history of runs: what each trained on and gained, why one failed; choosing and rolling back', async () => {
  const { corpusSha256 } = await upload('history');
  const run = async (requestId: string, behaviour: string) => {
    server.behave(behaviour);
    const { id } = await startRun(connection, {
      ...request('history', corpusSha256),
      requestId: `history-${requestId}`,
    });
    await collect(watchRun(connection, id));
    return id;
  };
  const first = await run('first', 'steps=2');
  const failed = await run('failed', 'fail=disk-full');
  const odd = await run('odd', 'fail=sunspots');
  const worse = await run('worse', 'worse');
  const second = await run('second', 'steps=2');
  server.behave('steps=4');

  const runs = await listRuns(connection, 'history');
  expect(runs.map(({ id }) => id)).toEqual([second, worse, odd, failed, first]);
  const [newest] = runs;
  expect(newest).toMatchObject({ state: 'succeeded', imported: false, strategy: 'prefix' });
  // Lists tell how many pairs, and not which.
  expect(newest?.trainPairs).toBe((await getRun(connection, second)).trainPairIds.length);
  expect(newest?.trainPairs).toBeGreaterThan(50);
  expect(newest?.trainPairIds).toEqual([]);
  expect(newest?.endedMs).toBeGreaterThanOrEqual(newest?.createdMs ?? 0);
  expect(newest?.proofs[0]?.base?.perplexity).toBeGreaterThan(newest?.proofs[0]?.personalized?.perplexity ?? 99);
  const failureOf = (id: string) => runs.find((one) => one.id === id)?.failure;
  expect(failureOf(failed)).toEqual({ reason: 'disk-full', message: expect.stringMatching(/told to fail: /) });
  expect(failureOf(odd)).toEqual({ reason: 'unknown', message: expect.stringMatching(/told to fail: /) });
  expect(failureOf(first)).toBeNull();

  const active = async () => (await listAdapters(connection, 'history')).find((one) => one.active)?.id;
  expect(await active()).toBeUndefined();
  await activateAdapter(connection, first);
  await activateAdapter(connection, second);
  expect(await active()).toBe(second);
  await checkFailure(activateAdapter(connection, worse), 'refused', /not better than the base .*: personalize again/);
  expect(await active()).toBe(second);
  expect(await rollBackAdapter(connection, 'history')).toMatchObject({ id: first, active: true });
  expect(await rollBackAdapter(connection, 'history')).toBeNull();
  await activateAdapter(connection, second);
  expect(await active()).toBe(second);
  expect(await forgetRepository(connection, 'history')).toMatchObject({ corpora: 1, runs: 5, adapters: 3 });
  expect(await listAdapters(connection, 'history')).toEqual([]);
});

test('a second upload of the same corpus sends nothing', async () => {
  await upload('again');
  expect(await upload('again')).toMatchObject({ chunksSent: 0, pairs: 168 });
});

test('a large upload leaves no listeners behind', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const long = ' '.repeat(60_000);
  const large = distinctPairs(720, 9).map((pair) => ({ ...pair, testSource: `${pair.testSource}/*${long}*/` }));
  const { chunksSent } = await uploadCorpus(connection, { repository: 'large', pairs: large, commit: null });
  process.off('warning', note);
  expect(chunksSent).toBeGreaterThan(10);
  expect(warnings).toEqual([]);
}, 60_000);

test('a repeated start is the same run', async () => {
  const { corpusSha256 } = await upload('repeat');
  const [one, other] = await Promise.all([
    startRun(connection, request('repeat', corpusSha256)),
    startRun(connection, request('repeat', corpusSha256)),
  ]);
  expect(other.id).toBe(one.id);
});

test('a watch survives kill -9 of the server and tells every event once', async () => {
  const dataDir = temporaryFolder('watch');
  const options = { dataDir, freshDatabase: true, env: { STAND_IN_TRAINER: 'steps=12,step_seconds=0.25' } } as const;
  const first = await startServer(options);
  const own = connect(first.address);
  const { corpusSha256 } = await upload('watched', own);
  const run = await startRun(own, request('watched', corpusSha256));
  const events: RunEvent[] = [];
  let reconnects = 0;
  let restarted: Promise<ServerUnderTest> | undefined;
  for await (const event of watchRun(own, run.id, { onReconnect: () => (reconnects += 1) })) {
    events.push(event);
    if (event.kind === 'progress' && restarted === undefined) {
      restarted = first
        .kill()
        .then(() =>
          startServer({ ...options, flags: ['--port', first.address.slice(first.address.lastIndexOf(':') + 1)] }),
        );
    }
  }
  await restarted;
  expect(reconnects).toBeGreaterThan(0);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
  expect(events.at(-1)).toMatchObject({ kind: 'state', state: 'succeeded' });
  own.close();
});

test('a cancelled run ends as cancelled', async () => {
  const slow = await startServer({ behaviour: 'steps=400,step_seconds=0.1' });
  const own = connect(slow.address);
  const { corpusSha256 } = await upload('cancel', own);
  const run = await startRun(own, request('cancel', corpusSha256));
  const kinds: string[] = [];
  for await (const event of watchRun(own, run.id)) {
    kinds.push(event.kind === 'state' ? event.state : event.kind);
    if (event.kind === 'progress' && event.step === 1) await cancelRun(own, run.id);
  }
  expect(kinds.at(-1)).toBe('cancelled');
  own.close();
});

test('an aborted call rejects with the reason of the abort', async () => {
  const reason = new Error('the user pressed Cancel');
  const aborted = AbortSignal.abort(reason);
  await expect(describeServer(connection, { signal: aborted })).rejects.toBe(reason);
  await expect(uploadCorpus(connection, { repository: 'x', pairs, commit: null }, { signal: aborted })).rejects.toBe(
    reason,
  );
  const controller = new AbortController();
  const watching = collect(watchRun(connection, 'no-such-run', { signal: controller.signal }));
  controller.abort(reason);
  await expect(watching).rejects.toBe(reason);
});

async function checkFailure(call: Promise<unknown>, kind: ServerError['kind'], sentence: RegExp): Promise<void> {
  const failure = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(failure).toBeInstanceOf(ServerError);
  expect(failure).toMatchObject({ kind, message: expect.stringMatching(sentence) });
}

test('every failure is one sentence with a next step', async () => {
  const wrongToken = connect(server.address, 'wrong');
  await checkFailure(describeServer(wrongToken), 'unauthenticated', /does not know this token: set the token/);
  const nobody = connect('127.0.0.1:1');
  await checkFailure(describeServer(nobody), 'unreachable', /127\.0\.0\.1:1 does not answer: check/);
  await checkFailure(describeServer(connection, { deadlineMs: 0 }), 'timeout', /took too long to answer: try again/);
  await checkFailure(
    getRun(connection, '00000000-0000-4000-8000-000000000000'),
    'not-found',
    /does not exist for this token: /,
  );
  await checkFailure(upload('Not A Name'), 'refused', /: /);
  const few = await uploadCorpus(connection, { repository: 'few', pairs: pairs.slice(0, 3), commit: null });
  await checkFailure(
    startRun(connection, request('few', few.corpusSha256, 'few')),
    'refused',
    /at least .*: write more tests/,
  );
  wrongToken.close();
  nobody.close();
});

test('plain text is for loopback only', () => {
  expect(() => new Connection({ address: 'bespoke.example.com:443', token: 't', tls: false })).toThrow(
    /not encrypted: switch TLS on/,
  );
  expect(() => new Connection({ address: 'h:1', token: 't', tls: true, caFile: '/nowhere.pem' })).toThrow(
    /cannot be read/,
  );
  expect(() => new Connection({ address: 'h:1', token: 't', tls: true, proxy: 'socks5://p:1' })).toThrow(/http\.proxy/);
});
