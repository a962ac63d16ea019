import { SPLITS, type Split } from '../base/evaluation-record.ts';
import type { FinishedRun, PairRecord } from './run-record.ts';
import { variantOf } from './run-setting.ts';

/** What writes tests in an experiment: the base, a variant of what is trained, or a copy of the nearest test. */
export type SystemName = string;

export const BASE: SystemName = 'base';
export const COPIES: readonly SystemName[] = ['nearest-copy', 'nearest-rename'];

/** Records that can be compared: one input setting, one split. */
export interface Slice {
  /** Most nearest tests in the input. */
  readonly nearestTests: number;
  readonly split: Split;
  readonly repositories: readonly string[];
  /** The base first, then what was trained, then the copies. */
  readonly systems: readonly SystemName[];
  /** The records of one system on one repository, a list for each fold that it was measured in. */
  folds(repository: string, system: SystemName): readonly FoldRecords[];
}

export interface FoldRecords {
  readonly fold: number;
  readonly records: readonly PairRecord[];
}

/** One slice for each input setting, the largest first, and split. */
export function slicesOf(runs: readonly FinishedRun[]): Slice[] {
  const inputs = distinct(runs.map(({ record }) => record.nearestTests)).sort((one, other) => other - one);
  return inputs.flatMap((nearestTests) =>
    SPLITS.map((split) =>
      sliceOf(
        runs.filter(({ record }) => record.nearestTests === nearestTests),
        nearestTests,
        split,
      ),
    ),
  );
}

/** The runs of the main comparison: all pairs that the experiment takes, and no sweep. */
export function mainRuns(runs: readonly FinishedRun[]): FinishedRun[] {
  return withMostPairs(runs).filter(({ record }) => record.frozenBlocks === null);
}

/** The runs with as many pairs as the experiment takes. */
export function withMostPairs(runs: readonly FinishedRun[]): FinishedRun[] {
  const most = Math.max(...runs.map(({ record }) => sizeOf(record)));
  return runs.filter(({ record }) => sizeOf(record) === most);
}

const sizeOf = ({ mostPairs }: { readonly mostPairs: number | null }) => mostPairs ?? Number.POSITIVE_INFINITY;

function sliceOf(runs: readonly FinishedRun[], nearestTests: number, split: Split): Slice {
  const foldsOf = (repository: string, system: SystemName) => {
    const isShared = system === BASE || COPIES.includes(system);
    const written = isShared ? system : 'personalized';
    // What is not trained is the same in every run of a fold, so the first run tells it.
    const own = runs.filter(
      ({ record }) => record.repository === repository && (isShared || variantOf(record) === system),
    );
    return distinct(own.map(({ record }) => record.fold))
      .sort()
      .map((fold): FoldRecords => {
        const run = own.find(({ record }) => record.fold === fold);
        const records = run?.pairs.filter((pair) => pair.split === split && pair.system === written) ?? [];
        return { fold, records };
      });
  };
  return {
    nearestTests,
    split,
    repositories: distinct(runs.map(({ record }) => record.repository)).sort(),
    systems: [BASE, ...variantsOf(runs), ...COPIES],
    folds: foldsOf,
  };
}

/** What the runs trained, in the papers' order; a sweep by its k. */
export function variantsOf(runs: readonly FinishedRun[]): string[] {
  const rankOf = (name: string) => {
    const at = ORDER.findIndex((strategy) => name.startsWith(strategy));
    return at * 1000 + Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
  };
  return distinct(runs.map(({ record }) => variantOf(record))).sort((one, other) => rankOf(one) - rankOf(other));
}

const ORDER = ['custom', 'embeddings-output', 'last-decoder-block', 'prefix', 'telly'];

/** All records of a system, of one repository or of all. */
export function pooled(slice: Slice, system: SystemName, repositories = slice.repositories): PairRecord[] {
  return repositories.flatMap((repository) => slice.folds(repository, system).flatMap(({ records }) => records));
}

/** The records of two systems on the same pairs of the same folds, in one order. */
export function paired(
  slice: Slice,
  one: SystemName,
  other: SystemName,
  repositories = slice.repositories,
): readonly [readonly PairRecord[], readonly PairRecord[]] {
  const keyOf = ({ repository, fold, pairId }: PairRecord) => `${repository} ${fold} ${pairId}`;
  const others = new Map(pooled(slice, other, repositories).map((record) => [keyOf(record), record]));
  const both = pooled(slice, one, repositories).flatMap((record) => {
    const match = others.get(keyOf(record));
    return match === undefined ? [] : [[record, match] as const];
  });
  return [both.map(([record]) => record), both.map(([, record]) => record)];
}

export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
