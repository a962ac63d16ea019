import { beforeAll, describe, expect, test } from 'vitest';
import type { FinishedText } from '../../../core/decoding/decoding.ts';
import { loadTokenizer, type Tokenizer } from '../../../core/model-input/tokenizer.ts';
import { readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { readGraphDescription } from '../../../server/generation/graph-description.ts';
import { ModelCache } from '../../../server/generation/model-cache.ts';
import { Scheduler } from '../../../server/generation/scheduler.ts';
import { WeightStore } from '../../../server/generation/weight-store.ts';
import type { DecodingRequest } from '../../../server/generation/worker-protocol.ts';
import { SeededRandom } from '../../seeded-random.ts';
import { forcedLogProbabilities, forcedTogether } from './forced.ts';
import { architectures, type Reference, reference } from './reference.ts';

// Generation against PyTorch and Hugging Face, token by token, on tiny random checkpoints of every architecture.

const strategies = [null, 'custom', 'embeddings-output', 'last-decoder-block', 'telly', 'prefix'] as const;

describe.each(architectures)('%s', (architecture) => {
  let ref: Reference;
  let models: ModelCache;
  let tokenizer: Tokenizer;
  let endOfTarget: number;
  // T5 does not scale its scores, so rounding grows where these random ones are large.
  const tolerance = architecture === 't5' ? 5e-5 : 1e-5;

  beforeAll(async () => {
    ref = await reference(architecture);
    const base = await readBaseModelFolder(ref.baseModelDir);
    const graphs = await readGraphDescription(base.path);
    models = await ModelCache.open(base, graphs, 'float32', new WeightStore(base), 1, 1 << 28);
    tokenizer = await loadTokenizer(base.path);
    endOfTarget = base.manifest.tokens.endOfTarget;
  }, 300_000);

  const adapterDir = (strategy: string | null) => (strategy === null ? null : ref.adapterDir(strategy));
  const casesOf = (strategy: string | null) => ref.cases.filter((one) => one.strategy === strategy);

  test.each(strategies)('log-probabilities equal Hugging Face: %s', async (strategy) => {
    const served = await models.take(adapterDir(strategy), 'tenant');
    for (const { source, target, logProbabilities } of casesOf(strategy)) {
      const seen = await forcedLogProbabilities(served, source, target);
      expect(seen.length).toBe(logProbabilities.length);
      for (const [row, expected] of logProbabilities.entries()) expectNear(seen[row] ?? [], expected, tolerance);
    }
    models.giveBack(served);
  });

  test('whoever pauses while others go on loses nothing', async () => {
    const random = new SeededRandom(3);
    for (const strategy of [null, 'prefix']) {
      const served = await models.take(adapterDir(strategy), 'tenant');
      const cases = [...casesOf(strategy), ...casesOf(strategy)];
      const seen = await forcedTogether(served, cases, (members) => {
        const some = members.filter(() => random.pick([true, false]));
        return some.length > 0 ? some : members.slice(-1);
      });
      for (const [at, { logProbabilities }] of cases.entries())
        for (const [row, expected] of logProbabilities.entries())
          expectNear(seen[at]?.[row] ?? [], expected, tolerance);
      models.giveBack(served);
    }
  });

  const generateTogether = (requests: readonly GenerateOptions[]) => {
    const scheduler = new Scheduler(models, tokenizer, endOfTarget, 8);
    return Promise.all(requests.map((request) => generate(scheduler, request)));
  };

  test('greedy search equals Hugging Face, alone and beside others', async () => {
    const requests = ref.cases.map(({ strategy, source }) => ({
      tokens: source,
      adapterDir: adapterDir(strategy),
      decoding: { ...greedy, maxNewTokens: ref.maxNewTokens },
    }));
    const together = await generateTogether(requests);
    for (const [index, request] of requests.entries()) {
      const expected = ref.cases[index]?.greedy;
      const [alone] = await generateTogether([request]);
      for (const found of [alone, together[index]]) {
        expect(found?.[0]?.tokens).toEqual(expected?.tokens);
        expect(found?.[0]?.logProbability).toBeCloseTo(expected?.logProbability ?? 0, 2);
      }
    }
  });

  test('beam search equals Hugging Face, all searches side by side', async () => {
    const wanted = ref.cases.flatMap(({ strategy, source, beams }) =>
      beams.map((beam) => ({ ...beam, strategy, source })),
    );
    expect(wanted.length).toBeGreaterThan(20);
    const requests = wanted.map(({ strategy, source, width, lengthPenalty, earlyStopping }) => ({
      tokens: source,
      adapterDir: adapterDir(strategy),
      decoding: {
        ...greedy,
        candidates: width,
        maxNewTokens: ref.maxNewTokens,
        beam: { lengthPenalty, earlyStopping },
        faulty: null,
      },
    }));
    const found = await generateTogether(requests);
    for (const [index, { tokens }] of wanted.entries())
      expect(found[index]?.map((candidate) => candidate.tokens)).toEqual(tokens);
  });
});

const greedy: DecodingRequest = {
  candidates: 1,
  maxNewTokens: 24,
  atEndOfMethod: false,
  beam: null,
  faulty: null,
};

interface GenerateOptions {
  readonly tokens: readonly number[];
  readonly adapterDir: string | null;
  readonly decoding: DecodingRequest;
}

function generate(scheduler: Scheduler, options: GenerateOptions): Promise<readonly FinishedText[]> {
  return new Promise((resolve, reject) =>
    scheduler.add({
      ...options,
      tenantId: 'tenant',
      onStarted: () => {},
      onDelta: () => {},
      onFinished: resolve,
      onFailed: reject,
    }),
  );
}

/** Equal but for rounding: fp32 keeps seven digits of the largest value, and two programs add in another order. */
function expectNear(seen: readonly number[], expected: readonly number[], tolerance: number): void {
  const largest = Math.max(1, ...expected.map(Math.abs));
  const difference = Math.max(...expected.map((value, index) => Math.abs(value - (seen[index] ?? Number.NaN))));
  expect(difference / largest).toBeLessThan(tolerance);
}
