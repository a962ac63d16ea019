import type { TestPair } from '../../core/mining/test-pair.ts';
import { NearestTestIndex, queryOf } from '../../core/model-input/nearest-tests.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import { makeTrainingExample, type TrainingExample } from '../../core/model-input/training-example.ts';
import { writeDurably } from '../storage/durable-file.ts';
import type { Run } from './run.ts';

/** What the examples of a run are made with. */
export interface ExampleMaker {
  readonly tokenizer: Tokenizer;
  /** Most tokens of the model's input: the base model's `maxInputTokens`. */
  readonly mostInputTokens: number;
}

/**
 * Writes the run's examples file (`server/TRAINING_EXAMPLES.md`). The nearest tests of a training example come from the other training
 * pairs; those of validation and held-out examples too, so that nothing that is measured was shown anywhere. Gives way to other work
 * between examples; stops when `signal` says so. Throws `BespokeError` `disk-full`.
 */
export async function writeTrainingExamples(
  file: string,
  run: Run,
  pairs: readonly TestPair[],
  maker: ExampleMaker,
  signal: AbortSignal,
): Promise<void> {
  const splitOf = splitsById(run);
  const train = pairs.filter((pair) => splitOf.get(pair.id) === 'train');
  const index = new NearestTestIndex(train);
  const lines: string[] = [];
  const written = new Set<string>();
  let lastYieldMs = performance.now();
  for (const pair of pairs) {
    const split = splitOf.get(pair.id);
    if (split === undefined || written.has(pair.id)) continue;
    written.add(pair.id);
    const nearest = await index.nearest(queryOf(pair), run.nearestTests, new Set([pair.id]));
    const { tokenizer, mostInputTokens } = maker;
    lines.push(JSON.stringify(makeTrainingExample({ pair, nearest, split, mostInputTokens }, tokenizer)));
    if (performance.now() - lastYieldMs > YIELD_AFTER_MS) {
      await new Promise((next) => setImmediate(next));
      signal.throwIfAborted();
      lastYieldMs = performance.now();
    }
  }
  await writeDurably(file, lines.map((line) => `${line}\n`).join(''));
}

const YIELD_AFTER_MS = 15;

function splitsById(run: Run): Map<string, TrainingExample['split']> {
  const splits = new Map<string, TrainingExample['split']>();
  for (const id of run.trainPairIds) splits.set(id, 'train');
  for (const id of run.validationPairIds) splits.set(id, 'validation');
  for (const proof of run.proofs) for (const id of proof.pairIds) splits.set(id, `held-out-${proof.split}`);
  return splits;
}
