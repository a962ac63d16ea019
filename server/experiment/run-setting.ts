import type { Strategy } from '../runs/strategy.ts';

/** One personalization of an experiment: which repository, which pairs are held out, what is trained and what the input shows. */
export interface RunSetting {
  readonly repository: string;
  /** From 0; no pair is held out in two folds. */
  readonly fold: number;
  readonly strategy: Strategy;
  /** Telly's k where the run is part of a sweep; `null`: the strategy's default. */
  readonly frozenBlocks: number | null;
  /** What a prefix starts as where it is not the base's own; `null`: that, where the base brings one. */
  readonly prefixStart: 'words' | null;
  /** Most of the repository's nearest tests in the model's input; with 0 it is the papers' setting. */
  readonly nearestTests: number;
  /** Most pairs of the repository, held-out ones included; `null`: all. */
  readonly mostPairs: number | null;
}

/** Names the run's files; equal for equal settings, and of different ones different. */
export function runName(setting: RunSetting): string {
  const { repository, fold, nearestTests, mostPairs } = setting;
  return `${repository}.fold-${fold}.${variantOf(setting)}.nearest-${nearestTests}.pairs-${mostPairs ?? 'all'}`;
}

/** What is trained: the strategy, with its k in a sweep, or with what it starts as. */
export function variantOf(setting: Pick<RunSetting, 'strategy' | 'frozenBlocks' | 'prefixStart'>): string {
  const { strategy, frozenBlocks, prefixStart } = setting;
  return [strategy, frozenBlocks, prefixStart].filter((part) => part !== null).join('-');
}
