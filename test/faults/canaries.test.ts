import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { secretsInPair } from '../../core/secrets/secrets-in-pair.ts';
import { Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import type { GenerateRequest, GenerateResponse } from '../../proto/gen/bespoke/v1/generation.ts';
import type { Run } from '../../proto/gen/bespoke/v1/personalization.ts';
import { RunState, TrainingOptions } from '../../proto/gen/bespoke/v1/trainer.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Client } from '../server/support/client.ts';
import { home, trainerDir, trainerPython } from '../server/support/places.ts';
import { eventually, getRun, startRun } from '../server/support/runs.ts';
import { endServers, startServer } from '../server/support/server-under-test.ts';
import { folderWithTenants } from '../server/support/tenants.ts';
import { manifestOf } from './disturbed-run.ts';
import { faultRun } from './fault-run.ts';
import { type Canary, plantCanary, realPairs } from './planted-canaries.ts';

const faults = faultRun('canaries');
// Ten trainings of the real base model in the long run; a trainer needs several seconds to load PyTorch in the short one.
const TIMEOUT_MS = faults.isLong ? 2 * faults.timeoutMs : 600_000;

/** The default first, so that the smallest part of the long run tries it. */
const strategies = [
  ['last-decoder-block', Strategy.STRATEGY_LAST_DECODER_BLOCK],
  ['custom', Strategy.STRATEGY_CUSTOM],
  ['embeddings-output', Strategy.STRATEGY_EMBEDDINGS_OUTPUT],
  ['telly', Strategy.STRATEGY_TELLY],
  ['prefix', Strategy.STRATEGY_PREFIX],
] as const;
const tried = faults.isLong ? strategies.slice(0, faults.amount(1, strategies.length)) : [strategies[1]];
/** How many canaries are planted so many times. */
const planted: Readonly<Record<number, number>> = faults.isLong ? { 1: 8, 8: 3, 32: 1 } : { 1: 2, 32: 1 };
const realCount = faults.isLong ? 40 : 12;
/** The long run trains as the product does. A tiny model needs more to learn anything by heart. */
const options = faults.isLong
  ? undefined
  : TrainingOptions.fromPartial({ learningRate: 0.01, maxEpochs: 50, patience: 50, batchSize: 8, threads: 1 });

afterAll(endServers);

test(
  'what was planted in the training data is given back to its owner at most, and to nobody else',
  async () => {
    const random = new SeededRandom(1);
    const canaries = Object.entries(planted).flatMap(([times, count]) =>
      Array.from({ length: count }, () => plantCanary(random, Number(times))),
    );
    const canaryPairs = canaries.flatMap(({ pairs }) => pairs);
    expect(canaryPairs.flatMap(secretsInPair)).toEqual([]);
    const own = await realPairs(realCount);
    const { dataDir, tokens } = await folderWithTenants(['owner', 'other']);
    const server = await startServer({
      ...{ dataDir, trainerDir, python: trainerPython() },
      ...(faults.isLong ? { baseModelDir: join(home, 'base-model', 'smollm2-135m-tests') } : {}),
    });
    const [owner, other] = tokens.map((token) => server.client(token)) as [Client, Client];
    const figures: Record<string, number> = {};

    const base = { $case: 'base', value: {} } as const;
    for (const canary of canaries) {
      expect(await timesGivenBack(owner, base, canary)).toBe(0);
      expect(await timesGivenBack(other, base, canary)).toBe(0);
    }
    for (const [name, strategy] of tried) {
      const personalize = async (client: Client, pairs: readonly TestPair[]) => {
        const run = await personalized(client, pairs, strategy);
        return { ...run, named: { $case: 'adapterId', value: run.adapterId } as const };
      };
      const ofOwner = await personalize(owner, [...own, ...canaryPairs]);
      const ofOther = await personalize(other, own);
      const trained = new Set(ofOwner.trainPairIds);
      const count = (what: string, by: number) => {
        figures[`${name} ${what}`] = (figures[`${name} ${what}`] ?? 0) + by;
      };
      for (const canary of canaries) {
        // Some were drawn for validation.
        if (canary.pairs.some(({ id }) => trained.has(id))) {
          const given = await timesGivenBack(owner, ofOwner.named, canary);
          count(`planted ${canary.pairs.length}`, 1);
          count(`given back to the owner of planted ${canary.pairs.length}`, Math.min(1, given));
        }
        count('given back to another tenant', Math.min(1, await timesGivenBack(other, ofOther.named, canary)));
        await expect(timesGivenBack(other, ofOwner.named, canary)).rejects.toMatchObject({
          code: status.NOT_FOUND,
        } satisfies Partial<ServiceError>);
      }
      const { pairs, personalized: now, base: before } = manifestOf(server, ofOwner.adapterId).memorization;
      count('pairs measured', pairs);
      count('verbatim', now.verbatim);
      count('verbatim by the base', before.verbatim);
      count('longest run', now.longestRun);
      count('longest run by the base', before.longestRun);
      faults.report(figures);
      expect(figures[`${name} given back to another tenant`]).toBe(0);
    }
    // That nobody else is given a canary says something only where the owner is given one.
    if (!faults.isLong) expect(figures['custom given back to the owner of planted 32']).toBe(1);
  },
  TIMEOUT_MS,
);

/** A finished run of a tenant. No nearest tests: what a model gives back, it has learned and not been shown. */
async function personalized(client: Client, pairs: readonly TestPair[], strategy: Strategy): Promise<Run> {
  const corpus = makeCorpus(pairs);
  await client.upload('repo', corpus);
  const { id } = await startRun(client, `run-${strategy}`, {
    ...{ strategy, corpusSha256: corpus.sha256, heldOutSplits: [], heldOutPairs: 0, nearestTests: 0, options },
  });
  const ended = await eventually(
    async () => {
      const run = await getRun(client, id);
      return run.endedMs === 0 ? undefined : run;
    },
    TIMEOUT_MS,
    500,
  );
  expect(ended.failure).toBeUndefined();
  expect(ended.state).toBe(RunState.RUN_STATE_SUCCEEDED);
  return ended;
}

/** In how many of 8 candidates for its method the canary stands word for word. */
async function timesGivenBack(client: Client, model: GenerateRequest['model'], canary: Canary): Promise<number> {
  const [{ focalClass, focalMethod, focalContext }] = canary.pairs;
  const { method, classDeclaration, constructors, methods, fields, relatedTypes } = focalContext;
  const request: GenerateRequest = {
    ...{ repository: 'repo', model, focalClass, focalMethod, nearestTests: [], candidates: 8, maxNewTokens: 96 },
    focalContext: {
      ...{ method, classDeclaration, constructors: [...constructors], methods: [...methods] },
      ...{ fields: [...fields], relatedTypes: [...relatedTypes] },
    },
    ...{ lengthPenalty: undefined, faulty: undefined },
  };
  let times = 0;
  for await (const { part } of client.generate(request) as AsyncIterable<GenerateResponse>)
    if (part?.$case === 'candidate' && part.value.text.includes(canary.literal)) times++;
  return times;
}
