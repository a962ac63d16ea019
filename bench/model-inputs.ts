import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mineWorkspace } from '../core/mining/mine-workspace.ts';
import type { TestPair } from '../core/mining/test-pair.ts';
import { NEAREST_TESTS_OFFERED, NearestTestIndex, queryOf } from '../core/model-input/nearest-tests.ts';
import type { Tokenizer } from '../core/model-input/tokenizer.ts';
import { makeTrainingExample, type TrainingExample } from '../core/model-input/training-example.ts';
import { root } from '../test/server/support/places.ts';

/** A pair of the sample workspace, and its nearest tests without its own. */
export interface SamplePair {
  readonly pair: TestPair;
  readonly nearest: readonly TestPair[];
}

/** Pairs of the sample workspace, spread over all of it. */
export async function samplePairs(count: number): Promise<SamplePair[]> {
  const pairs: TestPair[] = [];
  const records = mineWorkspace({
    workspace: join(root, 'test', 'sample'),
    mode: 'default',
    threads: 0,
    cacheFile: join(mkdtempSync(join(tmpdir(), 'bespoke-bench-')), 'mining-cache'),
    signal: new AbortController().signal,
  });
  for await (const record of records) if (record.kind === 'pair') pairs.push(record.pair);
  const index = new NearestTestIndex(pairs);
  const every = Math.max(1, Math.floor(pairs.length / count));
  const chosen = pairs.filter((_, at) => at % every === 0).slice(0, count);
  return Promise.all(
    chosen.map(async (pair) => ({
      pair,
      nearest: await index.nearest(queryOf(pair), NEAREST_TESTS_OFFERED, new Set([pair.id])),
    })),
  );
}

/** Examples of the sample workspace as a personalization makes them, spread over all of it; each without its own test in the input. */
export async function sampleExamples(
  tokenizer: Tokenizer,
  mostInputTokens: number,
  count: number,
): Promise<TrainingExample[]> {
  const pairs = await samplePairs(count);
  return pairs.map((one) => makeTrainingExample({ ...one, split: 'train', mostInputTokens }, tokenizer));
}
