import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HeldOutSplit, Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import type { GenerateRequest, GenerateResponse } from '../../proto/gen/bespoke/v1/generation.ts';
import { type RunEvent, RunState, TrainingOptions } from '../../proto/gen/bespoke/v1/trainer.ts';
import { tensorsHash } from '../faults/disturbed-run.ts';
import type { Client } from './support/client.ts';
import { trainerDir, trainerPython } from './support/places.ts';
import { corpus, eventually, getRun, required, startRun } from './support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from './support/server-under-test.ts';

// A trainer needs several seconds to load PyTorch, and more on a busy machine.
vi.setConfig({ testTimeout: 400_000 });

const options = TrainingOptions.fromPartial({
  seed: 3,
  learningRate: 0.01,
  maxEpochs: 2,
  batchSize: 16,
  computeType: 'float32',
  threads: 1,
  checkpointEverySteps: 2,
});
const isCheckpoint = (event: RunEvent) => event.event?.$case === 'checkpointWritten';

async function generate(client: Client, model: GenerateRequest['model'], more: Partial<GenerateRequest> = {}) {
  const parts: GenerateResponse['part'][] = [];
  const pair = required(corpus.chunks[0]?.pairs[0]);
  const focalContext = {
    ...pair.focalContext,
    constructors: [...pair.focalContext.constructors],
    methods: [],
    fields: [],
    relatedTypes: [],
  };
  const request = {
    repository: 'repo',
    model,
    focalClass: pair.focalClass,
    focalMethod: pair.focalMethod,
    focalContext,
    nearestTests: [
      { focalClass: pair.focalClass, focalMethodSource: pair.focalContext.method, testSource: pair.testSource },
    ],
    candidates: 1,
    maxNewTokens: 24,
    lengthPenalty: undefined,
    faulty: undefined,
    ...more,
  };
  for await (const response of client.generate(request) as AsyncIterable<GenerateResponse>) parts.push(response.part);
  return parts;
}
const casesOf = (parts: readonly GenerateResponse['part'][]) => parts.map((part) => part?.$case);
const textsOf = (parts: readonly GenerateResponse['part'][]) =>
  parts.flatMap((part) => (part?.$case === 'candidate' ? [part.value.text] : []));

describe('with the real trainer and a real tiny model', () => {
  let server: ServerUnderTest;
  let client: Client;
  const real = () => ({ trainerDir, python: trainerPython() });
  beforeAll(async () => {
    server = await startServer(real());
    client = server.client();
    await client.upload('repo', corpus);
  });
  afterAll(endServers);

  test('a run ends with an adapter that beats the base, is activated and writes', async () => {
    const run = await startRun(client, 'real', { strategy: Strategy.STRATEGY_LAST_DECODER_BLOCK, options });
    const events = await client.watch(run.id);
    const ended = await getRun(client, run.id);
    expect(ended.failure).toBeUndefined();
    expect(ended.state).toBe(RunState.RUN_STATE_SUCCEEDED);
    for (const split of [HeldOutSplit.HELD_OUT_SPLIT_BY_PAIR, HeldOutSplit.HELD_OUT_SPLIT_BY_FOCAL_CLASS]) {
      const proof = required(ended.proofs.find((one) => one.split === split));
      expect(required(proof.personalized).loss).toBeLessThan(required(proof.base).loss);
      expect(proof.base?.pairs).toHaveLength(proof.pairIds.length);
    }
    const written = events.find((event) => event.event?.$case === 'adapterWritten')?.event;
    const [adapter] = (await client.listAdapters('repo')).adapters;
    expect(adapter?.trainedParameters).toBe(written?.$case === 'adapterWritten' ? written.value.trainedParameters : 0);

    const base = await generate(client, { $case: 'base', value: {} });
    expect(casesOf(base).filter((name) => name !== 'delta')).toEqual(['started', 'candidate', 'finished']);
    expect(base[0]).toMatchObject({ value: { adapterId: '', nearestTestsUsed: 1 } });
    expect(await generate(client, { $case: 'active', value: {} })).toMatchObject([
      { value: { adapterId: '' } },
      ...base.slice(1).map(() => ({})),
    ]);

    await client.activateAdapter(ended.adapterId);
    const active = await generate(client, { $case: 'active', value: {} });
    expect(active[0]).toMatchObject({ $case: 'started', value: { adapterId: ended.adapterId } });
    expect(textsOf(active)).not.toEqual(textsOf(base));
    const named = await generate(client, { $case: 'adapterId', value: ended.adapterId });
    expect(textsOf(named)).toEqual(textsOf(active));
    expect(textsOf(await generate(client, { $case: 'base', value: {} }))).toEqual(textsOf(base));
  });

  test('several candidates are distinct and best first', async () => {
    const parts = await generate(client, { $case: 'base', value: {} }, { candidates: 4, maxNewTokens: 12 });
    const candidates = parts.flatMap((part) => (part?.$case === 'candidate' ? [part.value] : []));
    expect(candidates.map((candidate) => candidate.rank)).toEqual(candidates.map((_, at) => at));
    expect(new Set(candidates.map((candidate) => candidate.text)).size).toBe(candidates.length);
    expect(candidates.length).toBeGreaterThan(1);
  });

  test('refuses what it cannot do', async () => {
    const check = async (request: Promise<unknown>, code: status, sentence: RegExp) => {
      const error = await request.then(
        () => undefined,
        (thrown: ServiceError) => thrown,
      );
      expect([status[error?.code ?? 0], error?.details]).toEqual([status[code], expect.stringMatching(sentence)]);
    };
    const base = { $case: 'base', value: {} } as const;
    await check(generate(client, undefined), status.INVALID_ARGUMENT, /chooses no model/);
    await check(
      generate(client, base, { candidates: 0 }),
      status.INVALID_ARGUMENT,
      /asks for 0 candidates: ask for 1 to 8/,
    );
    await check(generate(client, base, { candidates: 9 }), status.INVALID_ARGUMENT, /asks for 9 candidates/);
    await check(
      generate(client, base, { focalContext: undefined }),
      status.INVALID_ARGUMENT,
      /focal context is missing/,
    );
    await check(generate(client, base, { repository: '' }), status.INVALID_ARGUMENT, /no valid name/);
    await check(generate(client, base, { lengthPenalty: Number.NaN }), status.INVALID_ARGUMENT, /length penalty/);
    const faulty = { text: 'void t() {}', start: 5, end: 5 };
    await check(generate(client, base, { faulty }), status.INVALID_ARGUMENT, /faulty part/);
    const beside = { faulty: { ...faulty, end: 6 }, lengthPenalty: 1 };
    await check(generate(client, base, beside), status.INVALID_ARGUMENT, /beam search that rewrites/);
    await check(generate(client, { $case: 'adapterId', value: 'nothing' }), status.NOT_FOUND, /adapter with this id/);
  });

  test('a cancelled generation frees its place', async () => {
    const request = { $case: 'base', value: {} } as const;
    const pair = required(corpus.chunks[0]?.pairs[0]);
    const focalContext = { ...pair.focalContext, constructors: [], methods: [], fields: [], relatedTypes: [] };
    const calls = Array.from({ length: 20 }, () =>
      client.generate({
        ...{ repository: 'repo', model: request, focalClass: 'A', focalMethod: 'a', focalContext, nearestTests: [] },
        ...{ candidates: 8, maxNewTokens: 500, lengthPenalty: 1, faulty: undefined },
      }),
    );
    const ends = calls.map(
      (call) => new Promise((end) => call.on('error', (error: ServiceError) => end(error.code)).on('data', () => {})),
    );
    await new Promise((next) => setTimeout(next, 300));
    for (const call of calls) call.cancel();
    expect(new Set(await Promise.all(ends))).toEqual(new Set([status.CANCELLED]));
    const startedMs = Date.now();
    await generate(client, request, { maxNewTokens: 2 });
    expect(Date.now() - startedMs).toBeLessThan(5000);
  });

  test('kill -9 of trainer and server in one run: the adapter equals that of an uninterrupted run, bit for bit', async () => {
    // Long enough that the kill comes before the end, whatever the machine.
    const request = { strategy: Strategy.STRATEGY_CUSTOM, options: { ...options, maxEpochs: 4, patience: 4 } };
    const whole = await startRun(client, 'whole', request);
    await client.watch(whole.id);
    expect((await getRun(client, whole.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);

    const broken = await startRun(client, 'broken', request);
    await client.watch(broken.id, 0, isCheckpoint);
    const pid = await eventually(
      () =>
        /"trainer-started","runId":"([^"]+)","pid":(\d+)/.exec(
          server
            .log()
            .split('\n')
            .findLast((line) => line.includes('trainer-started')) ?? '',
        )?.[2],
    );
    process.kill(Number(pid), 'SIGKILL');
    await eventually(() => (server.log().match(/trainer-restarts/g) === null ? undefined : true));
    await server.kill();

    server = await startServer({ ...real(), dataDir: server.dataDir });
    client = server.client();
    await client.watch(broken.id);
    const ended = await getRun(client, broken.id);
    expect(ended.failure).toBeUndefined();
    expect(ended.state).toBe(RunState.RUN_STATE_SUCCEEDED);
    expect(tensorsHash(server, broken.id)).toBe(tensorsHash(server, whole.id));
    expect(ended.proofs).toEqual((await getRun(client, whole.id)).proofs);
  });

  test('auto probes every strategy, and the chosen one ends with an adapter of its own', async () => {
    const few = { maxEpochs: 1, batchSize: 8, prefixLength: 8 };
    const request = { strategy: Strategy.STRATEGY_AUTO, options: { ...options, ...few } };
    const run = await startRun(client, 'auto', request);
    const events = await client.watch(run.id);
    const ended = await getRun(client, run.id);
    expect(ended.failure).toBeUndefined();
    const of = (kind: string) => events.filter((event) => event.event?.$case === kind);
    expect([of('strategyProbed').length, of('strategyLeftOut').length, of('strategyChosen').length]).toEqual([5, 0, 1]);
    const choice = of('strategyChosen')[0]?.event;
    const { strategy, predictions } = required(choice?.$case === 'strategyChosen' ? choice.value : undefined);
    expect([ended.strategy, ended.requestedStrategy]).toEqual([strategy, Strategy.STRATEGY_AUTO]);
    for (const { minutes, petaflopSeconds, megabytes } of predictions)
      expect(Math.min(minutes, petaflopSeconds, megabytes)).toBeGreaterThan(0);
    const adapter = (await client.listAdapters('repo')).adapters.find(({ runId }) => runId === run.id);
    expect(adapter?.strategy).toBe(strategy);
    const expected = required(predictions.find((one) => one.strategy === strategy));
    // What was expected of its size is what it weighs, less names and hashes.
    expect(expected.megabytes * 1e6).toBeLessThan(required(adapter).bytes);
    expect(expected.megabytes * 1e6).toBeGreaterThan(0.5 * required(adapter).bytes);
    for (const proof of ended.proofs) expect(required(proof.personalized).loss).toBeLessThan(required(proof.base).loss);
  });

  test('cancelling the real trainer', async () => {
    const run = await startRun(client, 'cancelled', { options: { ...options, maxEpochs: 500 } });
    await client.watch(run.id, 0, isCheckpoint);
    const startedMs = Date.now();
    expect((await client.cancelRun(run.id)).run?.state).toBe(RunState.RUN_STATE_CANCELLED);
    expect(Date.now() - startedMs).toBeLessThan(5000);
  });

  test('a strategy option that the trainer refuses fails the run with its sentence', async () => {
    const run = await startRun(client, 'refused', { options: { ...options, learningRate: 7 } });
    await client.watch(run.id);
    expect((await getRun(client, run.id)).failure).toEqual({
      reason: 'invalid-spec',
      message: expect.stringMatching(/learningRate must be a number between 0 and 1; send a corrected one\.$/),
    });
  });
});
