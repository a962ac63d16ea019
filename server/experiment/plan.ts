import type { Strategy } from '../runs/strategy.ts';
import { type RunSetting, runName } from './run-setting.ts';

/** What an experiment is to compare. */
export interface ExperimentDesign {
  readonly repositories: readonly string[];
  readonly folds: number;
  readonly strategies: readonly Strategy[];
  /** Telly's k of the sweep; none: no sweep. */
  readonly frozenBlocks: readonly number[];
  /** Whether `prefix` is also started as the repository's most frequent words. */
  readonly prefixFromWords: boolean;
  /** Most nearest tests in the input, for each setting of the input: one of 0 is the papers'. */
  readonly nearestTests: readonly number[];
  /** Sizes of the learning curve, `null` being as many pairs as everywhere else; none: no curve. */
  readonly curvePairs: readonly (number | null)[];
  /** Most pairs of a repository everywhere else; `null`: all. */
  readonly mostPairs: number | null;
}

/**
 * Every run of an experiment once, in the order in which it is worth most: all strategies of a fold before the next fold, so that an
 * experiment that is ended early compares what it has; then Telly's sweep and the learning curve, both in the first fold and with the
 * input of the first setting.
 */
export function planRuns(design: ExperimentDesign): RunSetting[] {
  const { repositories, strategies, frozenBlocks, prefixFromWords, nearestTests, curvePairs, mostPairs } = design;
  const [firstInput = 0] = nearestTests;
  const main = range(design.folds).flatMap((fold) =>
    nearestTests.flatMap((shown) =>
      repositories.flatMap((repository) =>
        strategies.flatMap((strategy): RunSetting[] => {
          const setting = { repository, fold, strategy, ...PLAIN, nearestTests: shown, mostPairs };
          const isTwice = strategy === 'prefix' && prefixFromWords && shown === firstInput;
          return isTwice ? [setting, { ...setting, prefixStart: 'words' }] : [setting];
        }),
      ),
    ),
  );
  const first = { fold: 0, nearestTests: firstInput };
  const sweep = repositories.flatMap((repository) =>
    frozenBlocks.map(
      (k): RunSetting => ({ repository, ...first, ...PLAIN, strategy: 'telly', frozenBlocks: k, mostPairs }),
    ),
  );
  const curveStrategy = strategies.find((strategy) => strategy === CURVE_STRATEGY) ?? strategies[0] ?? CURVE_STRATEGY;
  const curve = repositories.flatMap((repository) =>
    curvePairs.map(
      (pairs): RunSetting => ({
        ...{ repository, ...first, ...PLAIN, strategy: curveStrategy },
        mostPairs: pairs ?? mostPairs,
      }),
    ),
  );
  return [...new Map([...main, ...sweep, ...curve].map((setting) => [runName(setting), setting])).values()];
}

const PLAIN = { frozenBlocks: null, prefixStart: null } as const;

/** The learning curve is that of the product's strategy, where it takes part. */
const CURVE_STRATEGY: Strategy = 'last-decoder-block';

const range = (count: number) => Array.from({ length: count }, (_, at) => at);
