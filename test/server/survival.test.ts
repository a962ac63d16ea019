import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../proto/gen/bespoke/v1/trainer.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import type { Client } from './support/client.ts';
import { corpus, eventually, getRun, required, startRun } from './support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from './support/server-under-test.ts';

const isCheckpoint = (event: RunEvent) => event.event?.$case === 'checkpointWritten';
const stepsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.event?.$case === 'trainingProgress' ? [event.event.value.step] : []));
const casesOf = (events: readonly RunEvent[]) => events.map((event) => event.event?.$case);

/** Ids of every trainer process that worked on a run so far. */
function processesOf(server: ServerUnderTest, runId: string): number[] {
  const repositories = join(server.dataDir, 'repositories');
  const file = readdirSync(repositories)
    .map((repository) => join(repository, 'runs', runId, 'work', 'processes'))
    .find((path) => existsSync(join(repositories, path)));
  return file === undefined ? [] : readFileSync(join(repositories, file), 'utf8').trim().split('\n').map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function withRun(behaviour: string, requestId = 'run') {
  const server = await startServer({ behaviour });
  const client = server.client();
  await client.upload('repo', corpus);
  return { server, client, run: await startRun(client, requestId) };
}

describe('kill -9 of the server', () => {
  afterEach(endServers);

  test('in the middle of an upload: what was on disk is not sent again', async () => {
    const server = await startServer();
    const cut = server
      .client()
      .upload('repo', corpus, {
        afterChunk: async (sent) => {
          if (sent === 2) {
            const probe = server.client();
            await eventually(async () => {
              const { chunkSha256s } = await probe.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 });
              return chunkSha256s.length === 2 ? true : undefined;
            });
            await server.kill();
          }
        },
      })
      .catch((error: ServiceError) => error.code);
    expect(await cut).toBe(status.UNAVAILABLE);

    const next = await startServer({ dataDir: server.dataDir });
    const client = next.client();
    const { chunkSha256s, complete } = await client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 });
    expect(complete).toBe(false);
    expect([...chunkSha256s].sort()).toEqual(
      corpus.chunks
        .slice(0, 2)
        .map((chunk) => chunk.sha256)
        .sort(),
    );
    const missing = corpus.chunks.filter((chunk) => !chunkSha256s.includes(chunk.sha256));
    expect(await client.upload('repo', corpus, { chunks: missing })).toMatchObject({
      pairs: 168,
      chunksReceived: missing.length,
    });
  });

  test('right after every acknowledgement: nothing acknowledged is lost', async () => {
    let server = await startServer({ behaviour: 'step_seconds=0.2' });
    const again = async () => {
      await server.kill();
      server = await startServer({ dataDir: server.dataDir });
      return server.client();
    };
    await server.client().upload('repo', corpus);
    let client = await again();
    expect((await client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).complete).toBe(true);
    const run = await startRun(client, 'kept');
    client = await again();
    expect((await startRun(client, 'kept')).id).toBe(run.id);
    await client.watch(run.id);
    client = await again();
    expect(await getRun(client, run.id)).toMatchObject({ state: RunState.RUN_STATE_SUCCEEDED, adapterId: run.id });
    await client.activateAdapter(run.id);
    client = await again();
    expect((await client.listAdapters('repo')).adapters[0]?.active).toBe(true);
    const receipt = await client.forgetRepository('repo');
    expect(receipt).toMatchObject({ runs: 1 });
    client = await again();
    expect((await client.listRuns('repo')).runs).toEqual([]);
  });

  test('in the middle of a run: the orphan is ended, the run goes on from its checkpoint, watchers miss nothing', async () => {
    const { server, client, run } = await withRun('steps=40,step_seconds=0.1');
    const seen = await client.watch(run.id, 0, isCheckpoint);
    const [orphan] = processesOf(server, run.id);
    await server.kill();
    expect(isAlive(required(orphan))).toBe(true);

    const next = await startServer({
      dataDir: server.dataDir,
      behaviour: 'steps=40',
    });
    expect(isAlive(required(orphan))).toBe(false);
    const rest = await next.client().watch(run.id, required(seen.at(-1)).sequence);
    const all = [...seen, ...rest];
    expect(all.map((event) => event.sequence)).toEqual(all.map((_, at) => at + 1));
    expect(await next.client().watch(run.id)).toEqual(all);
    expect(await getRun(next.client(), run.id)).toMatchObject({ state: RunState.RUN_STATE_SUCCEEDED });
    expect(stepsOf(all).at(-1)).toBe(40);
    expect(stepsOf(rest).filter((step) => step === 1)).toEqual([]);
    expect(casesOf(all).filter((name) => name === 'adapterWritten')).toHaveLength(1);
  });

  test('with runs waiting: all of them complete', async () => {
    const { server, client, run } = await withRun('steps=4,step_seconds=0.1', 'a');
    const others = [await startRun(client, 'b'), await startRun(client, 'c')];
    await client.watch(run.id, 0, isCheckpoint);
    await server.kill();
    const next = await startServer({ dataDir: server.dataDir });
    for (const one of [run, ...others]) {
      await next.client().watch(one.id);
      expect((await getRun(next.client(), one.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
    }
  });

  test('while it cancels: the run is cancelled after the start', async () => {
    const { server, client, run } = await withRun('steps=100,step_seconds=0.1,deaf');
    await client.watch(run.id, 0, isCheckpoint);
    const cancelling = client.cancelRun(run.id).catch((error: ServiceError) => error.code);
    await eventually(() => (server.log().includes('cancel-requested') ? true : undefined));
    await server.kill();
    expect(await cancelling).toBe(status.UNAVAILABLE);
    const next = await startServer({ dataDir: server.dataDir });
    const events = await next.client().watch(run.id);
    expect(events.at(-1)?.event).toEqual({ $case: 'stateChanged', value: { state: RunState.RUN_STATE_CANCELLED } });
  });
});

describe('deaths of the trainer', () => {
  let server: ServerUnderTest;
  let client: Client;
  beforeAll(async () => {
    server = await startServer();
    client = server.client();
    await client.upload('repo', corpus);
  });
  afterAll(endServers);

  test('kill -9: it is started again and goes on from its checkpoint', async () => {
    server.behave('steps=8,die_at=5');
    const run = await startRun(client, 'killed');
    const events = await client.watch(run.id);
    expect((await getRun(client, run.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
    expect(stepsOf(events)).toEqual([1, 2, 3, 4, 5, 5, 6, 7, 8]);
    expect(events.map((event) => event.sequence)).toEqual(events.map((_, at) => at + 1));
    expect(server.log()).toContain('trainer-restarts');
  });

  async function checkDeaths(behaviour: string, reason: string, sentence: RegExp) {
    server.behave(behaviour);
    const run = await startRun(client, behaviour);
    await client.watch(run.id);
    const { failure, state } = await getRun(client, run.id);
    expect(state).toBe(RunState.RUN_STATE_FAILED);
    expect(failure).toEqual({ reason, message: expect.stringMatching(sentence) });
    expect(server.log().match(new RegExp(`trainer-started","runId":"${run.id}`, 'g'))).toHaveLength(3);
  }
  test('by SIGKILL without any progress: it gives up after three and says why', () =>
    checkDeaths('always_die', 'out-of-memory', /ended 3 times without progress.*: choose a lighter strategy/));
  test('without a word: it gives up after three and says where to look', () =>
    checkDeaths('exit=3', 'internal', /\(code 3\): set the server up again, and read trainer\.log/));

  test('an interpreter that is no Python fails the run with one sentence', async () => {
    const other = await startServer({ python: 'no-such-python' });
    await other.client().upload('repo', corpus);
    const run = await startRun(other.client(), 'run');
    await other.client().watch(run.id);
    const { failure } = await getRun(other.client(), run.id);
    expect(failure?.message).toMatch(/Python interpreter or folder is missing: set the server up/);
  });
});

describe('cancelling a run', () => {
  let server: ServerUnderTest;
  let client: Client;
  let repositories = 0;
  beforeAll(async () => {
    server = await startServer();
    client = server.client();
  });
  afterAll(endServers);

  /** A run in a repository of its own. */
  async function start(behaviour: string) {
    const repository = `repo-${repositories++}`;
    server.behave(behaviour);
    await client.upload(repository, corpus);
    return { repository, run: await startRun(client, repository, { repository }) };
  }

  async function check(behaviour: string, reach: (events: RunEvent) => boolean, withinMs: number) {
    const { repository, run } = await start(behaviour);
    await client.watch(run.id, 0, reach);
    const processes = processesOf(server, run.id);
    const startedMs = Date.now();
    const { run: cancelled } = await client.cancelRun(run.id);
    expect(Date.now() - startedMs).toBeLessThan(withinMs);
    expect(cancelled?.state).toBe(RunState.RUN_STATE_CANCELLED);
    for (const pid of processes) expect(isAlive(pid)).toBe(false);
    const events = await client.watch(run.id);
    expect(casesOf(events).slice(-2)).toEqual(['runCancelled', 'stateChanged']);
    const left = readdirSync(server.dataDir, { recursive: true }).map(String);
    expect(left.filter((path) => path.includes(`adapters/${run.id}`))).toEqual([]);
    expect((await client.listAdapters(repository)).adapters).toEqual([]);
    expect((await client.cancelRun(run.id)).run).toEqual(cancelled);
  }
  const long = 'steps=100,step_seconds=0.1';

  // The limits leave room for a busy machine; a process that does not listen gets two seconds.
  test('when it was queued', () => check(long, () => true, 10_000));
  test('when its trainer loads', () => check(long, (event) => event.event?.$case === 'stageStarted', 10_000));
  test('when it trains', () => check(long, isCheckpoint, 10_000));
  test('when its trainer does not listen', () => check(`${long},deaf`, isCheckpoint, 15_000));

  test('that waits behind another', async () => {
    const { run } = await start(long);
    const { run: waiting } = await start(long);
    expect((await client.cancelRun(waiting.id)).run?.state).toBe(RunState.RUN_STATE_CANCELLED);
    expect(casesOf(await client.watch(waiting.id))).toEqual(['stateChanged', 'runCancelled', 'stateChanged']);
    await client.watch(run.id, 0, isCheckpoint);
    expect((await getRun(client, run.id)).state).toBe(RunState.RUN_STATE_RUNNING);
    await client.cancelRun(run.id);
  });

  test('that has ended changes nothing', async () => {
    const { run } = await start('steps=2');
    await client.watch(run.id);
    const before = await getRun(client, run.id);
    expect((await client.cancelRun(run.id)).run).toEqual(before);
  });

  test('forgetting a repository ends its runs', async () => {
    const { repository, run } = await start(long);
    await client.watch(run.id, 0, isCheckpoint);
    const watching = client.watch(run.id);
    const folders = readdirSync(join(server.dataDir, 'repositories')).length;
    expect(await client.forgetRepository(repository)).toMatchObject({ corpora: 1, runs: 1, adapters: 0 });
    expect(await watching).not.toEqual([]);
    expect(readdirSync(join(server.dataDir, 'repositories'))).toHaveLength(folders - 1);
    await client.upload(repository, corpus);
    expect((await client.listRuns(repository)).runs).toEqual([]);
  });
});

describe('shutting down', () => {
  afterAll(endServers);

  test('ends streams and the trainer; the run goes on at the next start', async () => {
    const { server, client, run } = await withRun('steps=40,step_seconds=0.1');
    const watching = client.watch(run.id).catch((error: ServiceError) => [error.code, error.details]);
    await client.watch(run.id, 0, isCheckpoint);
    const [pid] = processesOf(server, run.id);
    expect(await server.stop()).toBe(0);
    expect(await watching).toEqual([status.UNAVAILABLE, expect.stringMatching(/shutting down: try again/)]);
    expect(isAlive(required(pid))).toBe(false);
    const next = await startServer({ dataDir: server.dataDir });
    const events = await next.client().watch(run.id);
    expect((await getRun(next.client(), run.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
    expect(stepsOf(events).filter((step) => step === 1)).toEqual([1]);
  });

  test('with its parent, when told so', async () => {
    const server = await startServer({ flags: ['--exit-with-parent'] });
    server.process.stdin?.end();
    const code = await new Promise((done) => server.process.once('exit', done));
    expect(code).toBe(0);
    expect(server.log()).toContain('"reason":"parent ended"');
  });
});
