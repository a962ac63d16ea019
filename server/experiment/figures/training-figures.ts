import { mean } from '../../../core/metrics/distribution.ts';
import { rankOf, type VariantBlockChanges } from '../block-change.ts';
import type { CurvePoint } from '../learning-curve.ts';
import { meanOf } from '../quality.ts';
import type { FinishedRun, RunRecord, ValidationPoint } from '../run-record.ts';
import { runName, variantOf } from '../run-setting.ts';
import { BASE, variantsOf } from '../slice.ts';
import type { SweepPoint } from '../telly-sweep.ts';
import { COLOURS, type Figure } from './figure.ts';

const SPLITS = ['by-pair', 'by-focal-class'] as const;

/** RQ3: validation loss against compute, a thin line a run and a bold line a strategy; as spent, and as paper P counts. */
export function lossFigures(runs: readonly FinishedRun[], inputTitle: string, name: string): Figure[] {
  return [
    lossFigure(runs, {
      name,
      title: `Validation loss against compute, ${inputTitle}`,
      compute: (_, { petaflopSeconds }) => petaflopSeconds,
    }),
    lossFigure(runs, {
      name: `${name}.as-published`,
      title: `Validation loss against compute as paper P counts it, ${inputTitle}`,
      compute: ({ publishedPetaflopSecondsPerEpoch }, { epoch }) => publishedPetaflopSecondsPerEpoch * epoch,
    }),
  ];
}

function lossFigure(
  runs: readonly FinishedRun[],
  wanted: Pick<Figure, 'name' | 'title'> & {
    readonly compute: (run: RunRecord, point: ValidationPoint) => number;
  },
): Figure {
  const { name, title, compute } = wanted;
  const variants = variantsOf(runs);
  const lineOf = (points: readonly Point[]) => ({
    type: 'line',
    data: points,
    showSymbol: false,
  });
  const series = variants.flatMap((variant, at) => {
    const own = runs
      .filter(({ record }) => variantOf(record) === variant)
      .map(({ record }) => record.validation.map((point): Point => [compute(record, point), point.validationLoss]));
    const color = COLOURS[(at + 1) % COLOURS.length];
    const thin = own.map((points) => ({
      ...lineOf(points),
      name: variant,
      lineStyle: { width: 1, opacity: 0.35, color },
      itemStyle: { color },
    }));
    // Runs stop after different epochs: the bold line ends where the first of them does.
    const epochs = Math.min(...own.map((points) => points.length));
    const bold = Array.from({ length: epochs }, (_, epoch): Point => {
      const reached = own.flatMap((points) => (points[epoch] === undefined ? [] : [points[epoch]]));
      return [mean(reached.map(([spent]) => spent)), mean(reached.map(([, loss]) => loss))];
    });
    return [...thin, { ...lineOf(bold), name: variant, lineStyle: { width: 4, color }, itemStyle: { color } }];
  });
  return {
    name,
    title,
    caption:
      'A thin line for each repository and fold, a bold one for the mean of each strategy, as far as all of its runs went.',
    runs: runs.map(({ record }) => runName(record)),
    option: {
      legend: { top: 8, data: variants },
      xAxis: { type: 'value', name: 'PF-seconds', nameLocation: 'middle', nameGap: 30 },
      yAxis: { type: 'value', name: 'nats per token', scale: true },
      series,
    },
  };
}

/** Compute spent, and the loss reached. */
type Point = readonly [number, number];

/** Figure 2 of paper P. */
export function blockChangeFigure(all: readonly VariantBlockChanges[], runs: readonly string[]): Figure {
  const blocks = [...new Set(all.flatMap(({ changes }) => changes.map(({ block }) => block)))].sort(
    (one, other) => rankOf(one) - rankOf(other),
  );
  return {
    name: 'block-changes',
    title: 'Mean absolute change of each block',
    caption: 'Of the parameters that each strategy trains, from the bottom of the model to its top.',
    runs,
    option: {
      grid: { left: 90, right: 30, top: 50, bottom: 100 },
      xAxis: { type: 'category', data: blocks, axisLabel: { rotate: 60, interval: 0 } },
      yAxis: { type: 'value', name: 'mean absolute change' },
      series: all.map(({ variant, changes }) => ({
        ...{ type: 'line', name: variant, showSymbol: true },
        data: blocks.map((block) => changes.find((one) => one.block === block)?.meanAbsoluteChange ?? null),
      })),
    },
  };
}

export function tellyFigure(points: readonly SweepPoint[], runs: readonly string[]): Figure {
  return {
    name: 'telly-sweep',
    title: 'Telly: quality and seconds by frozen blocks',
    caption: 'BLEU-4 of the personalized model in both splits (left axis), and seconds of training (right axis).',
    runs,
    option: {
      xAxis: { type: 'category', data: points.map(({ frozenBlocks }) => `${frozenBlocks}`), name: 'k' },
      yAxis: [
        { type: 'value', name: 'BLEU-4', scale: true },
        { type: 'value', name: 'seconds' },
      ],
      series: [
        ...SPLITS.map((split) => ({
          ...{ type: 'line', name: `BLEU-4 ${split}` },
          data: points.map(({ quality }) =>
            meanOf(quality.filter((one) => one.split === split).map(({ telly }) => telly.bleu4)),
          ),
        })),
        {
          ...{ type: 'line', name: 'seconds of training', yAxisIndex: 1, lineStyle: { type: 'dashed' } },
          data: points.map(({ cost }) => cost.trainingSeconds),
        },
      ],
    },
  };
}

export function learningCurveFigure(points: readonly CurvePoint[], runs: readonly string[]): Figure {
  const bleu4 = (split: (typeof SPLITS)[number], systemOf: (point: CurvePoint) => string) =>
    points.map((point) => [
      point.trainPairs,
      point.quality.find((one) => one.split === split)?.systems[systemOf(point)]?.bleu4 ?? null,
    ]);
  return {
    name: 'learning-curve',
    title: 'BLEU-4 by the number of pairs trained on',
    caption:
      'The repository cut to so many pairs; points have different held-out pairs, the two lines of a split the same.',
    runs,
    option: {
      xAxis: { type: 'value', name: 'pairs trained on', nameLocation: 'middle', nameGap: 30, scale: true },
      yAxis: { type: 'value', name: 'BLEU-4', scale: true },
      series: SPLITS.flatMap((split) => [
        { type: 'line', name: `base, ${split}`, lineStyle: { type: 'dashed' }, data: bleu4(split, () => BASE) },
        { type: 'line', name: `personalized, ${split}`, data: bleu4(split, ({ variant }) => variant) },
      ]),
    },
  };
}
