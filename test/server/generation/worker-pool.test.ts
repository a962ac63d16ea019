import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type DecodedPart, WorkerEnded } from '../../../server/generation/worker-client.ts';
import type { WorkerConnection, WorkerHost } from '../../../server/generation/worker-connection.ts';
import { WorkerPool } from '../../../server/generation/worker-pool.ts';
import type { WorkerRequest, WorkerResponse } from '../../../server/generation/worker-protocol.ts';
import { createLog } from '../../../server/log.ts';
import { eventually } from '../support/runs.ts';

// Which worker gets what, and what becomes of what it leaves. The workers are stand-ins, so that a test says when they answer, and what.

class StandInWorker implements WorkerConnection {
  readonly asked: WorkerRequest[] = [];
  answer: (response: WorkerResponse) => void = () => {};
  die: () => void = () => {};
  readonly ended = new Promise<Error>((settle) => {
    this.die = () => settle(new Error('It was ended.'));
  });

  send(request: WorkerRequest): void {
    this.asked.push(request);
    if (request.kind === 'evict') this.answer({ kind: 'evicted', id: request.id });
  }

  onMessage(listener: (response: WorkerResponse) => void): void {
    this.answer = listener;
  }

  async close(): Promise<void> {
    this.die();
  }

  /** What it decodes. */
  get work() {
    return this.asked.flatMap((request) => (request.kind === 'generate' ? [request] : []));
  }

  finish(text: string): void {
    const { id } = this.work.at(-1) ?? { id: -1 };
    const candidate = { rank: 0, text, logProbability: -1, tokens: 1, complete: true };
    this.answer({ kind: 'finished', id, candidates: [candidate], tokens: [[7]] });
  }

  write(text: string): void {
    const { id } = this.work.at(-1) ?? { id: -1 };
    this.answer({ kind: 'started', id });
    this.answer({ kind: 'delta', id, text });
  }
}

class StandInHost implements WorkerHost {
  readonly workers: StandInWorker[] = [];

  constructor(private readonly most: number) {}

  async start(_options: unknown, signal: AbortSignal): Promise<WorkerConnection> {
    if (this.workers.length === this.most)
      await new Promise((_, failed) => signal.addEventListener('abort', () => failed(signal.reason)));
    const worker = new StandInWorker();
    this.workers.push(worker);
    return worker;
  }

  async close(): Promise<void> {}
}

async function open(workers: number, most = workers) {
  const host = new StandInHost(most);
  const options = { baseModelDir: '', precision: 'float32', threads: 1, maxConcurrentRequests: 8 } as const;
  let logged = '';
  const log = createLog((line) => {
    logged += line;
  });
  const pool = new WorkerPool({ host, workers, log, options: { ...options, sessionMemoryBytes: 0 } });
  await eventually(() => (pool.size === Math.min(workers, most) ? true : undefined));
  return { pool, host, log: () => logged };
}

const decoding = { candidates: 1, beam: null, faulty: null, maxNewTokens: 8, atEndOfMethod: true };

/** Asks a pool; `parts` are what came so far. */
function ask(pool: WorkerPool, adapterDir: string | null = null, signal = new AbortController().signal) {
  const parts: DecodedPart[] = [];
  const end = (async () => {
    for await (const part of pool.decode({ tokens: [1], adapterDir, tenantId: 't', decoding }, signal))
      parts.push(part);
    return parts;
  })();
  end.catch(() => {});
  return { parts, end };
}

const textOf = (parts: readonly DecodedPart[]) =>
  parts.map((part) => (part.kind === 'delta' ? part.text : '')).join('');
const loads = (host: StandInHost) => host.workers.map(({ work }) => work.length);

/** The worker that has work. */
const busy = (host: StandInHost) => eventually(() => host.workers.find(({ work }) => work.length > 0));

test('requests of an adapter go to one worker until it is clearly busier than another', async () => {
  const { pool, host } = await open(4);
  const placed: number[][] = [];
  for (let at = 0; at < 8; at++) {
    ask(pool, '/repositories/a/adapters/1');
    await sleep(0);
    placed.push(loads(host).sort((one, other) => other - one));
  }
  expect(placed).toEqual([
    [1, 0, 0, 0],
    [2, 0, 0, 0],
    [3, 0, 0, 0],
    [3, 1, 0, 0],
    [3, 2, 0, 0],
    [3, 3, 0, 0],
    [3, 3, 1, 0],
    [3, 3, 2, 0],
  ]);
  await pool.close();
});

test('adapters are spread, and requests of the base go to whoever has the least to do', async () => {
  const { pool, host } = await open(4);
  for (let at = 0; at < 4; at++) {
    ask(pool);
    await sleep(0);
  }
  expect(loads(host)).toEqual([1, 1, 1, 1]);
  const first = new Set<number>();
  for (let at = 0; at < 20; at++) {
    const before = loads(host);
    const leave = new AbortController();
    const { end } = ask(pool, `/repositories/${at}/adapters/1`, leave.signal);
    await sleep(0);
    first.add(loads(host).findIndex((load, worker) => load > (before[worker] ?? 0)));
    leave.abort();
    await end;
  }
  expect(first.size).toBe(4);
  await pool.close();
});

test('what was passed on is not passed on again, and the rest is', async () => {
  const { pool, host, log } = await open(2);
  const { parts, end } = ask(pool);
  const first = await busy(host);
  first.write('@Test vo');
  await eventually(() => (parts.length === 2 ? true : undefined));
  first.die();
  const second = await eventually(() => host.workers.find((worker) => worker !== first && worker.work.length > 0));
  second.write('@Te');
  second.write('st void size');
  second.finish('@Test void size');
  expect((await end).map(({ kind }) => kind)).toEqual(['started', 'delta', 'delta', 'candidate']);
  expect(textOf(parts)).toBe('@Test void size');
  expect(log()).toContain('generation-done-again');
  await pool.close();
});

test.each([
  { name: 'goes on in another way', text: '@Test in' },
  { name: 'ends before', text: '@Test' },
])('a worker whose text $name than what was passed on ends the request', async ({ text }) => {
  const { pool, host } = await open(2);
  const { parts, end } = ask(pool);
  const first = await busy(host);
  first.write('@Test vo');
  await eventually(() => (parts.length === 2 ? true : undefined));
  first.die();
  const second = await eventually(() => host.workers.find((worker) => worker !== first && worker.work.length > 0));
  second.write(text);
  second.finish(text);
  await expect(end).rejects.toThrow(/could finish the request: try again/);
  expect(textOf(parts)).toBe('@Test vo');
  await pool.close();
});

test('a request that ends every worker is given up after the third', async () => {
  const { pool, host } = await open(3);
  const { end } = ask(pool);
  const dead = new Set<unknown>();
  for (let at = 0; at < 3; at++) {
    const worker = await eventually(() => host.workers.find(({ work }) => work.length > 0 && !dead.has(work[0])));
    dead.add(worker.work[0]);
    worker.die();
  }
  await expect(end).rejects.toMatchObject({ name: 'BespokeError', cause: expect.any(WorkerEnded) });
  await pool.close();
});

test('a defect of a worker ends the request, and the worker is replaced', async () => {
  const { pool, host } = await open(1, 2);
  const { end } = ask(pool);
  const worker = await busy(host);
  worker.answer({ kind: 'failed', id: worker.work[0]?.id ?? -1, situation: null, message: 'It broke.' });
  await expect(end).rejects.toThrow('It broke.');
  await eventually(() => (host.workers.length === 2 && pool.size === 1 ? true : undefined));
  await pool.close();
});

test('what a user can act on is passed on, and the worker stays', async () => {
  const { pool, host } = await open(1, 2);
  const { end } = ask(pool);
  const worker = await busy(host);
  worker.answer({ kind: 'failed', id: worker.work[0]?.id ?? -1, situation: 'adapter-refused', message: 'It is gone.' });
  await expect(end).rejects.toMatchObject({ situation: 'adapter-refused' });
  await sleep(700);
  expect(host.workers).toHaveLength(1);
  await pool.close();
});

test('without a worker a request waits for one, is told after some seconds, and can be left at once', async () => {
  const { pool } = await open(1, 0);
  const leave = new AbortController();
  const left = ask(pool, null, leave.signal);
  const told = ask(pool);
  leave.abort();
  expect(await left.end).toEqual([]);
  await expect(told.end).rejects.toThrow(/No generation worker .* try again in a moment/);
  const waiting = ask(pool);
  await pool.close();
  await expect(waiting.end).rejects.toThrow(/No generation worker/);
});

test('a worker that comes later knows what was evicted before', async () => {
  const { pool, host } = await open(1, 2);
  await pool.evict('/repositories/a');
  host.workers[0]?.die();
  const later = await eventually(() => host.workers[1]);
  expect(later.asked).toMatchObject([{ kind: 'evict', folder: '/repositories/a' }]);
  await pool.close();
});
