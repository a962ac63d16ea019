import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import { type RunEvent, RunState, TrainingOptions } from '../../proto/gen/bespoke/v1/trainer.ts';
import type { Client } from '../server/support/client.ts';
import { trainerDir, trainerPython } from '../server/support/places.ts';
import { type RayNode, type RayUnderTest, startRay } from '../server/support/ray-under-test.ts';
import { corpus, eventually, getRun, required, startRun } from '../server/support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from '../server/support/server-under-test.ts';
import { logged, mostStepsRedone, tensorsHash } from './disturbed-run.ts';
import { faultRun } from './fault-run.ts';

const faults = faultRun('ray-nodes');
// Ray and PyTorch are many processes that take seconds to load, and more on a busy machine.
const TIMEOUT_MS = faults.isLong ? faults.timeoutMs : 1_200_000;
const NODES = 2;
const RUNS = faults.amount(2, 20);
const CHECKPOINT_EVERY_STEPS = 2;

const request = {
  strategy: Strategy.STRATEGY_LAST_DECODER_BLOCK,
  options: TrainingOptions.fromPartial({
    ...{ seed: 3, learningRate: 0.01, batchSize: 16, maxEpochs: 8, patience: 8 },
    ...{ computeType: 'float32', threads: 1, checkpointEverySteps: CHECKPOINT_EVERY_STEPS },
  }),
};

let ray: RayUnderTest;

beforeAll(async () => {
  ray = await startRay(NODES);
}, TIMEOUT_MS);

afterAll(async () => {
  await ray?.stop();
  await endServers();
  vi.unstubAllEnvs();
});

test(
  'a node and the head of a Ray cluster die while runs train: every run completes once, with the bits of one that nothing happened to',
  async () => {
    const undisturbed = await startServer({ trainerDir, python: trainerPython() });
    const local = undisturbed.client();
    await local.upload('repo', corpus);
    const whole = await watch(local, 'whole');
    await whole.end;
    const expected = { hash: tensorsHash(undisturbed, whole.id), proofs: (await getRun(local, whole.id)).proofs };
    await undisturbed.stop();

    vi.stubEnv('RAY_AUTH_TOKEN', ray.token);
    const flags = ['--trainers', `ray=${ray.url}`, '--max-runs', String(NODES)];
    const server = await startServer({ trainerDir, python: trainerPython(), flags });
    const client = server.client();
    await client.upload('repo', corpus);
    const [head, worker] = [required(ray.nodes[0]), required(ray.nodes[1])];
    const figures = { runs: 0, disturbed: 0, lost: 0, doubled: 0, adaptersThatDiffer: 0, mostStepsRedone: 0 };
    const seconds: Record<string, number> = {};

    const disturb = async (
      name: string,
      when: (runs: WatchedRun[]) => Promise<boolean>,
      happen: () => Promise<void>,
    ) => {
      const startedMs = Date.now();
      const watched: WatchedRun[] = [];
      for (let at = 0; at < RUNS; at++) watched.push(await watch(client, `${name}-${at}`));
      await eventually(async () => ((await when(watched.filter(isTraining))) ? true : undefined), TIMEOUT_MS, 20);
      await happen();
      for (const run of watched) {
        await run.end;
        figures.runs++;
        if (logged(server, 'trainer-started', run.id).length > 1) figures.disturbed++;
        await examine(run);
      }
      seconds[`${name}Seconds`] = Math.round((Date.now() - startedMs) / 1000);
    };
    const examine = async ({ id, events }: WatchedRun) => {
      const run = await getRun(client, id);
      if (run.state !== RunState.RUN_STATE_SUCCEEDED) {
        figures.lost++;
        return;
      }
      if (events.filter(({ event }) => event?.$case === 'adapterWritten').length !== 1) figures.doubled++;
      if (tensorsHash(server, id) !== expected.hash) figures.adaptersThatDiffer++;
      figures.mostStepsRedone = Math.max(figures.mostStepsRedone, mostStepsRedone(events));
      expect(events.map((event) => event.sequence)).toEqual(events.map((_, at) => at + 1));
      expect(run.proofs).toEqual(expected.proofs);
    };

    const anyIsOnWorker = async (runs: WatchedRun[]) =>
      (await Promise.all(runs.map(({ id }) => isOn(worker, jobOf(server, id))))).includes(true);
    await disturb('node', anyIsOnWorker, () => worker.kill());
    expect(figures.disturbed, 'runs that the death of a node disturbed').toBeGreaterThanOrEqual(1);
    await worker.restart();
    const byNode = figures.disturbed;
    const anyTrains = async (runs: WatchedRun[]) => runs.length > 0;
    await disturb('head', anyTrains, async () => {
      await head.kill();
      await sleep(3000);
      await head.restart();
      // A node whose head forgot it ends; whatever looks after its machine starts it again.
      await worker.restart();
    });
    faults.report({ ...figures, ...seconds });

    expect(figures.disturbed - byNode, 'runs that the death of the head disturbed').toBeGreaterThanOrEqual(1);
    expect(figures).toMatchObject({ runs: 2 * RUNS, lost: 0, doubled: 0, adaptersThatDiffer: 0 });
    expect(figures.mostStepsRedone).toBeLessThanOrEqual(CHECKPOINT_EVERY_STEPS);
    const ids = (await client.listRuns('repo')).runs.map((run) => run.id).sort();
    expect(ids).toHaveLength(2 * RUNS);
    expect((await client.listAdapters('repo')).adapters.map((adapter) => adapter.id).sort()).toEqual(ids);
    expect(leftOfTrainers(server)).toEqual([]);
  },
  TIMEOUT_MS,
);

interface WatchedRun {
  readonly id: string;
  /** Everything that it told so far. */
  readonly events: RunEvent[];
  readonly end: Promise<unknown>;
}

async function watch(client: Client, requestId: string): Promise<WatchedRun> {
  const { id } = await startRun(client, requestId, request);
  const events: RunEvent[] = [];
  const listen = (): Promise<unknown> =>
    client
      .watch(id, events.length, (event) => {
        events.push(event);
        return false;
      })
      // A run that waits for many others takes longer than a call may.
      .catch((error: ServiceError) => {
        if (error.code !== status.DEADLINE_EXCEEDED) throw error;
        return listen();
      });
  return { id, events, end: listen() };
}

/** The job that does the first attempt at a run: its own, or one that was warm. */
function jobOf(server: ServerUnderTest, runId: string): string {
  const own = `bespoke-${runId}-1`;
  return new RegExp(`"rayJob":"${own}","warmRayJob":"([^"]+)"`).exec(server.log())?.[1] ?? own;
}

/** Whether Ray runs a job on a node. */
async function isOn(node: RayNode, job: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${ray.token}` };
  const answer = await fetch(`${ray.url}/api/jobs/${job}`, { headers });
  return String((await answer.json()).driver_agent_http_address).endsWith(`:${node.agentPort}`);
}

/** Whether its trainer has something to lose. */
function isTraining({ events }: WatchedRun): boolean {
  const told = (kind: string) => events.some(({ event }) => event?.$case === kind);
  return told('checkpointWritten') && !told('adapterWritten');
}

/** Lines that say that something broke in a way that no fault explains. */
function leftOfTrainers(server: ServerUnderTest): string[] {
  return server
    .log()
    .split('\n')
    .filter((line) => /"event":"(run-broke|run-failed|trainer-line-not-understood|trainer-not-ended)"/.test(line));
}
