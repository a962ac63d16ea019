import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLog } from '../../server/log.ts';
import { RayAttempt } from '../../server/processes/ray-attempt.ts';
import { RayJobs } from '../../server/processes/ray-jobs.ts';
import { RayTrainers } from '../../server/processes/ray-trainers.ts';
import { endTrainerLeftBehind, type Trainer } from '../../server/processes/trainer-host.ts';
import type { RunDir } from '../../server/storage/data-dir.ts';
import { trainerDir, trainerPython } from './support/places.ts';
import { type RayUnderTest, startRay } from './support/ray-under-test.ts';
import { eventually } from './support/runs.ts';
import { endServers, startRefusedServer, temporaryFolder } from './support/server-under-test.ts';

// Every process of Ray is a Python of its own.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

let ray: RayUnderTest;

beforeAll(async () => {
  ray = await startRay(1);
});

afterAll(async () => {
  await ray?.stop();
  await endServers();
});

/** A run whose trainer is a script. */
function runOf(
  script: string,
  url = ray.url,
): { readonly trainers: RayTrainers; readonly runDir: RunDir; log(): string } {
  const folder = temporaryFolder('ray');
  const program = join(folder, 'trainer', 'bespoke_trainer');
  mkdirSync(program, { recursive: true });
  for (const name of ['__init__', 'ray_job', 'work_folder', 'atomic_files', 'failures'])
    copyFileSync(join(trainerDir, 'bespoke_trainer', `${name}.py`), join(program, `${name}.py`));
  writeFileSync(join(program, '__main__.py'), `import os, signal, sys, time\n${script}\n`);
  const at = (name: string) => join(folder, 'run', name);
  mkdirSync(at('work'), { recursive: true });
  const runDir = {
    ...{ root: at('.'), examplesFile: at('examples.jsonl'), specFile: at('spec.json'), workDir: at('work') },
    logFile: at('trainer.log'),
  };
  let logged = '';
  const log = createLog((line) => {
    logged += line;
  });
  const command = { python: trainerPython(), trainerDir: join(folder, 'trainer') };
  const jobs = new RayJobs({ url: new URL(url), token: ray.token });
  return { trainers: new RayTrainers({ jobs, command, cpus: 1, gpus: 0, log }), runDir, log: () => logged };
}

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
    const { trainers, runDir } = runOf(script);
    const { lines, end } = await toItsEnd(await trainers.start(newId(), runDir));
    expect({ lines, end }).toEqual({ lines: told.lines, end: told.end });
  },
);

test('the trainer gets the arguments, the log and the threads that it was granted, and not the token of the cluster', async () => {
  const { trainers, runDir } = runOf(
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
    const { trainers, runDir } = runOf(script);
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
  const [first, second] = [runOf(SLOW), runOf(SLOW)];
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
  const { trainers, runDir, log } = runOf(SLOW);
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
  const { trainers, runDir } = runOf(SLOW);
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
  const { trainers, runDir, log } = runOf('print("one")', 'http://127.0.0.1:9');
  const trainer = await trainers.start(newId(), runDir);
  const ended = toItsEnd(trainer);
  await eventually(() => (log().includes('ray-is-away') ? true : undefined));
  await sleep(2000);
  expect(log().split('ray-is-away')).toHaveLength(2);
  trainer.end(0);
  expect(await ended).toEqual({ lines: [], end: { code: null, signal: 'SIGTERM' } });
});

test.each([
  { flags: ['--trainers', 'slurm'], says: /--trainers is not understood/ },
  { flags: ['--trainers', 'ray=http://user:secret@host'], says: /--trainers is not understood/ },
  { flags: ['--trainer-gpus', '1'], says: /--trainers is missing/ },
  { flags: ['--trainers', 'ray=http://127.0.0.1:9', '--trainer-cpus', '0'], says: /--trainer-cpus has the value "0"/ },
  { flags: ['--trainers', 'ray=http://127.0.0.1:9', '--trainer-gpus', '1.5'], says: /--trainer-gpus has the value/ },
  { flags: () => ['--trainers', `ray=${ray.url}`], says: /refuses the token: set RAY_AUTH_TOKEN/ },
])('the server refuses to start with $flags', async ({ flags, says }) => {
  const { code, message } = await startRefusedServer({ flags: typeof flags === 'function' ? flags() : flags });
  expect(message).toMatch(says);
  expect(message).not.toContain('secret');
  expect(code).toBe(1);
});
