import type { TestPair } from '../mining/test-pair.ts';
import { assembleModelInput, nearestTestOf } from './assemble-model-input.ts';
import type { Tokenizer } from './tokenizer.ts';

/** One line of a training-examples file (`server/TRAINING_EXAMPLES.md`). Token ids, without special tokens. */
export interface TrainingExample {
  readonly pairId: string;
  readonly split: 'train' | 'validation' | 'held-out-by-pair' | 'held-out-by-focal-class';
  readonly source: readonly number[];
  readonly target: readonly number[];
  /** Parts of the source that are learned like the target, [start, end) each: only for tuning a base model. */
  readonly taughtSpans?: readonly (readonly [number, number])[];
}

/** What an example is made from. */
export interface TrainingExampleRequest {
  readonly pair: TestPair;
  /** Nearest first, without the pair itself: see `NearestTestIndex`. */
  readonly nearest: readonly TestPair[];
  readonly split: TrainingExample['split'];
  /** Most tokens of the model's input. */
  readonly mostInputTokens: number;
  /** Which nearest tests are learned too, where they are shown whole; when left out, none. */
  readonly teaches?: (nearest: TestPair) => boolean;
}

/** The example that teaches, or measures, the pair's test with the same input that generation gives. */
export function makeTrainingExample(request: TrainingExampleRequest, tokenizer: Tokenizer): TrainingExample {
  const { pair, nearest, split, mostInputTokens, teaches } = request;
  const input = assembleModelInput(
    {
      focalClass: pair.focalClass,
      focalMethod: pair.focalMethod,
      focalContext: pair.focalContext,
      nearestTests: nearest.map(nearestTestOf),
    },
    tokenizer,
    mostInputTokens,
  );
  const target = targetOf(pair, tokenizer).slice(0, MAX_TARGET_TOKENS);
  const example = { pairId: pair.id, split, source: input.tokens, target };
  if (teaches === undefined) return example;
  const taught = input.nearestTests.filter(({ index, isWhole }) => isWhole && teaches(nearest[index] as TestPair));
  return { ...example, taughtSpans: taught.map(({ start, end }) => [start, end] as const) };
}

/** Whether a model that writes at most `maxTargetTokens`, its end token among them, can write the pair's whole test. */
export function isWritable(pair: TestPair, tokenizer: Tokenizer, maxTargetTokens: number): boolean {
  return targetOf(pair, tokenizer).length < Math.min(maxTargetTokens, MAX_TARGET_TOKENS);
}

function targetOf(pair: TestPair, tokenizer: Tokenizer): readonly number[] {
  return tokenizer.encode(pair.testSource.trimEnd());
}

/** Longest target of a training example; about one test in twenty is longer. */
const MAX_TARGET_TOKENS = 512;
