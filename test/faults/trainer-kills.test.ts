import { setTimeout } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, expect, test } from 'vitest';
import { Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import { type RunEvent, RunState, TrainingOptions } from '../../proto/gen/bespoke/v1/trainer.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Client } from '../server/support/client.ts';
import { trainerDir, trainerPython } from '../server/support/places.ts';
import { corpus, eventually, getRun, startRun } from '../server/support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from '../server/support/server-under-test.ts';
import { logged, mostStepsRedone, tensorsHash } from './disturbed-run.ts';
import { faultRun } from './fault-run.ts';

const faults = faultRun('trainer-kills');
// A trainer needs several seconds to load PyTorch, and more on a busy machine.
const TIMEOUT_MS = faults.isLong ? faults.timeoutMs : 900_000;
/** Runs at the same time. */
const LANES = faults.isLong ? ['one', 'other'] : ['one'];
const CHECKPOINT_EVERY_STEPS = 2;
/** More would need a longer run: two in a row may come before its next checkpoint, and the server gives up at the third. */
const MOST_KILLS_OF_A_RUN = 10;

const request = {
  strategy: Strategy.STRATEGY_LAST_DECODER_BLOCK,
  options: TrainingOptions.fromPartial({
    ...{ seed: 3, learningRate: 0.01, batchSize: 16, maxEpochs: faults.amount(3, 12), patience: 12 },
    ...{ computeType: 'float32', threads: 1, checkpointEverySteps: CHECKPOINT_EVERY_STEPS },
  }),
};

afterAll(endServers);

test(
  'kill -9 of the trainer at random points: no run is lost or doubled, little is done again, and the result is the same to the bit',
  async () => {
    const server = await startServer({
      trainerDir,
      python: trainerPython(),
      flags: ['--max-runs', String(LANES.length)],
    });
    const client = server.client();
    await client.upload('repo', corpus);
    const startedMs = Date.now();
    const whole = await startRun(client, 'whole', request);
    await client.watch(whole.id);
    const wholeMs = Date.now() - startedMs;
    const { state, proofs } = await getRun(client, whole.id);
    expect(state).toBe(RunState.RUN_STATE_SUCCEEDED);
    const expected = tensorsHash(server, whole.id);

    const random = new SeededRandom(1);
    const wanted = faults.amount(3, 200);
    const figures = { kills: 0, runs: 0, lost: 0, doubled: 0, adaptersThatDiffer: 0, mostStepsRedone: 0, wholeMs };
    const killRuns = async (name: string) => {
      for (let at = 0; figures.kills < wanted; at++) {
        const { id } = await startRun(client, `${name}-${at}`, request);
        const most = Math.min(MOST_KILLS_OF_A_RUN, wanted);
        const { kills, events } = await killAtRandom(server, client, id, most, wholeMs, random);
        figures.kills += kills;
        figures.runs++;
        const run = await getRun(client, id);
        if (run.state !== RunState.RUN_STATE_SUCCEEDED) {
          figures.lost++;
          continue;
        }
        if (events.filter(({ event }) => event?.$case === 'adapterWritten').length !== 1) figures.doubled++;
        if (tensorsHash(server, id) !== expected) figures.adaptersThatDiffer++;
        figures.mostStepsRedone = Math.max(figures.mostStepsRedone, mostStepsRedone(events));
        expect(events.map((event) => event.sequence)).toEqual(events.map((_, sequence) => sequence + 1));
        expect(run.proofs).toEqual(proofs);
        faults.report(figures);
      }
    };
    await Promise.all(LANES.map(killRuns));
    faults.report(figures);

    expect(figures).toMatchObject({ lost: 0, doubled: 0, adaptersThatDiffer: 0 });
    expect(figures.mostStepsRedone).toBeLessThanOrEqual(CHECKPOINT_EVERY_STEPS);
    expect(figures.kills).toBeGreaterThanOrEqual(wanted);
    // Every request has one run, and every run one adapter.
    const ids = (await client.listRuns('repo')).runs.map((run) => run.id).sort();
    expect(ids).toHaveLength(figures.runs + 1);
    expect((await client.listAdapters('repo')).adapters.map((adapter) => adapter.id).sort()).toEqual(ids);
  },
  TIMEOUT_MS,
);

/**
 * Kills the trainers of a run, each some time after it started, until enough were killed or the run has ended; returns how many died of
 * it and everything that the run told. After two that died before a new checkpoint the next lives to see one.
 */
async function killAtRandom(
  server: ServerUnderTest,
  client: Client,
  runId: string,
  most: number,
  wholeMs: number,
  random: SeededRandom,
): Promise<{ readonly kills: number; readonly events: readonly RunEvent[] }> {
  let checkpoint = -1;
  let ended = false;
  const seen: RunEvent[] = [];
  const watching = watchToTheEnd(client, runId, (event) => {
    seen.push(event);
    if (event.event?.$case === 'checkpointWritten') checkpoint = Math.max(checkpoint, event.event.value.step);
  });
  const end = watching.then(() => {
    ended = true;
  });
  for (let started = 1; started <= most && !ended; started++) {
    const line = await eventually(
      () => (ended ? null : logged(server, 'trainer-started', runId).at(started - 1)),
      600_000,
      5,
    );
    if (line === null) break;
    let span = wholeMs;
    if ((logged(server, 'trainer-restarts', runId).at(-1)?.deathsWithoutProgress ?? 0) >= 2) {
      const before = checkpoint;
      await eventually(() => (ended || checkpoint > before ? true : undefined), 600_000, 5);
      span = wholeMs / 10;
    }
    await Promise.race([setTimeout(random.next() * span), end]);
    if (ended) break;
    kill(Number(line.pid));
    await eventually(
      () => (ended || logged(server, 'trainer-ended', runId).length >= started ? true : undefined),
      600_000,
      5,
    );
  }
  await watching;
  const deaths = logged(server, 'trainer-ended', runId).filter(({ signal }) => signal === 'SIGKILL');
  return { kills: deaths.length, events: seen };
}

/** A run that is killed again and again takes longer than one call may. */
async function watchToTheEnd(client: Client, runId: string, see: (event: RunEvent) => void): Promise<void> {
  let last = 0;
  const pass = (event: RunEvent) => {
    last = event.sequence;
    see(event);
    return false;
  };
  for (;;) {
    const error = await client.watch(runId, last, pass).then(
      () => undefined,
      (thrown: ServiceError) => thrown,
    );
    if (error === undefined) return;
    if (error.code !== status.DEADLINE_EXCEEDED) throw error;
  }
}

/** It may have ended by itself a moment ago. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}
