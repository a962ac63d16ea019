import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { Connection } from '../../extension/client/connection.ts';
import { generate } from '../../extension/client/generation.ts';
import { describeServer, getRun, listRuns, rollBackAdapter } from '../../extension/client/personalization.ts';
import type { GenerateRequest } from '../../proto/gen/bespoke/v1/generation.ts';
import { faultRun } from '../faults/fault-run.ts';
import { percentile } from '../faults/percentile.ts';
import { corpus, startRun } from './support/runs.ts';
import { endServers, localToken, type ServerUnderTest, startServer } from './support/server-under-test.ts';

const faults = faultRun('restarts');
const figures: Record<string, number> = {};
const TIMEOUT_MS = faults.isLong ? 3_600_000 : 300_000;
const healthWatcher = fileURLToPath(new URL('support/health-watcher.mjs', import.meta.url));

afterEach(endServers);

const focalContext = {
  ...{ method: 'int add(int a, int b) { return a + b; }', classDeclaration: 'class Foo' },
  ...{ constructors: [], methods: [], fields: [], relatedTypes: [] },
};
const request: GenerateRequest = {
  ...{ repository: 'repo', model: { $case: 'base', value: {} }, focalClass: 'Foo', focalMethod: 'add', focalContext },
  ...{ nearestTests: [], candidates: 4, maxNewTokens: 0, lengthPenalty: undefined, faulty: undefined },
};

/** A watcher of health, once it watches; gives the time, as of `Date.now`, at which it is told NOT_SERVING. */
async function watchHealth({ address }: ServerUnderTest): Promise<() => Promise<number>> {
  const watcher = spawn(process.execPath, [healthWatcher, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: watcher.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await lines.next()).value)) as { serving: boolean; atMs: number };
  expect((await next()).serving).toBe(true);
  return async () => {
    const { serving, atMs } = await next();
    expect(serving).toBe(false);
    return atMs;
  };
}

test(
  'SIGTERM under load: NOT_SERVING at once, what was in flight finishes, what came later is refused cleanly',
  async () => {
    const toldAfterMs: number[] = [];
    for (let stops = faults.amount(1, 10); stops > 0; stops--) toldAfterMs.push(await stopUnderLoad());
    figures.mostMsToNotServing = Math.max(...toldAfterMs);
    figures.medianMsToNotServing = percentile(toldAfterMs, 50);
    faults.report(figures);
    // A test among others shares its processors with them.
    expect(figures.mostMsToNotServing).toBeLessThan(faults.isLong ? 100 : 1000);
  },
  TIMEOUT_MS,
);

/** Stops a server that is busy, and checks that no call was lost; returns how long after SIGTERM health said NOT_SERVING. */
async function stopUnderLoad(): Promise<number> {
  const server = await startServer({
    flags: ['--tenant-requests-per-second', '100000', '--tenant-queued-runs', '100000'],
  });
  const client = server.client();
  await client.upload('repo', corpus);
  const whenNotServing = await watchHealth(server);
  let stopping = false;
  const failures: string[] = [];
  const acknowledged: string[] = [];
  let finishedAfter = 0;
  /** A refusal that says that nothing was done is no failure: the client comes back. */
  const note = (error: ServiceError, isStarted: boolean) => {
    const isClean = stopping && !isStarted && error.code === status.UNAVAILABLE;
    if (isClean && /shutting down: try|No connection established|ECONNREFUSED|GOAWAY/.test(error.details)) return;
    failures.push(`${error.code} ${error.details}`);
  };
  const writer = async () => {
    while (!stopping) {
      let isStarted = false;
      let isFinished = false;
      try {
        for await (const { part } of client.generate(request)) {
          isStarted = true;
          isFinished ||= part?.$case === 'finished';
        }
        if (!isFinished) failures.push('A stream without its end.');
        if (stopping) finishedAfter += 1;
      } catch (error) {
        note(error as ServiceError, isStarted);
      }
    }
  };
  const caller = async (_: unknown, at: number) => {
    for (let made = 0; !stopping; made++) {
      try {
        if (at % 4 === 0) acknowledged.push((await startRun(client, `run-${at}-${made}`)).id);
        else await client.getServer();
      } catch (error) {
        note(error as ServiceError, false);
      }
    }
  };
  const load = Promise.all([...Array.from({ length: 12 }, writer), ...Array.from({ length: 40 }, caller)]);
  await new Promise((next) => setTimeout(next, 3000));
  stopping = true;
  const sentMs = Date.now();
  const stopped = server.stop();
  const afterMs = (await whenNotServing()) - sentMs;
  await load;
  expect(await stopped).toBe(0);
  expect(failures).toEqual([]);
  expect(finishedAfter).toBeGreaterThan(8);
  expect(acknowledged.length).toBeGreaterThan(0);

  const next = await startServer({ dataDir: server.dataDir });
  const { runs } = await next.client().listRuns('repo');
  const kept = new Set(runs.map((run) => run.id));
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  await next.stop();
  return afterMs;
}

test(
  'restarts under load: the client that is shipped sees no error',
  async () => {
    let server = await startServer({ behaviour: 'steps=2' });
    const { address, dataDir } = server;
    const client = server.client();
    await client.upload('repo', corpus);
    const run = await startRun(client, 'run');
    await client.watch(run.id);
    const connection = new Connection({ address, token: localToken, tls: false });
    await describeServer(connection);
    let isDone = false;
    const errors: string[] = [];
    let calls = 0;
    const work = async (_: unknown, at: number) => {
      while (!isDone) {
        try {
          if (at % 5 === 0) {
            const { repository, model: _model, lengthPenalty: _unused, faulty: _none, ...wanted } = request;
            let parts = 0;
            for await (const part of generate(connection, {
              ...wanted,
              repository,
              model: { kind: 'base' },
              focalContext,
            }))
              parts += part.kind === 'finished' ? 1 : 0;
            if (parts !== 1) errors.push('A stream without its end.');
          } else if (at % 5 === 1) await listRuns(connection, 'repo');
          else if (at % 5 === 2) await rollBackAdapter(connection, 'repo');
          else if (at % 5 === 3) await getRun(connection, run.id);
          else await describeServer(connection);
          calls += 1;
          await new Promise((next) => setTimeout(next, 20));
        } catch (error) {
          errors.push(String(error));
        }
      }
    };
    const load = Promise.all(Array.from({ length: 20 }, work));
    const restarts = faults.amount(3, 50);
    for (let at = 0; at < restarts; at++) {
      await new Promise((next) => setTimeout(next, 1000));
      const before = calls;
      await server.stop();
      server = await startServer({ dataDir, flags: ['--port', address.slice(address.lastIndexOf(':') + 1)] });
      await expect.poll(() => calls, { timeout: 20_000 }).toBeGreaterThan(before + 20);
      Object.assign(figures, { restarts: at + 1, calls, errors: errors.length });
      faults.report(figures);
    }
    isDone = true;
    await load;
    expect(errors).toEqual([]);
    connection.close();
  },
  TIMEOUT_MS,
);

test('a server that was never there is told at once', async () => {
  const connection = new Connection({ address: '127.0.0.1:1', token: localToken, tls: false });
  const startedMs = performance.now();
  await expect(describeServer(connection)).rejects.toThrow(/does not answer: check/);
  expect(performance.now() - startedMs).toBeLessThan(5000);
  connection.close();
});
