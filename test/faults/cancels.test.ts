import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { text as collect } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GenerateResponse, GenerationServiceService } from '../../proto/gen/bespoke/v1/generation.ts';
import { PersonalizationServiceService } from '../../proto/gen/bespoke/v1/personalization.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Client } from '../server/support/client.ts';
import { eventually, required } from '../server/support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from '../server/support/server-under-test.ts';
import { faultRun } from './fault-run.ts';
import { importLargeAdapter } from './large-adapter.ts';
import { MemoryGrowth } from './memory-growth.ts';
import { promptRequest } from './prompts.ts';
import { RawCall } from './raw-call.ts';
import { cancelScheduled } from './scheduled-cancels.ts';
import { serverDefects } from './server-defects.ts';

const faults = faultRun('cancels');
// On a busy machine everything takes its time.
const TIMEOUT_MS = faults.isLong ? faults.timeoutMs : 600_000;
const figures: Record<string, number> = {};
const report = (more: Record<string, number>) => faults.report(Object.assign(figures, more));

let server: ServerUnderTest;

beforeAll(async () => {
  const flags = ['--tenant-requests-per-second', '1000000', '--tenant-generations', '1000', '--metrics-port', '0'];
  server = await startServer({ flags: [...flags, '--generation-threads', '1', '--generation-precision', 'float32'] });
}, 900_000);
afterAll(endServers);

test(
  'the generator gives a cancelled request no step more',
  async () => {
    const { cancelled, mostSteps, kept, results } = await cancelScheduled(
      faults.amount(60, 10_000),
      new SeededRandom(5),
    );
    report({
      scheduledCancels: cancelled,
      mostStepsAfterACancel: mostSteps,
      placesKept: kept,
      resultsAfterACancel: results,
    });
    expect({ kept, results }).toEqual({ kept: 0, results: 0 });
    expect(mostSteps).toBeLessThanOrEqual(1);
  },
  TIMEOUT_MS,
);

test(
  'calls that are cancelled, run out of time or lose their connection leave nothing behind',
  async () => {
    const random = new SeededRandom(9);
    // So many that the ups and downs of the collected heap, some 7 %, do not look like growth.
    const wanted = faults.amount(40, 40_000);
    const client = server.client();
    await finish(client);
    const freeBeforeMs = await allFinish(client);
    const before = await sample('bespoke_nodejs_active_handles_total');
    const memory = new MemoryGrowth(() => residentBytes());
    const counts = { cancelled: 0, outOfTime: 0, cut: 0, finished: 0 };
    const lane = async () => {
      while (counts.cancelled + counts.outOfTime + counts.cut < wanted) {
        const way = random.integer(5);
        if (way < 3) counts[await cancel(client, random)] += 1;
        else if (way === 3) counts[await runOutOfTime(client, random)] += 1;
        else {
          await cutConnection(random);
          counts.cut += 1;
        }
        const done = counts.cancelled + counts.outOfTime + counts.cut;
        if (done > wanted / 5 && done % Math.ceil(wanted / 60) === 0) memory.sample();
      }
    };
    await Promise.all(Array.from({ length: 12 }, lane));
    const freeAfterMs = await allFinish(client);
    const left = async () => [
      await sample('bespoke_calls_in_flight'),
      await sample('bespoke_generations_waiting'),
      Math.max(0, (await sample('bespoke_nodejs_active_handles_total')) - before),
    ];
    await eventually(async () => (String(await left()) === '0,0,0' ? true : undefined), 10_000).catch(() => {});
    const [inFlight = 0, waiting = 0, handles = 0] = await left();
    report({ ...counts, freeBeforeMs, freeAfterMs, inFlight, waiting, handles, memoryGrowthPercent: memory.percent });
    expect({ inFlight, waiting, handles, defects: serverDefects(server) }).toEqual({
      ...{ inFlight: 0, waiting: 0, handles: 0, defects: [] },
    });
    for (const count of [counts.cancelled, counts.outOfTime, counts.cut]) expect(count).toBeGreaterThan(0);
    if (faults.isLong) expect(memory.percent).toBeLessThan(5);
  },
  TIMEOUT_MS,
);

test(
  'who reads nothing holds less than 1 MB of the server',
  async () => {
    const readers = faults.isLong ? 40 : 12;
    const bytes = 24 << 20;
    const adapterId = await importLargeAdapter(server.address, bytes);
    const exported = PersonalizationServiceService.exportAdapter;
    const message = exported.requestSerialize({ adapterId });
    // One that reads: what the first export takes stays with the server.
    const reader = new RawCall(server.address, exported.path, message);
    expect(await reader.read()).toBeGreaterThan(bytes);
    reader.cut();
    const before = await settledBytes();
    const unread = Array.from({ length: readers }, () => new RawCall(server.address, exported.path, message, 0));
    await Promise.all(unread.map(({ begun }) => begun));
    let most = 0;
    for (let at = 0; at < 20; at++) {
      await setTimeout(50);
      most = Math.max(most, residentBytes());
    }
    for (const call of unread) call.cut();
    const held = Math.round((most - before) / readers / 1000);
    report({ unreadAnswers: readers, kilobytesHeldByEach: held });
    expect(held).toBeLessThan(1000);
    await eventually(async () => ((await sample('bespoke_calls_in_flight')) === 0 ? true : undefined));
  },
  TIMEOUT_MS,
);

/** A candidate stream with several widths, so that groups come and go. */
const anyRequest = (random: SeededRandom) =>
  promptRequest(0, { maxNewTokens: 400, candidates: random.pick([1, 1, 3, 8]) });

async function finish(client: Client): Promise<void> {
  const stream = client.generate(promptRequest(0, { maxNewTokens: 4 })) as AsyncIterable<GenerateResponse>;
  for await (const { part } of stream) if (part?.$case === 'finished') return;
  throw new Error('A stream without its end.');
}

/** As many as are decoded together, so that every place is needed; returns how long they took. */
async function allFinish(client: Client): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: 8 }, () => finish(client)));
  return Math.round(performance.now() - startedMs);
}

async function cancel(client: Client, random: SeededRandom): Promise<'cancelled' | 'finished'> {
  const call = client.generate(anyRequest(random));
  const ended = new Promise<'cancelled' | 'finished'>((done) => {
    call.on('data', () => {});
    call.on('error', () => done('cancelled'));
    call.on('end', () => done('finished'));
  });
  await Promise.race([setTimeout(random.next() ** 2 * 60), ended]);
  call.cancel();
  return ended;
}

async function runOutOfTime(client: Client, random: SeededRandom): Promise<'outOfTime' | 'finished'> {
  const deadline = Date.now() + 1 + random.integer(40);
  const call = client.generation.generate(anyRequest(random), client.metadata, { deadline });
  return new Promise((done) => {
    call.on('data', () => {});
    call.on('error', () => done('outOfTime'));
    call.on('end', () => done('finished'));
  });
}

async function cutConnection(random: SeededRandom): Promise<void> {
  const { path, requestSerialize } = GenerationServiceService.generate;
  const call = new RawCall(server.address, path, requestSerialize(anyRequest(random)));
  if (random.next() < 0.7) await Promise.race([call.begun, setTimeout(100)]);
  await setTimeout(random.next() * 20);
  call.cut();
}

/** What the server takes once it has given back what it needs no more. */
async function settledBytes(): Promise<number> {
  let bytes = residentBytes();
  for (let quietFor = 0, at = 0; quietFor < 4 && at < 40; at++) {
    await setTimeout(250);
    const now = residentBytes();
    quietFor = Math.abs(now - bytes) < 1_000_000 ? quietFor + 1 : 0;
    bytes = now;
  }
  return bytes;
}

async function sample(name: string): Promise<number> {
  const port = /"metrics-listening","port":(\d+)/.exec(server.log())?.[1];
  // Over a connection of its own, which would else be one of those that are counted.
  const text = await new Promise<string>((done, failed) => {
    get({ port, path: '/metrics', agent: false }, (answer) => collect(answer).then(done, failed)).on('error', failed);
  });
  return Number(required(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]));
}

function residentBytes(): number {
  return Number(readFileSync(`/proc/${server.process.pid}/statm`, 'latin1').split(' ')[1]) * 4096;
}
