import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mineWorkspace } from '../core/mining/mine-workspace.ts';
import type { TestPair } from '../core/mining/test-pair.ts';
import { NEAREST_TESTS_OFFERED, NearestTestIndex, queryOf } from '../core/model-input/nearest-tests.ts';
import type { Tokenizer } from '../core/model-input/tokenizer.ts';
import { makeTrainingExample, type TrainingExample } from '../core/model-input/training-example.ts';
import { root } from '../test/server/support/places.ts';

/** Examples of the sample workspace as a personalization makes them, spread over all of it; each without its own test in the input. */
export async function sampleExamples(
  tokenizer: Tokenizer,
  inputBudgetTokens: number,
  count: number,
): Promise<TrainingExample[]> {
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
  const examples: TrainingExample[] = [];
  for (const pair of pairs.filter((_, at) => at % every === 0).slice(0, count)) {
    const nearest = await index.nearest(queryOf(pair), NEAREST_TESTS_OFFERED, new Set([pair.id]));
    examples.push(makeTrainingExample({ pair, nearest, split: 'train', inputBudgetTokens }, tokenizer));
  }
  return examples;
}
