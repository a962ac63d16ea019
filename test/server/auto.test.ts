import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import { Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import { type RunEvent, RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { distinctPairs } from '../core/splits/make-pair.ts';
import type { Client } from './support/client.ts';
import { corpus, eventually, getRun, required, type runRequest, startRun } from './support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from './support/server-under-test.ts';

const inOrder = [
  Strategy.STRATEGY_LAST_DECODER_BLOCK,
  Strategy.STRATEGY_TELLY,
  Strategy.STRATEGY_PREFIX,
  Strategy.STRATEGY_EMBEDDINGS_OUTPUT,
  Strategy.STRATEGY_CUSTOM,
];
const auto = { strategy: Strategy.STRATEGY_AUTO };

const probedIn = (events: readonly RunEvent[]) =>
  events.flatMap(({ event }) => (event?.$case === 'strategyProbed' ? [event.value.strategy] : []));
const leftOutIn = (events: readonly RunEvent[]) =>
  events.flatMap(({ event }) => (event?.$case === 'strategyLeftOut' ? [event.value] : []));
const chosenIn = (events: readonly RunEvent[]) =>
  events.flatMap(({ event }) => (event?.$case === 'strategyChosen' ? [event.value] : []));
const isProbe = ({ event }: RunEvent) => event?.$case === 'strategyProbed';

let server: ServerUnderTest;
let client: Client;
let runs = 0;

/** Starts a run whose trainer behaves like this. */
async function autoRun(behaviour: string, more: Partial<ReturnType<typeof runRequest>> = {}) {
  server.behave(behaviour);
  return startRun(client, `run-${runs++}`, { ...auto, ...more });
}

/** Expects a run that chooses its strategy to end as failed. */
async function checkFailure(behaviour: string, reason: string, message: RegExp): Promise<readonly RunEvent[]> {
  const run = await autoRun(behaviour);
  const events = await client.watch(run.id);
  const ended = await getRun(client, run.id);
  expect(ended.failure).toEqual({ reason, message: expect.stringMatching(message) });
  expect([ended.strategy, chosenIn(events)]).toEqual([Strategy.STRATEGY_AUTO, []]);
  return events;
}

describe('a run that is asked for with auto', () => {
  beforeAll(async () => {
    server = await startServer();
    client = server.client();
    await client.upload('repo', corpus);
  });
  afterAll(endServers);

  test('tries every strategy, says what it expects, goes on with one, and keeps what was asked for', async () => {
    const run = await autoRun('');
    expect([run.strategy, run.requestedStrategy]).toEqual([Strategy.STRATEGY_AUTO, Strategy.STRATEGY_AUTO]);
    const events = await client.watch(run.id);
    expect(probedIn(events)).toEqual(inOrder);
    const [choice] = chosenIn(events);
    expect(choice?.strategy).toBe(Strategy.STRATEGY_PREFIX);
    expect(choice?.predictions.map(({ strategy }) => strategy)).toEqual(inOrder);
    const { lossDrop, minutes, megabytes } = required(choice?.predictions[2]);
    expect([lossDrop, megabytes]).toEqual([expect.closeTo(1 + 1 / 4 + 1 / 16 + 1 / 64, 9), 5]);
    // Four epochs of 30 s on a fifth of the pairs.
    expect(minutes).toBeCloseTo(((30 / 60) * run.trainPairIds.length) / Math.ceil(run.trainPairIds.length / 5), 9);
    const ended = await getRun(client, run.id);
    expect([ended.state, ended.strategy, ended.requestedStrategy]).toEqual([
      ...[RunState.RUN_STATE_SUCCEEDED, Strategy.STRATEGY_PREFIX, Strategy.STRATEGY_AUTO],
    ]);
    expect((await client.listRuns('repo')).runs.filter(({ id }) => id === run.id)).toMatchObject([
      { strategy: Strategy.STRATEGY_PREFIX, requestedStrategy: Strategy.STRATEGY_AUTO },
    ]);
    expect((await client.listAdapters('repo')).adapters).toMatchObject([
      { runId: run.id, strategy: Strategy.STRATEGY_PREFIX },
    ]);
  });

  test('a run of one strategy probes nothing and was asked for what it trains', async () => {
    const run = await autoRun('', { strategy: Strategy.STRATEGY_PREFIX });
    const events = await client.watch(run.id);
    expect([probedIn(events), chosenIn(events)]).toEqual([[], []]);
    expect(await getRun(client, run.id)).toMatchObject({
      ...{ strategy: Strategy.STRATEGY_PREFIX, requestedStrategy: Strategy.STRATEGY_PREFIX },
    });
  });

  test('where its trainer dies while it tries them, what was tried is not tried again', async () => {
    const run = await autoRun('probe_die_at=prefix');
    const events = await client.watch(run.id);
    expect(server.log()).toContain('trainer-restarts');
    expect(probedIn(events)).toEqual(inOrder);
    expect((await getRun(client, run.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
  });

  test('where the server dies while it tries them, what was tried is not tried again', async () => {
    const run = await autoRun('step_seconds=0.5');
    const seen = await client.watch(run.id, 0, isProbe);
    await server.kill();
    server = await startServer({ dataDir: server.dataDir, behaviour: '' });
    client = server.client();
    const rest = await client.watch(run.id, required(seen.at(-1)).sequence);
    expect(probedIn([...seen, ...rest])).toEqual(inOrder);
    expect((await getRun(client, run.id)).strategy).toBe(Strategy.STRATEGY_PREFIX);
  });

  test('where it dies after the choice, nothing is chosen again', async () => {
    const run = await autoRun('die_at=3');
    const events = await client.watch(run.id);
    expect([probedIn(events), chosenIn(events).length]).toEqual([inOrder, 1]);
    expect((await getRun(client, run.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
  });

  test('goes on without a strategy that does not fit into memory', async () => {
    const run = await autoRun('never_fits=telly');
    const events = await client.watch(run.id);
    expect(probedIn(events)).toEqual(inOrder.filter((strategy) => strategy !== Strategy.STRATEGY_TELLY));
    expect(leftOutIn(events)).toMatchObject([{ strategy: Strategy.STRATEGY_TELLY, reason: 'out-of-memory' }]);
    expect((await getRun(client, run.id)).strategy).toBe(Strategy.STRATEGY_PREFIX);
  });

  test('fails where no strategy fits into memory', async () =>
    expect(
      leftOutIn(await checkFailure('never_fits=any', 'out-of-memory', /most likely because memory ran out/)),
    ).toHaveLength(5));
  test('fails where none gains', () => checkFailure('no_gain', 'no-gain', /none made the model better/));
  test('fails as any run where the trainer says that it cannot go on', () =>
    checkFailure('fail=invalid-base-model', 'invalid-base-model', /told to fail/));
  test('gives up a trainer that ends without a word', () =>
    checkFailure('mute', 'internal', /3 times without progress/));

  test('fails where there are too few pairs, and nothing was tried', async () => {
    const few = makeCorpus(distinctPairs(3, 7));
    await client.upload('repo', few);
    const run = await startRun(client, 'few', { ...auto, corpusSha256: few.sha256, heldOutSplits: [] });
    const events = await client.watch(run.id);
    expect((await getRun(client, run.id)).failure).toEqual({
      reason: 'too-few-pairs',
      message: expect.stringMatching(/yields 18 training pairs, but .* at least 20: choose one in the settings/),
    });
    expect(events.map(({ event }) => event?.$case)).not.toContain('stageStarted');
  });

  test('is cancelled while strategies are tried', async () => {
    const run = await autoRun('step_seconds=5');
    await eventually(async () =>
      (await getRun(client, run.id)).state === RunState.RUN_STATE_RUNNING ? true : undefined,
    );
    expect((await client.cancelRun(run.id)).run).toMatchObject({
      ...{ state: RunState.RUN_STATE_CANCELLED, strategy: Strategy.STRATEGY_AUTO },
    });
  });
});
