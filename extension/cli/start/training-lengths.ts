import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExampleLengths } from '../../../core/metrics/compute.ts';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { NearestTestIndex, queryOf } from '../../../core/model-input/nearest-tests.ts';
import { loadTokenizer } from '../../../core/model-input/tokenizer.ts';
import { makeTrainingExample } from '../../../core/model-input/training-example.ts';
import type { PersonalizationRun } from '../../client/run.ts';

/**
 * Tokens of each example that a run trained on, as the server made them of the same pairs: what compute is counted from. The special
 * token at the end of the target is learned like the others.
 */
export async function trainingLengths(
  run: PersonalizationRun,
  pairs: readonly TestPair[],
  baseModelDir: string,
): Promise<ExampleLengths[]> {
  const tokenizer = await loadTokenizer(baseModelDir);
  const manifest = JSON.parse(await readFile(join(baseModelDir, 'manifest.json'), 'utf8')) as {
    readonly maxInputTokens: number;
  };
  const isTrained = new Set(run.trainPairIds);
  const train = pairs.filter(({ id }) => isTrained.has(id));
  const index = new NearestTestIndex(train);
  const lengths: ExampleLengths[] = [];
  for (const pair of train) {
    const nearest = await index.nearest(queryOf(pair), run.nearestTests, new Set([pair.id]));
    const request = { pair, nearest, split: 'train', mostInputTokens: manifest.maxInputTokens } as const;
    const { source, target } = makeTrainingExample(request, tokenizer);
    lengths.push({ sourceTokens: source.length, targetTokens: target.length + 1 });
  }
  return lengths;
}
