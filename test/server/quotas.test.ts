import { type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import { Connection } from '../../extension/client/connection.ts';
import { describeServer } from '../../extension/client/personalization.ts';
import { retryAfterMsOf } from '../../extension/client/retry-info.ts';
import type { GenerateRequest, GenerateResponse } from '../../proto/gen/bespoke/v1/generation.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { FairQueue } from '../../server/quotas/fair-queue.ts';
import { TenantQuotas } from '../../server/quotas/tenant-quotas.ts';
import { makePair } from '../core/splits/make-pair.ts';
import { faultRun } from '../faults/fault-run.ts';
import { corpus, getRun, startRun } from './support/runs.ts';
import {
  endServers,
  localToken,
  runServerProgram,
  type ServerOptions,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

const faults = faultRun('flood');
const TIMEOUT_MS = faults.isLong ? 3_600_000 : 300_000;

afterEach(endServers);

/** A server with two tenants. */
async function withTenants(flags: readonly string[], more: ServerOptions = {}) {
  const dataDir = temporaryFolder('quotas');
  const place = ['--data-dir', dataDir, '--tenant', 'quiet', '--name', 'one', '--role', 'maintainer'];
  const quietToken = (await runServerProgram(['token', 'create', ...place])).stdout.trim();
  const server = await startServer({ dataDir, flags, ...more });
  return { server, noisy: server.client(), quiet: server.client(quietToken) };
}

/** Expects a refusal for a quota, with a sentence; and a time after which to come back, unless time does not help. */
async function checkRefused(call: Promise<unknown>, sentence: RegExp, hint: boolean) {
  const error = await call.then(
    () => undefined,
    (thrown: ServiceError) => thrown,
  );
  expect([error?.code, error?.details]).toEqual([status.RESOURCE_EXHAUSTED, expect.stringMatching(sentence)]);
  const afterMs = retryAfterMsOf(error);
  if (hint) expect(afterMs).toBeGreaterThan(0);
  else expect(afterMs).toBeUndefined();
}

describe('a tenant that takes too much is told when to come back, and the other notices nothing', () => {
  test('calls a second: the client that is shipped waits as it is told', async () => {
    const { server, noisy, quiet } = await withTenants(['--tenant-requests-per-second', '10']);
    const calls = await Promise.allSettled(Array.from({ length: 300 }, () => noisy.getServer()));
    const refused = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason as ServiceError] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(280);
    await checkRefused(Promise.reject(refused[0]), /makes more than 10 calls a second: try again .*\.$/, true);
    expect((await quiet.getServer()).tenant).toBe('quiet');
    const connection = new Connection({ address: server.address, token: localToken, tls: false });
    await Promise.all(Array.from({ length: 25 }, () => describeServer(connection)));
    connection.close();
  });

  test('uploads', async () => {
    const { noisy, quiet } = await withTenants(['--tenant-uploads', '1']);
    let release = () => {};
    const released = new Promise<void>((done) => {
      release = done;
    });
    let first: Promise<unknown> = Promise.resolve();
    await new Promise<void>((begun) => {
      first = noisy.upload('repo', corpus, {
        afterChunk: async () => {
          begun();
          await released;
        },
      });
    });
    // The chunk is on its way; the upload counts once the server has begun with it.
    await new Promise((next) => setTimeout(next, 1500));
    await checkRefused(noisy.upload('other', corpus), /has 1 uploads under way: wait .*\.$/, true);
    await quiet.upload('repo', corpus);
    release();
    await first;
    await noisy.upload('other', corpus);
  });

  test('runs that wait', async () => {
    const behaviour = 'steps=10000,step_seconds=0.02,no_checkpoints';
    const { noisy, quiet } = await withTenants(['--tenant-queued-runs', '2'], { behaviour });
    await noisy.upload('repo', corpus);
    await quiet.upload('repo', corpus);
    const running = await startRun(noisy, 'running');
    await noisy.watch(running.id, 0, (event) => event.event?.$case === 'trainingProgress');
    const waiting = await startRun(noisy, 'waiting-1');
    await startRun(noisy, 'waiting-2');
    await checkRefused(startRun(noisy, 'waiting-3'), /has 2 runs waiting: wait .*\.$/, true);
    expect((await startRun(noisy, 'waiting-1')).id).toBe(waiting.id);
    await startRun(quiet, 'waiting');
    await noisy.cancelRun(waiting.id);
    await startRun(noisy, 'waiting-3');
  });

  test('bytes that are kept; erasing makes room', async () => {
    const { noisy, quiet } = await withTenants(['--tenant-stored-mib', '1']);
    const text = (at: number) => `${at}${'x'.repeat(100_000)}`;
    const large = makeCorpus(Array.from({ length: 40 }, (_, at) => makePair('Foo', `t${at}`, text(at))));
    await checkRefused(noisy.upload('repo', large), /may keep 1 MiB and has used them: forget .*\.$/, false);
    await quiet.upload('repo', corpus);
    await checkRefused(noisy.upload('other', corpus), /may keep 1 MiB/, false);
    await noisy.forgetRepository('repo');
    await noisy.upload('other', corpus);
  });
});

test(
  'a flood of calls is turned away, and the other tenant is answered all the while',
  async () => {
    const perSecond = 10;
    const { noisy, quiet } = await withTenants(['--tenant-requests-per-second', String(perSecond)]);
    const seconds = faults.amount(2, 60);
    /** The quiet tenant's calls, six a second; how long each took, in milliseconds. */
    const callQuietly = async (untilMs: number) => {
      const durationsMs: number[] = [];
      while (performance.now() < untilMs) {
        const startedMs = performance.now();
        await quiet.getServer();
        durationsMs.push(performance.now() - startedMs);
        await new Promise((next) => setTimeout(next, 150));
      }
      return durationsMs;
    };
    const alone = await callQuietly(performance.now() + seconds * 1000);
    const startedMs = performance.now();
    let [admitted, refused] = [0, 0];
    const flood = async () => {
      while (performance.now() < startedMs + seconds * 1000)
        await noisy.getServer().then(
          () => (admitted += 1),
          ({ code }: ServiceError) => (refused += code === status.RESOURCE_EXHAUSTED ? 1 : 0),
        );
    };
    const floods = Promise.all(Array.from({ length: 20 }, flood));
    const beside = await callQuietly(startedMs + seconds * 1000);
    await floods;
    const most = perSecond * ((performance.now() - startedMs) / 1000 + 2) + 1;
    expect(admitted).toBeGreaterThan(perSecond);
    expect(admitted).toBeLessThanOrEqual(most);
    expect(refused).toBeGreaterThan(0);
    expect(beside.length).toBeGreaterThan(0);
    const p95 = (durations: number[]) => durations.sort((a, b) => a - b)[Math.floor(durations.length * 0.95)] ?? 0;
    faults.report({ seconds, admitted, refused, aloneP95Ms: p95(alone), besideAFloodP95Ms: p95(beside) });
  },
  TIMEOUT_MS,
);

describe('fairness', () => {
  test("a tenant's run waits for one of the other's, not for all of them", async () => {
    const { server, noisy, quiet } = await withTenants([], { behaviour: 'steps=10000,no_checkpoints' });
    await noisy.upload('repo', corpus);
    await quiet.upload('repo', corpus);
    const first = await startRun(noisy, 'first');
    await noisy.watch(first.id, 0, (event) => event.event?.$case === 'trainingProgress');
    server.behave('steps=2');
    const many = [];
    for (let at = 0; at < 4; at++) many.push((await startRun(noisy, `noisy-${at}`)).id);
    const one = await startRun(quiet, 'quiet');
    await noisy.cancelRun(first.id);
    await quiet.watch(one.id);
    const states = await Promise.all(many.map(async (id) => (await getRun(noisy, id)).state));
    expect(states.filter((state) => state === RunState.RUN_STATE_SUCCEEDED)).toEqual([]);
    for (const id of many) await noisy.watch(id);
  });

  test('a candidate stream gets the next free place, though others wait for longer', async () => {
    const { noisy, quiet } = await withTenants([]);
    await collect(noisy.generate(request));
    const ends: string[] = [];
    const streams = Array.from({ length: 30 }, () => collect(noisy.generate(request)).then(() => ends.push('noisy')));
    await new Promise((next) => setTimeout(next, 20));
    await collect(quiet.generate(request)).then(() => ends.push('quiet'));
    await Promise.all(streams);
    // Eight are decoded together: it came in when one of the first left.
    expect(ends.indexOf('quiet')).toBeLessThan(20);
  });

  test('streams beyond what a tenant may have are refused', async () => {
    const { noisy, quiet } = await withTenants(['--tenant-generations', '4']);
    await collect(noisy.generate(request));
    const streams = await Promise.allSettled(Array.from({ length: 20 }, () => collect(noisy.generate(request))));
    const refused = streams.find((stream) => stream.status === 'rejected');
    await checkRefused(Promise.reject(refused?.reason), /has 4 generations under way: wait .*\.$/, true);
    await collect(quiet.generate(request));
  });

  test('places go to whoever holds the fewest, in order of arrival; who gives up leaves nothing behind', async () => {
    const queue = new FairQueue(2);
    const order: string[] = [];
    const never = new AbortController().signal;
    const enter = async (tenant: string, signal = never) => {
      const leave = await queue.enter(tenant, signal);
      order.push(leave === undefined ? `${tenant} gave up` : tenant);
      return leave;
    };
    const settled = () => new Promise((next) => setImmediate(next));
    const first = await enter('a');
    const second = await enter('a');
    const gone = new AbortController();
    const waiting = [enter('a'), enter('b'), enter('b', gone.signal), enter('c'), enter('d'), enter('a')];
    await settled();
    expect(order, 'the first of each tenant, up to twice the places').toEqual(['a', 'a', 'b', 'c']);
    gone.abort();
    await settled();
    first?.();
    await settled();
    second?.();
    await settled();
    expect(order.slice(4)).toEqual(['b gave up', 'd', 'a']);
    expect(queue.length).toBe(1);
    for (const one of [1, 3, 4]) (await waiting[one])?.();
    await settled();
    expect(order.slice(7)).toEqual(['a']);
    expect(queue.length).toBe(0);
  });

  test('calls are earned back with time, up to the burst', () => {
    let nowMs = 0;
    const most = { uploads: 1, generations: 1, queuedRuns: 1, storedBytes: 1, requestsPerSecond: 2 };
    const quotas = new TenantQuotas(most, () => nowMs);
    const take = (count: number) => {
      let taken = 0;
      for (let at = 0; at < count; at++) {
        try {
          quotas.admitCall('a');
          taken += 1;
        } catch {
          // Counted below.
        }
      }
      return taken;
    };
    expect(take(9)).toBe(4);
    nowMs = 500;
    expect(take(9)).toBe(1);
    nowMs = 60_000;
    expect(take(9)).toBe(4);
  });
});

const request: GenerateRequest = {
  ...{ repository: 'repo', model: { $case: 'base', value: {} }, focalClass: 'Foo', focalMethod: 'add' },
  ...{ nearestTests: [], candidates: 1, maxNewTokens: 0, lengthPenalty: undefined, faulty: undefined },
  focalContext: {
    ...{ method: 'int add(int a, int b) { return a + b; }', classDeclaration: 'class Foo' },
    ...{ constructors: [], methods: [], fields: [], relatedTypes: [] },
  },
};

async function collect(stream: AsyncIterable<GenerateResponse>): Promise<number> {
  let parts = 0;
  for await (const _ of stream) parts += 1;
  return parts;
}
