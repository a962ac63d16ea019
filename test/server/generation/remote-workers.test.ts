import type { ChildProcess } from 'node:child_process';
import { type AddressInfo, connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { FramedSocket } from '../../../server/generation/framed-socket.ts';
import {
  createGenerator,
  type GenerationPart,
  type Generator,
  type TokenRequest,
} from '../../../server/generation/generator.ts';
import { connectWorker } from '../../../server/generation/remote-worker.ts';
import { WorkerFolder } from '../../../server/generation/worker-folder.ts';
import { proveAsServer } from '../../../server/generation/worker-handshake.ts';
import { eventually } from '../support/runs.ts';
import { endServers, temporaryFolder } from '../support/server-under-test.ts';
import { cpuTicks, embeddedBase, example } from '../support/slow-generation.ts';
import { bundledWorker } from './bundled-worker.ts';
import { collect, never, shape, startPool } from './pool-under-test.ts';
import { ProcessesForRay } from './processes-for-ray.ts';
import { type Reference, reference } from './reference.ts';

// Workers in processes of their own, by sockets: everything but Ray itself, which test/server/ray-generators.test.ts has.

let ref: Reference;
let workerFile: string;
let local: Generator;

beforeAll(async () => {
  ref = await reference('llama');
  workerFile = await bundledWorker();
  local = await createGenerator({ baseModelDir: ref.baseModelDir, threads: 1, workerFile });
}, 300_000);

afterAll(async () => {
  await local.close();
  await endServers();
});

function request(changes: Partial<TokenRequest> = {}): TokenRequest {
  const tokens = ref.cases[1]?.source ?? [];
  return { tenantId: 'tenant', adapter: null, tokens, candidates: 1, beam: null, maxNewTokens: 24, ...changes };
}

async function startWorkers(workers: number, more: { baseModelDir?: string; baseModelSha256?: string } = {}) {
  const ray = new ProcessesForRay();
  return { ray, ...(await startPool({ jobs: ray, workers, workerFile, baseModelDir: ref.baseModelDir, ...more })) };
}

describe('workers in processes of their own', () => {
  let workers: Awaited<ReturnType<typeof startWorkers>>;
  beforeAll(async () => {
    workers = await startWorkers(2);
    await workers.all();
  });
  afterAll(async () => {
    await workers.generator.close();
    await eventually(() => (workers.ray.running.length === 0 ? true : undefined));
  });

  test.each([
    { adapter: null, candidates: 1 },
    { adapter: null, candidates: 4 },
    { adapter: 'custom', candidates: 3 },
    { adapter: 'prefix', candidates: 1 },
    { adapter: 'telly', candidates: 3, beam: { lengthPenalty: 1, earlyStopping: true } },
  ])('write what one in a thread writes, bit for bit: $adapter, $candidates', async ({ adapter, ...how }) => {
    const chosen = adapter === null ? null : { id: adapter, folder: ref.adapterDir(adapter) };
    const asked = request({ adapter: chosen, ...how });
    const expected = await collect(local.generateFromTokens(asked, never()));
    expect(expected.at(-1)?.kind).toBe('candidate');
    expect(await collect(workers.generator.generateFromTokens(asked, never()))).toEqual(expected);
  });

  test('an adapter that was evicted is gone from all, and from those that come later', async () => {
    const doomed = { id: 'x', folder: ref.adapterDir('last-decoder-block') };
    const crowd = () =>
      Promise.allSettled(
        Array.from({ length: 8 }, () =>
          collect(workers.generator.generateFromTokens(request({ adapter: doomed }), never())),
        ),
      );
    for (const { status } of await crowd()) expect(status).toBe('fulfilled');
    await workers.generator.evict(dirname(doomed.folder));
    const refused = { status: 'rejected', reason: { situation: 'adapter-refused' } };
    for (const end of await crowd()) expect(end).toMatchObject(refused);
    for (const worker of workers.ray.running) worker.kill('SIGKILL');
    await eventually(() => (workers.log().split('generation-worker-lost').length === 3 ? true : undefined));
    await workers.all();
    for (const end of await crowd()) expect(end).toMatchObject(refused);
    expect((await collect(workers.generator.generateFromTokens(request(), never()))).at(-1)?.kind).toBe('candidate');
  });
});

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'a worker that gets %s while it writes is not noticed by the caller, and another takes its place',
  async (signal) => {
    const { generator, ray, all, log } = await startWorkers(2, { baseModelDir: embeddedBase });
    await all();
    const how = { candidates: 1, maxNewTokens: 64, beam: null, faulty: null };
    const input = { ...example, tenantId: 'tenant', adapter: null, ...how };
    const expected = await collect(generator.generate(input, never()));
    expect(expected.length).toBeGreaterThan(20);
    const before = ray.running.map((worker) => ({ worker, ticks: cpuTicks(worker.pid ?? 0) }));
    const parts: GenerationPart[] = [];
    let disturbed: ChildProcess | undefined;
    for await (const part of generator.generate(input, never())) {
      parts.push(part);
      if (parts.length !== 6) continue;
      const worked = before.map(({ worker, ticks }) => ({ worker, ticks: cpuTicks(worker.pid ?? 0) - ticks }));
      disturbed = worked.sort((one, other) => other.ticks - one.ticks)[0]?.worker;
      disturbed?.kill(signal);
    }
    expect(shape(parts)).toEqual(shape(expected));
    expect(log().split('generation-done-again')).toHaveLength(2);
    await all();
    expect(log()).toContain('generation-worker-lost');
    // One that was only stopped finds that nobody waits for it any more.
    disturbed?.kill('SIGCONT');
    await eventually(() => (ray.running.length === 2 ? true : undefined));
    await generator.close();
    await eventually(() => (ray.running.length === 0 ? true : undefined));
  },
);

test('a server that stops ends workers that have not started yet', async () => {
  const { generator, ray } = await startWorkers(2);
  await eventually(() => (ray.running.length === 2 ? true : undefined));
  await generator.close();
  await eventually(() => (ray.running.length === 0 ? true : undefined));
});

test('a worker on a machine with another base model does not work, and the log says why', async () => {
  const { generator, ray, log } = await startWorkers(1, { baseModelSha256: 'f'.repeat(64) });
  await eventually(() => (log().includes('it is another on this machine than on the server') ? true : undefined));
  await generator.close();
  await eventually(() => (ray.running.length === 0 ? true : undefined));
});

test.each([
  { name: 'that was never permitted', folder: () => join(temporaryFolder('worker'), 'one'), code: 75 },
  { name: 'that its machine does not see', folder: () => '/nowhere/workers/one', code: 78 },
])('a worker with a folder $name does nothing', async ({ folder, code }) => {
  const ray = new ProcessesForRay();
  const command = [process.execPath, join(dirname(workerFile), 'generation-host.js'), folder()];
  await ray.submit({ id: 'one', command, cpus: 1, gpus: 0 });
  expect(await eventually(() => ray.jobs.get('one')?.exitCode ?? undefined)).toBe(code);
});

/** One worker without a pool. */
async function startWorker() {
  const { sha256 } = await readBaseModelFolder(ref.baseModelDir, 'header');
  const folder = new WorkerFolder(join(temporaryFolder('worker'), 'one'));
  const options = { baseModelDir: ref.baseModelDir, precision: 'float32', threads: 1 } as const;
  const key = await folder.permit({ ...options, maxConcurrentRequests: 2, sessionMemoryBytes: 1e9 }, sha256);
  const ray = new ProcessesForRay();
  const command = [process.execPath, join(dirname(workerFile), 'generation-host.js'), folder.path];
  await ray.submit({ id: 'one', command, cpus: 1, gpus: 0 });
  const answer = await eventually(() => folder.readAnswer(), 60_000);
  if (answer.kind === 'failed') throw new Error(answer.message);
  const ended = () => eventually(() => ray.jobs.get('one')?.exitCode ?? undefined);
  return { folder, key, answer, ended };
}

test('whoever does not hold the key is sent away, and the key is not on the wire', async () => {
  const { folder, key, answer, ended } = await startWorker();
  await expect(connectWorker(answer, Buffer.alloc(32))).rejects.toThrow();
  const spied: Buffer[] = [];
  const socket = connect(answer).on('data', (bytes) => spied.push(bytes));
  const write = socket.write.bind(socket);
  socket.write = (bytes: Buffer) => {
    spied.push(bytes);
    return write(bytes);
  };
  await proveAsServer(new FramedSocket(socket, 60), key);
  const wire = Buffer.concat(spied);
  expect(wire.length).toBeGreaterThan(100);
  expect([wire.includes(key), wire.includes(key.toString('hex'))]).toEqual([false, false]);
  // It works for one server alone.
  await expect(connectWorker(answer, key)).rejects.toThrow();
  await folder.remove();
  expect(await ended()).toBe(75);
});

test('a server works with no worker that does not hold the key', async () => {
  const impostor = createServer(async (socket) => {
    const framed = new FramedSocket(socket, 60);
    framed.send(Buffer.alloc(32));
    // What the server proved itself with, for want of something better.
    framed.send((await framed.next())?.subarray(32) ?? Buffer.alloc(0));
  });
  await new Promise<void>((listening) => impostor.listen(0, '127.0.0.1', listening));
  const { port } = impostor.address() as AddressInfo;
  await expect(connectWorker({ host: '127.0.0.1', port }, Buffer.alloc(32, 7))).rejects.toThrow(/holds another key/);
  await new Promise((closed) => impostor.close(closed));
  await expect(connectWorker({ host: '127.0.0.1', port }, Buffer.alloc(32, 7))).rejects.toThrow(/ECONNREFUSED/);
});

test('a worker ends when its server is gone', async () => {
  const { key, answer, ended } = await startWorker();
  const socket = connect(answer);
  await proveAsServer(new FramedSocket(socket, 60), key);
  socket.destroy();
  expect(await ended()).toBe(1);
});

test('a worker ends when its server has been silent for some seconds', async () => {
  const { key, answer, ended } = await startWorker();
  const socket = connect(answer);
  await proveAsServer(new FramedSocket(socket, 60), key);
  socket.write = () => true;
  expect(await ended()).toBe(1);
});
