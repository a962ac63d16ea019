import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import { RunState, TrainingOptions } from '../../proto/gen/bespoke/v1/trainer.ts';
import { createLog } from '../../server/log.ts';
import { RayAttempt } from '../../server/processes/ray-attempt.ts';
import { RayJobs } from '../../server/processes/ray-jobs.ts';
import { RayTrainers } from '../../server/processes/ray-trainers.ts';
import { endTrainerLeftBehind, type Trainer } from '../../server/processes/trainer-host.ts';
import { WarmJobs } from '../../server/processes/warm-jobs.ts';
import type { RunDir } from '../../server/storage/data-dir.ts';
import { tensorsHash } from '../faults/disturbed-run.ts';
import { trainerDir, trainerPython } from './support/places.ts';
import { type RayUnderTest, startRay } from './support/ray-under-test.ts';
import { corpus, eventually, getRun, startRun } from './support/runs.ts';
import {
  endServers,
  type ServerUnderTest,
  startRefusedServer,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

// Every process of Ray is a Python of its own.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

let ray: RayUnderTest;

beforeAll(async () => {
  ray = await startRay(1);
});

// What waits for a run of one test would keep the next one from its node.
afterEach(async () => {
  for (const trainers of opened.splice(0)) await trainers.close();
});

afterAll(async () => {
  await ray?.stop();
  await endServers();
});

interface RunOfScript {
  readonly trainers: RayTrainers;
  readonly runDir: RunDir;
  /** A place for one more run of the same trainers. */
  another(): RunDir;
  log(): string;
}

const opened: RayTrainers[] = [];

/** A run whose trainer is a script. */
async function runOf(script: string, { url = ray.url, idleSeconds = 0 } = {}): Promise<RunOfScript> {
  const folder = temporaryFolder('ray');
  const program = join(folder, 'trainer', 'bespoke_trainer');
  mkdirSync(program, { recursive: true });
  for (const name of ['__init__', 'ray_job', 'warm_trainer', 'hardware', 'work_folder', 'atomic_files', 'failures'])
    copyFileSync(join(trainerDir, 'bespoke_trainer', `${name}.py`), join(program, `${name}.py`));
  writeFileSync(join(program, '__main__.py'), `import os, signal, sys, time\n${script}\n`);
  let places = 0;
  const another = () => {
    const root = join(folder, `run-${places++}`);
    const at = (name: string) => join(root, name);
    mkdirSync(at('work'), { recursive: true });
    return {
      ...{ root, examplesFile: at('examples.jsonl'), specFile: at('spec.json'), workDir: at('work') },
      logFile: at('trainer.log'),
    };
  };
  let logged = '';
  const log = createLog((line) => {
    logged += line;
  });
  const trainers = await RayTrainers.open({
    ...{ jobs: jobsAt(url), log, idleSeconds, cpus: 1, gpus: 0, folder: join(folder, 'trainer-jobs') },
    command: { python: trainerPython(), trainerDir: join(folder, 'trainer') },
  });
  opened.push(trainers);
  return { trainers, runDir: another(), another, log: () => logged };
}

const jobsAt = (url: string) => new RayJobs({ url: new URL(url), token: ray.token });

async function toItsEnd(trainer: Trainer) {
  const lines: string[] = [];
  for await (const line of trainer.lines) lines.push(line);
  return { lines, end: await trainer.ended };
}

let runs = 0;
const newId = () => `${process.pid}-${Date.now()}-${runs++}`;

const JOB_ENDS: readonly { name: string; script: string; lines: string[]; end: object }[] = [
  { name: 'well', script: 'print("one"); print("two ü")', lines: ['one', 'two ü'], end: { code: 0, signal: null } },
  { name: 'with a code', script: 'print("one"); sys.exit(2)', lines: ['one'], end: { code: 2, signal: null } },
  {
    name: 'by a signal',
    script: 'print("one", flush=True); os.kill(os.getpid(), signal.SIGKILL)',
    lines: ['one'],
    end: { code: null, signal: 'SIGKILL' },
  },
];

test.each(JOB_ENDS)(
  'a trainer on the cluster that ends $name is heard to its last line',
  async ({ script, ...told }) => {
    const { trainers, runDir } = await runOf(script);
    const { lines, end } = await toItsEnd(await trainers.start(newId(), runDir));
    expect({ lines, end }).toEqual({ lines: told.lines, end: told.end });
  },
);

test('the trainer gets the arguments, the log and the threads that it was granted, and not the token of the cluster', async () => {
  const { trainers, runDir } = await runOf(
    'print(sys.argv[1]); print("to the log", file=sys.stderr); print("RAY_AUTH_TOKEN" in os.environ)',
  );
  const { lines } = await toItsEnd(await trainers.start(newId(), runDir));
  expect(lines).toEqual([runDir.specFile, 'False']);
  expect(readFileSync(runDir.logFile, 'utf8')).toBe('to the log\n');
  expect(JSON.parse(readFileSync(join(runDir.workDir, 'threads.json'), 'utf8')).value).toBe(1);
});

const SLOW = `
print("started", flush=True)
signal.signal(signal.SIGTERM, lambda *_: (print("asked", flush=True), sys.exit(143)))
time.sleep(600)`;

test('a trainer is asked to end, and says so; one that is deaf is ended', async () => {
  const cases = [
    { script: SLOW, expected: { lines: ['started', 'asked'], end: { code: 143, signal: null } } },
    {
      script: SLOW.replace('(print("asked", flush=True), sys.exit(143))', 'None'),
      expected: { lines: ['started'], end: { code: null, signal: 'SIGKILL' } },
    },
  ];
  for (const { script, expected } of cases) {
    const { trainers, runDir } = await runOf(script);
    const trainer = await trainers.start(newId(), runDir);
    const found: string[] = [];
    for await (const line of trainer.lines) {
      found.push(line);
      if (line === 'started') trainer.end(2000);
    }
    expect({ lines: found, end: await trainer.ended }).toEqual(expected);
  }
});

test('a trainer that still waits for room can be ended at once and never begins', async () => {
  const [first, second] = [await runOf(SLOW), await runOf(SLOW)];
  const running = await first.trainers.start(newId(), first.runDir);
  const lines = running.lines[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('started');
  const waiting = await second.trainers.start(newId(), second.runDir);
  const end = toItsEnd(waiting);
  await sleep(3000);
  const askedMs = Date.now();
  waiting.end(2000);
  expect(await end).toEqual({ lines: [], end: { code: null, signal: 'SIGTERM' } });
  expect(Date.now() - askedMs).toBeLessThan(20_000);
  await running.abandon();
  await lines.return?.();
});

test('what a server that died left behind ends by its permit alone, and the next attempt at the run goes on', async () => {
  const { trainers, runDir, log } = await runOf(SLOW);
  const runId = newId();
  const orphan = await trainers.start(runId, runDir);
  const lines = orphan.lines[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('started');
  expect(await endTrainerLeftBehind(orphan.identity)).toBe(true);
  if (!('rayJob' in orphan.identity)) throw new Error('It runs on Ray.');
  expect(await new RayAttempt(orphan.identity).end()).toEqual({ code: 143, signal: null });
  expect(await endTrainerLeftBehind(orphan.identity)).toBe(false);

  const next = await trainers.start(runId, runDir);
  expect(next.identity).toMatchObject({ rayJob: `bespoke-${runId}-2` });
  for await (const line of next.lines) if (line === 'started') next.end(0);
  expect(await next.ended).toEqual({ code: 143, signal: null });
  expect(log()).toBe('');
});

test('a trainer whose run is erased ends by itself and brings nothing of it back', async () => {
  const { trainers, runDir } = await runOf(SLOW);
  const trainer = await trainers.start(newId(), runDir);
  const lines: string[] = [];
  for await (const line of trainer.lines) {
    lines.push(line);
    rmSync(runDir.root, { recursive: true });
  }
  expect(lines).toEqual(['started']);
  expect(await trainer.ended).toEqual({ code: 143, signal: null });
  expect(existsSync(runDir.root)).toBe(false);
});

test('a cluster that is away is waited for', async () => {
  const { trainers, runDir, log } = await runOf('print("one")', { url: 'http://127.0.0.1:9' });
  const trainer = await trainers.start(newId(), runDir);
  const ended = toItsEnd(trainer);
  await eventually(() => (log().includes('ray-is-away') ? true : undefined));
  await sleep(2000);
  expect(log().split('ray-is-away')).toHaveLength(2);
  trainer.end(0);
  expect(await ended).toEqual({ lines: [], end: { code: null, signal: 'SIGTERM' } });
});

/** Says which process forked it, and of what it knows. */
const FORKED =
  'print(os.getppid()); print(os.environ.get("TRACEPARENT"), "KEPT" in os.environ); os.environ["KEPT"] = "1"';

/** The job that did a run. */
async function jobOf(trainers: RayTrainers, runDir: RunDir, log: () => string, environment = {}) {
  const before = log().length;
  const { lines, end } = await toItsEnd(await trainers.start(newId(), runDir, environment));
  const warm = /"warmRayJob":"([^"]+)"/.exec(log().slice(before))?.[1];
  return { lines, end, warm };
}

test('a job stays for the next run, which begins in a process of its own and knows nothing of the one before', async () => {
  const { trainers, runDir, another, log } = await runOf(FORKED, { idleSeconds: 60 });
  const [firstId, secondId] = [newId(), newId()];
  const first = await toItsEnd(await trainers.start(firstId, runDir, { TRACEPARENT: 'one' }));
  const second = await toItsEnd(await trainers.start(secondId, another()));
  expect(first.lines).toEqual([expect.stringMatching(/^\d+$/), 'one False']);
  expect(second.lines).toEqual([first.lines[0], 'None False']);
  expect([first.end, second.end]).toEqual(Array(2).fill({ code: 0, signal: null }));
  const [job, own] = [`bespoke-${firstId}-1`, `bespoke-${secondId}-1`];
  expect(JSON.parse(log())).toMatchObject({ event: 'trainer-was-warm', rayJob: own, warmRayJob: job });
  expect(await jobsAt(ray.url).find(own)).toBeUndefined();
  await trainers.close();
  await eventually(async () => ((await jobsAt(ray.url).find(job))?.status === 'SUCCEEDED' ? true : undefined));
});

test('a job that no run comes for ends', async () => {
  const { trainers, runDir, another, log } = await runOf(FORKED, { idleSeconds: 2 });
  const id = newId();
  await toItsEnd(await trainers.start(id, runDir));
  await eventually(async () =>
    (await jobsAt(ray.url).find(`bespoke-${id}-1`))?.status === 'SUCCEEDED' ? true : undefined,
  );
  expect(await jobOf(trainers, another(), log)).toMatchObject({ end: { code: 0 }, warm: undefined });
});

test('a run whose waiting job was killed gets a new one', async () => {
  const { trainers, runDir, another, log } = await runOf(FORKED, { idleSeconds: 60 });
  const id = newId();
  await toItsEnd(await trainers.start(id, runDir));
  for (const pid of processesWith(`bespoke-${id}-1`)) process.kill(pid, 'SIGKILL');
  expect(await jobOf(trainers, another(), log)).toMatchObject({ end: { code: 0, signal: null }, warm: undefined });
});

test('a run that waits for room is taken by the job that gets free, and leaves none behind', async () => {
  const script = 'print(os.getppid(), flush=True)\nwhile os.path.exists(sys.argv[1] + ".go") is False: time.sleep(0.1)';
  const { trainers, runDir, another, log } = await runOf(script, { idleSeconds: 60 });
  const [id, waitingId, waitingDir] = [newId(), newId(), another()];
  writeFileSync(`${waitingDir.specFile}.go`, '');
  const first = toItsEnd(await trainers.start(id, runDir));
  const second = toItsEnd(await trainers.start(waitingId, waitingDir));
  const own = `bespoke-${waitingId}-1`;
  await eventually(async () => ((await jobsAt(ray.url).find(own))?.status === 'PENDING' ? true : undefined));
  writeFileSync(`${runDir.specFile}.go`, '');
  expect((await second).lines).toEqual((await first).lines);
  expect(log()).toContain(`"warmRayJob":"bespoke-${id}-1"`);
  expect((await jobsAt(ray.url).find(`bespoke-${id}-1`))?.status).toBe('RUNNING');
  // Ray stops a job that waits for room only once there is some.
  await trainers.close();
  await eventually(async () => ((await jobsAt(ray.url).find(own))?.status === 'STOPPED' ? true : undefined), 60_000);
});

test('a run on a job that waited is ended like any other, or dies, and the job stays for the next one', async () => {
  const script = `
print("started", flush=True)
if sys.argv[1].endswith("run-2/spec.json"): os.kill(os.getpid(), signal.SIGSEGV)
if sys.argv[1].endswith("run-3/spec.json"): sys.exit(0)
if sys.argv[1].endswith("run-0/spec.json"): sys.exit(0)
${SLOW}`;
  const { trainers, runDir, another, log } = await runOf(script, { idleSeconds: 60 });
  const id = newId();
  await toItsEnd(await trainers.start(id, runDir));
  const cancelled = await trainers.start(newId(), another());
  const lines: string[] = [];
  for await (const line of cancelled.lines) {
    lines.push(line);
    if (lines.length === 2) cancelled.end(2000);
  }
  expect(await cancelled.ended).toEqual({ code: 143, signal: null });
  const died = await jobOf(trainers, another(), log);
  expect(died).toEqual({ lines: ['started'], end: { code: null, signal: 'SIGSEGV' }, warm: `bespoke-${id}-1` });
  expect(await jobOf(trainers, another(), log)).toMatchObject({ end: { code: 0 }, warm: `bespoke-${id}-1` });
});

test('runs on a base that is in memory already have the bits of one that began cold, also after one that was cancelled', async () => {
  const request = {
    strategy: Strategy.STRATEGY_LAST_DECODER_BLOCK,
    options: TrainingOptions.fromPartial({
      ...{ seed: 3, learningRate: 0.01, batchSize: 16, maxEpochs: 1, patience: 1, computeType: 'float32', threads: 1 },
    }),
  };
  const succeeds = async (server: ServerUnderTest, requestId: string) => {
    const { id } = await startRun(server.client(), requestId, request);
    await eventually(async () => {
      const { state } = await getRun(server.client(), id);
      if (state === RunState.RUN_STATE_FAILED) throw new Error(server.log());
      return state === RunState.RUN_STATE_SUCCEEDED ? true : undefined;
    }, 240_000);
    return { id, hash: tensorsHash(server, id) };
  };
  const python = { trainerDir, python: trainerPython() };
  const cold = await startServer(python);
  await cold.client().upload('repo', corpus);
  const { hash } = await succeeds(cold, 'cold');
  await cold.stop();

  vi.stubEnv('RAY_AUTH_TOKEN', ray.token);
  const server = await startServer({ ...python, flags: ['--trainers', `ray=${ray.url}`] });
  vi.unstubAllEnvs();
  const client = server.client();
  await client.upload('repo', corpus);
  const first = await succeeds(server, 'first');
  const second = await succeeds(server, 'second');
  const { id } = await startRun(client, 'cancelled', { ...request, options: { ...request.options, maxEpochs: 500 } });
  await client.watch(id, 0, ({ event }) => event?.$case === 'trainingProgress');
  await client.cancelRun(id);
  await eventually(async () => ((await getRun(client, id)).state === RunState.RUN_STATE_CANCELLED ? true : undefined));
  const last = await succeeds(server, 'last');
  expect([first.hash, second.hash, last.hash]).toEqual([hash, hash, hash]);
  const warm = server.log().matchAll(/"event":"trainer-was-warm","rayJob":"([^"]+)","warmRayJob":"([^"]+)"/g);
  const job = `bespoke-${first.id}-1`;
  expect([...warm].map(([, run, by]) => [run, by])).toEqual(
    [second.id, id, last.id].map((run) => [`bespoke-${run}-1`, job]),
  );
  await server.stop();
  await eventually(async () => ((await jobsAt(ray.url).find(job))?.status === 'SUCCEEDED' ? true : undefined));
  expect(existsSync(join(server.dataDir, 'trainer-jobs'))).toBe(true);
  expect(readdirSync(join(server.dataDir, 'trainer-jobs'))).toEqual([]);
});

test('what a server before left waiting for runs ends when the next one starts', async () => {
  const { trainers, runDir } = await runOf(FORKED, { idleSeconds: 60 });
  const id = newId();
  await toItsEnd(await trainers.start(id, runDir));
  const folder = join(runDir.root, '..', 'trainer-jobs');
  const next = await WarmJobs.open(folder, 60);
  await eventually(async () =>
    (await jobsAt(ray.url).find(`bespoke-${id}-1`))?.status === 'SUCCEEDED' ? true : undefined,
  );
  await next.close();
});

/** Processes of this machine, and of what runs on it, with a word in their command. */
function processesWith(word: string): number[] {
  const command = (pid: string) => {
    try {
      return readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
    } catch {
      return '';
    }
  };
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && command(name).split('\0').includes(word));
  expect(found).not.toEqual([]);
  return found.map(Number);
}

test.each([
  { flags: ['--trainers', 'slurm'], says: /--trainers is not understood/ },
  { flags: ['--trainers', 'ray=http://user:secret@host'], says: /--trainers is not understood/ },
  { flags: ['--trainer-gpus', '1'], says: /--trainers is missing/ },
  { flags: ['--trainers', 'ray=http://127.0.0.1:9', '--trainer-cpus', '0'], says: /--trainer-cpus has the value "0"/ },
  { flags: ['--trainers', 'ray=http://127.0.0.1:9', '--trainer-gpus', '1.5'], says: /--trainer-gpus has the value/ },
  { flags: ['--trainer-idle-seconds', '1'], says: /--trainers is missing/ },
  { flags: () => ['--trainers', `ray=${ray.url}`], says: /refuses the token: set RAY_AUTH_TOKEN/ },
])('the server refuses to start with $flags', async ({ flags, says }) => {
  const { code, message } = await startRefusedServer({ flags: typeof flags === 'function' ? flags() : flags });
  expect(message).toMatch(says);
  expect(message).not.toContain('secret');
  expect(code).toBe(1);
});
