import { mean } from '../../core/metrics/distribution.ts';
import { qualityOf, type SystemQuality } from './quality.ts';
import type { FinishedRun } from './run-record.ts';
import { runName, variantOf } from './run-setting.ts';
import { BASE, type Slice, type SystemName, slicesOf } from './slice.ts';
import { decimal, interval, type Table } from './table.ts';

/** One size of the learning curve; means over repositories. */
export interface CurvePoint {
  readonly variant: string;
  /** Most pairs of a repository; `null`: all that there are. */
  readonly mostPairs: number | null;
  /** That the runs trained on. */
  readonly trainPairs: number;
  readonly quality: readonly {
    readonly split: Slice['split'];
    readonly systems: Readonly<Record<SystemName, SystemQuality>>;
  }[];
}

/** The sizes at which one variant was trained on the same folds and inputs, from the smallest up; none without at least two. */
export function learningCurveOf(runs: readonly FinishedRun[]): CurvePoint[] {
  const own = curveRuns(runs);
  const sizeOf = (size: number | null) => size ?? Number.POSITIVE_INFINITY;
  const sizes = [...new Set(own.map(({ record }) => record.mostPairs))].sort(
    (one, other) => sizeOf(one) - sizeOf(other),
  );
  return sizes.flatMap((mostPairs) => {
    const ofSize = own.filter(({ record }) => record.mostPairs === mostPairs);
    const [first] = ofSize;
    if (first === undefined) return [];
    return [
      {
        variant: variantOf(first.record),
        mostPairs,
        trainPairs: mean(ofSize.map(({ record }) => record.trainPairs)),
        quality: slicesOf(ofSize).map((slice) => ({ split: slice.split, systems: qualityOf(slice).average })),
      },
    ];
  });
}

/** The runs that a learning curve is made of: those that differ from another in nothing but their size. */
export function curveRuns(runs: readonly FinishedRun[]): FinishedRun[] {
  const rest = (run: FinishedRun) => runName({ ...run.record, mostPairs: null });
  return runs.filter((run) =>
    runs.some((other) => rest(other) === rest(run) && other.record.mostPairs !== run.record.mostPairs),
  );
}

export function learningCurveTable(points: readonly CurvePoint[]): Table {
  const splits = ['by-pair', 'by-focal-class'] as const;
  return {
    title: `Learning curve: ${points[0]?.variant ?? 'no variant'}`,
    note: 'First fold. Each row is the repository cut to whole focal classes with so many pairs in all, held-out ones included, so rows have different held-out pairs: compare the gain over the base, which is on the same pairs.',
    head: [
      ...['pairs', 'trained on'],
      ...splits.flatMap((split) => [`held out ${split}`, 'base', 'personalized', 'gain', 'nearest copy']),
    ],
    rows: points.map(({ mostPairs, trainPairs, quality, variant }) => [
      ...[`${mostPairs ?? 'all'}`, trainPairs.toFixed(0)],
      ...splits.flatMap((split) => {
        const systems = quality.find((one) => one.split === split)?.systems;
        const personalized = systems?.[variant];
        return [
          `${personalized?.pairs ?? 0}`,
          decimal(systems?.[BASE]?.bleu4 ?? null, 1),
          decimal(personalized?.bleu4 ?? null, 1),
          interval(personalized?.bleu4Gain ?? null, 1),
          decimal(systems?.['nearest-copy']?.bleu4 ?? null, 1),
        ];
      }),
    ]),
  };
}
