import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { GenerateRequest, GenerateResponse } from '../../proto/gen/bespoke/v1/generation.ts';
import { createGenerator } from '../../server/generation/generator.ts';
import { RayJobs } from '../../server/processes/ray-jobs.ts';
import { bundledWorker } from './generation/bundled-worker.ts';
import { collect, never, startPool } from './generation/pool-under-test.ts';
import { reference } from './generation/reference.ts';
import type { Client } from './support/client.ts';
import { type RayUnderTest, startRay } from './support/ray-under-test.ts';
import { corpus, eventually, required, startRun } from './support/runs.ts';
import { endServers, startRefusedServer, startServer } from './support/server-under-test.ts';
import { cpuTicks, embeddedBase, example, workersIn } from './support/slow-generation.ts';

// Every process of Ray is a Python of its own.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

let ray: RayUnderTest;

beforeAll(async () => {
  ray = await startRay(2);
});

afterAll(async () => {
  await ray?.stop();
  await endServers();
  vi.unstubAllEnvs();
});

test('workers on two nodes write what a thread writes, bit for bit, and let an adapter go that is evicted', async () => {
  const ref = await reference('llama');
  const workerFile = await bundledWorker();
  const { baseModelDir } = ref;
  const local = await createGenerator({ baseModelDir, threads: 1, workerFile });
  const jobs = new RayJobs({ url: new URL(ray.url), token: ray.token });
  const { generator, folder, all } = await startPool({ jobs, workers: 2, workerFile, baseModelDir });
  await all();
  expect(new Set(workersIn(folder).map(({ namespace }) => namespace)).size).toBe(2);
  const requestOf = (strategy: string | null, candidates: number) => ({
    ...{ tenantId: 'tenant', candidates, tokens: ref.cases[1]?.source ?? [], beam: null, maxNewTokens: 24 },
    adapter: strategy === null ? null : { id: strategy, folder: ref.adapterDir(strategy) },
  });
  for (const strategy of [null, 'custom', 'prefix', 'telly'])
    for (const candidates of [1, 3]) {
      const request = requestOf(strategy, candidates);
      const expected = await collect(local.generateFromTokens(request, never()));
      expect(expected.at(-1)?.kind).toBe('candidate');
      expect(await collect(generator.generateFromTokens(request, never()))).toEqual(expected);
    }

  // As many as go to both nodes.
  const crowd = () =>
    Array.from({ length: 8 }, () => collect(generator.generateFromTokens(requestOf('custom', 1), never())));
  await Promise.all(crowd());
  await generator.evict(dirname(ref.adapterDir('custom')));
  for (const end of await Promise.allSettled(crowd()))
    expect(end).toMatchObject({ status: 'rejected', reason: { situation: 'adapter-refused' } });

  await generator.close();
  await local.close();
  await eventually(() => (workersIn(folder).length === 0 ? true : undefined));
});

test('a server generates while workers and the head of its cluster die, and leaves no worker behind', async () => {
  vi.stubEnv('RAY_AUTH_TOKEN', ray.token);
  const flags = ['--generators', `ray=${ray.url}`, '--generation-workers', '2', '--generation-threads', '1'];
  const server = await startServer({ baseModelDir: embeddedBase, flags });
  const client = server.client();
  const folder = join(server.dataDir, 'generation-workers');
  const count = (event: string) => server.log().split(`"event":"${event}"`).length - 1;
  const bothWork = () =>
    eventually(
      () => (count('generation-worker-ready') - count('generation-worker-lost') === 2 ? true : undefined),
      120_000,
    );
  await bothWork();
  const expected = await write(client);
  expect(expected.text.length).toBeGreaterThan(100);

  // A worker, while it writes.
  const before = workersIn(folder).map(({ pid }) => ({ pid, ticks: cpuTicks(pid) }));
  const disturbed = await write(client, () => {
    const busiest = before.sort((one, other) => cpuTicks(other.pid) - other.ticks - (cpuTicks(one.pid) - one.ticks))[0];
    process.kill(required(busiest).pid, 'SIGKILL');
  });
  expect(disturbed).toEqual(expected);
  expect(count('generation-done-again')).toBe(1);
  await bothWork();

  // The head, with what is on its node.
  const [head, node] = [required(ray.nodes[0]), required(ray.nodes[1])];
  const withoutHead = await write(client, () => void head.kill());
  expect(withoutHead).toEqual(expected);
  await eventually(() => (count('ray-is-away') === 1 && workersIn(folder).length === 1 ? true : undefined));
  expect(await write(client)).toEqual(expected);
  await head.restart();
  // A node whose head forgot it ends; whatever looks after its machine starts it again.
  await node.restart();
  await bothWork();
  expect(workersIn(folder)).toHaveLength(2);
  expect(await write(client)).toEqual(expected);

  expect(await server.stop()).toBe(0);
  await eventually(() => (workersIn(folder).length === 0 ? true : undefined));
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
});

test('a repository is forgotten while workers on two nodes write with its adapter', async () => {
  vi.stubEnv('RAY_AUTH_TOKEN', ray.token);
  const flags = ['--generators', `ray=${ray.url}`, '--generation-workers', '2', '--generation-threads', '1'];
  const server = await startServer({ flags });
  const client = server.client();
  await client.upload('repo', corpus);
  const { id: adapterId } = await startRun(client, 'run');
  await client.watch(adapterId);
  await eventually(() => (server.log().split('generation-worker-ready').length === 3 ? true : undefined), 120_000);
  const request: GenerateRequest = { ...baseRequest, model: { $case: 'adapterId', value: adapterId } };
  const candidatesOf = async (asked: GenerateRequest) => {
    let candidates = 0;
    for await (const { part } of client.generate(asked) as AsyncIterable<GenerateResponse>)
      if (part?.$case === 'candidate') candidates++;
    return candidates;
  };
  expect(await candidatesOf(request)).toBe(1);
  const writing = Array.from({ length: 12 }, () => candidatesOf({ ...request, candidates: 4 }));
  const [forgotten] = await Promise.all([client.forgetRepository('repo'), Promise.allSettled(writing)]);
  expect(forgotten).toMatchObject({ adapters: 1, runs: 1 });
  await expect(candidatesOf(request)).rejects.toMatchObject({ code: status.NOT_FOUND });
  expect(await candidatesOf(baseRequest)).toBe(1);
  expect(server.log()).not.toMatch(/generation-worker-lost|adapters-not-evicted/);
  await server.stop();
});

const baseRequest: GenerateRequest = {
  ...{ repository: 'repo', model: { $case: 'base', value: {} }, candidates: 1, maxNewTokens: 64 },
  ...{ focalClass: example.focalClass, focalMethod: example.focalMethod, nearestTests: [] },
  focalContext: { ...example.focalContext, relatedTypes: [] },
  ...{ lengthPenalty: undefined, faulty: undefined },
};

/** One streamed candidate of the base; `onSixth` happens while it is written. */
async function write(client: Client, onSixth?: () => void): Promise<{ text: string; candidate: string }> {
  let [text, candidate, deltas] = ['', '', 0];
  for await (const { part } of client.generate(baseRequest) as AsyncIterable<GenerateResponse>) {
    if (part?.$case === 'candidate') candidate = part.value.text;
    if (part?.$case !== 'delta') continue;
    text += part.value.text;
    if (++deltas === 6) onSixth?.();
  }
  return { text, candidate };
}

test.each([
  { flags: ['--generators', '2'], says: /--generators is not understood/ },
  { flags: ['--generators', 'ray=http://user:secret@host'], says: /--generators is not understood/ },
  { flags: ['--generation-workers', '2'], says: /--generators is missing/ },
  {
    flags: ['--generators', 'ray=http://127.0.0.1:9', '--generation-workers', '0'],
    says: /--generation-workers has the/,
  },
  { flags: () => ['--generators', `ray=${ray.url}`], says: /refuses the token: set RAY_AUTH_TOKEN/ },
])('the server refuses to start with $flags', async ({ flags, says }) => {
  vi.unstubAllEnvs();
  const { code, message } = await startRefusedServer({ flags: typeof flags === 'function' ? flags() : flags });
  expect(message).toMatch(says);
  expect(message).not.toContain('secret');
  expect(code).toBe(1);
});
