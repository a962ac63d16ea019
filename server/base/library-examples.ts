import type { TestPair } from '../../core/mining/test-pair.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import { makeTrainingExample, type TrainingExample } from '../../core/model-input/training-example.ts';
import { type NearestKind, NearestMixture } from './nearest-mixture.ts';
import { rankPairs } from './rank-pairs.ts';

export interface ExampleOptions {
  readonly tokenizer: Tokenizer;
  readonly seed: number;
  readonly split: 'train' | 'validation';
  /** Most tokens of the model's input. */
  readonly mostInputTokens: number;
  /** Whether tests that an input shows are lessons too. A model with an encoder cannot learn from them: it does not predict its input. */
  readonly teachesShownTests: boolean;
  /** No library may dominate the others. */
  readonly mostPairs: number;
  readonly signal: AbortSignal;
}

/** An example with the pair that it was made from. */
export interface LibraryExample {
  readonly pair: TestPair;
  readonly nearest: NearestKind;
  readonly example: TrainingExample;
}

export interface LibraryExamples {
  readonly examples: readonly LibraryExample[];
  /** Pairs that gave no example, by reason. */
  readonly drops: Readonly<Record<ExampleDrop, number>>;
}

export type ExampleDrop = 'long-test' | 'long-input' | 'over-cap';

/** Longer tests cost most of the time and are mostly several tests in one. */
export const MOST_TARGET_TOKENS = 256;

/** Makes the examples of one library from the first pairs, in the order of `rankPairs`, that fit. */
export async function libraryExamples(pairs: readonly TestPair[], options: ExampleOptions): Promise<LibraryExamples> {
  const { tokenizer, seed, split, mostInputTokens, teachesShownTests, mostPairs, signal } = options;
  const mixture = new NearestMixture(pairs, seed);
  const examples: LibraryExample[] = [];
  const drops = { 'long-test': 0, 'long-input': 0, 'over-cap': 0 };
  // A shown test is as good a lesson as a target and costs little more, but only the first time.
  const shown = new Set<string>();
  const teaches = ({ id }: TestPair) => !shown.has(id) && shown.add(id).has(id);
  for (const pair of rankPairs(pairs, seed)) {
    if (examples.length === mostPairs) {
      drops['over-cap']++;
      continue;
    }
    const request = { pair, nearest: await mixture.nearest(pair), split, mostInputTokens };
    const example = makeTrainingExample(
      split === 'train' && teachesShownTests ? { ...request, teaches } : request,
      tokenizer,
    );
    shown.add(pair.id);
    if (example.target.length > MOST_TARGET_TOKENS) drops['long-test']++;
    else if (example.source.length > mostInputTokens) drops['long-input']++;
    else examples.push({ pair, nearest: mixture.kindOf(pair), example });
    // Lets an interruption through.
    if (examples.length % 32 === 0) await new Promise((next) => setImmediate(next));
    signal.throwIfAborted();
  }
  return { examples, drops };
}
