import type { TestPair } from '../mining/test-pair.ts';
import { assembleModelInput, nearestTestOf } from './assemble-model-input.ts';
import type { Tokenizer } from './tokenizer.ts';

/** One line of a training-examples file (`server/TRAINING_EXAMPLES.md`). Token ids, without special tokens. */
export interface TrainingExample {
  readonly pairId: string;
  readonly split: 'train' | 'validation' | 'held-out-by-pair' | 'held-out-by-focal-class';
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** What an example is made from. */
export interface TrainingExampleRequest {
  readonly pair: TestPair;
  /** Nearest first, without the pair itself: see `NearestTestIndex`. */
  readonly nearest: readonly TestPair[];
  readonly split: TrainingExample['split'];
  /** Most tokens of the model's input. */
  readonly inputBudgetTokens: number;
}

/** The example that teaches, or measures, the pair's test with the same input that generation gives. */
export function makeTrainingExample(request: TrainingExampleRequest, tokenizer: Tokenizer): TrainingExample {
  const { pair, nearest, split, inputBudgetTokens } = request;
  const input = assembleModelInput(
    {
      focalClass: pair.focalClass,
      focalMethod: pair.focalMethod,
      focalContext: pair.focalContext,
      nearestTests: nearest.map(nearestTestOf),
    },
    tokenizer,
    inputBudgetTokens,
  );
  const target = tokenizer.encode(pair.testSource.trimEnd()).slice(0, MAX_TARGET_TOKENS);
  return { pairId: pair.id, split, source: input.tokens, target };
}

/** Longest target of a training example; about one test in twenty is longer. */
const MAX_TARGET_TOKENS = 512;
