import { NEAREST_TESTS_OFFERED } from '../../core/model-input/nearest-tests.ts';
import type { Strategy } from '../runs/strategy.ts';
import type { Library } from './corpus-recipe.ts';

/** How one personalization of a library is trained and measured. */
export interface EvaluationSetting {
  readonly strategy: Strategy;
  /** From 0; no pair is held out in two folds. */
  readonly fold: number;
  /** Most of the library's nearest tests in the model's input; with 0 it is the papers' setting. */
  readonly nearestTests: number;
}

/** What an evaluation is made of, in the order in which it is worth most. */
export const EVALUATION_PARTS = ['libraries', 'without-nearest-tests', 'folds', 'strategies'] as const;
export type EvaluationPart = (typeof EVALUATION_PARTS)[number];

/** As the product personalizes. */
export const PRODUCT_SETTING: EvaluationSetting = {
  strategy: 'last-decoder-block',
  fold: 0,
  nearestTests: NEAREST_TESTS_OFFERED,
};

/** As the papers evaluate: the focal context alone is the input. */
export const PAPERS_SETTING: EvaluationSetting = { ...PRODUCT_SETTING, nearestTests: 0 };

/** The personalizations of a part. Folds and strategies are compared on the first library alone. */
export function personalizationsOf(
  part: EvaluationPart,
  libraries: readonly Library[],
): readonly { readonly library: Library; readonly setting: EvaluationSetting }[] {
  const ofAll = (setting: EvaluationSetting) => libraries.map((library) => ({ library, setting }));
  const ofFirst = (settings: readonly EvaluationSetting[]) =>
    libraries.slice(0, 1).flatMap((library) => settings.map((setting) => ({ library, setting })));
  switch (part) {
    case 'libraries':
      return ofAll(PRODUCT_SETTING);
    case 'without-nearest-tests':
      return ofAll(PAPERS_SETTING);
    case 'folds':
      return ofFirst([1, 2, 3].map((fold) => ({ ...PRODUCT_SETTING, fold })));
    case 'strategies':
      return ofFirst(OTHER_STRATEGIES.map((strategy) => ({ ...PRODUCT_SETTING, strategy })));
  }
}

/** Names files; equal for equal settings. */
export function settingName({ strategy, fold, nearestTests }: EvaluationSetting): string {
  return `${strategy}.fold-${fold}.nearest-${nearestTests}`;
}

/** For people. */
export function describeSetting({ strategy, fold, nearestTests }: EvaluationSetting): string {
  return `${strategy}, fold ${fold}${nearestTests === 0 ? ', no nearest tests' : ''}`;
}

const OTHER_STRATEGIES: readonly Strategy[] = ['telly', 'prefix', 'embeddings-output', 'custom'];
