import { type VariantCost, variantCost } from './cost.ts';
import { meanOf, qualityOf, type SystemQuality } from './quality.ts';
import type { FinishedRun } from './run-record.ts';
import { BASE, type Slice, slicesOf } from './slice.ts';
import { decimal, interval, type Table } from './table.ts';

/** Telly-k of paper T for every k of the sweep, from the fewest frozen blocks up; means over repositories. */
export interface SweepPoint {
  readonly frozenBlocks: number;
  readonly cost: VariantCost;
  readonly quality: readonly {
    readonly split: Slice['split'];
    readonly base: SystemQuality;
    readonly telly: SystemQuality;
  }[];
}

export function tellySweepOf(runs: readonly FinishedRun[]): SweepPoint[] {
  const sweep = runs.filter(({ record }) => record.frozenBlocks !== null);
  const counts = [...new Set(sweep.flatMap(({ record }) => record.frozenBlocks ?? []))].sort(
    (one, other) => one - other,
  );
  return counts.map((frozenBlocks) => {
    const own = sweep.filter(({ record }) => record.frozenBlocks === frozenBlocks);
    const quality = slicesOf(own).flatMap((slice) => {
      const { average } = qualityOf(slice);
      const [base, telly] = [average[BASE], average[`telly-${frozenBlocks}`]];
      return base === undefined || telly === undefined ? [] : [{ split: slice.split, base, telly }];
    });
    return { frozenBlocks, cost: variantCost(own.map(({ record }) => record)), quality };
  });
}

export function tellySweepTable(points: readonly SweepPoint[]): Table {
  return {
    title: 'Telly: layers frozen from the bottom',
    note: 'First fold, means over repositories. Embeddings and the bottom k blocks are frozen; a gain is over the base on the same pairs.',
    head: [
      ...['k', 'runs', 'trained parameters', 'MB stored', 'PF-seconds', 'training seconds'],
      ...['BLEU-4 by pair', 'gain', 'perplexity', 'BLEU-4 by class', 'gain', 'perplexity'],
    ],
    rows: points.map(({ frozenBlocks, cost, quality }) => [
      ...[`${frozenBlocks}`, `${cost.runs}`, decimal(cost.trainedParameters, 0), decimal(cost.adapterMegabytes, 1)],
      ...[decimal(cost.petaflopSeconds, 4), decimal(cost.trainingSeconds, 1)],
      ...(['by-pair', 'by-focal-class'] as const).flatMap((split) => {
        const own = quality.filter((one) => one.split === split).map(({ telly }) => telly);
        return [
          decimal(meanOf(own.map(({ bleu4 }) => bleu4)), 1),
          interval(own[0]?.bleu4Gain ?? null, 1),
          decimal(meanOf(own.map(({ perplexity }) => perplexity)), 3),
        ];
      }),
    ]),
  };
}
