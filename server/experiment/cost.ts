import { byName, meanOf } from './quality.ts';
import type { FinishedRun, RunRecord, ValidationPoint } from './run-record.ts';
import { variantOf } from './run-setting.ts';
import { variantsOf } from './slice.ts';
import { decimal, type Table } from './table.ts';

/** RQ3 of paper P and what else a strategy costs, one input setting; means over repositories and folds. */
export interface Cost {
  readonly nearestTests: number;
  readonly variants: Readonly<Record<string, VariantCost>>;
}

export interface VariantCost {
  readonly runs: number;
  readonly trainedParameters: number | null;
  /** Of all parameters of the base. */
  readonly trainedShare: number | null;
  readonly adapterMegabytes: number | null;
  /** Until training stopped, and until the best validation loss was reached. */
  readonly petaflopSeconds: number | null;
  readonly petaflopSecondsToBest: number | null;
  /** By the accounting of paper P, until the best validation loss was reached. */
  readonly publishedPetaflopSecondsToBest: number | null;
  readonly trainingSeconds: number | null;
  /** Of the whole job: mining, writing and checking tests included. */
  readonly jobSeconds: number | null;
  readonly baseValidationLoss: number | null;
  readonly bestValidationLoss: number | null;
}

export function costsOf(runs: readonly FinishedRun[]): Cost[] {
  const inputs = [...new Set(runs.map(({ record }) => record.nearestTests))].sort((one, other) => other - one);
  return inputs.map((nearestTests) => {
    const own = runs.filter(({ record }) => record.nearestTests === nearestTests);
    return {
      nearestTests,
      variants: byName(variantsOf(own), (variant) =>
        variantCost(own.map((run) => run.record).filter((one) => variantOf(one) === variant)),
      ),
    };
  });
}

export function variantCost(runs: readonly RunRecord[]): VariantCost {
  const of = (figure: (run: RunRecord) => number | null | undefined) => meanOf(runs.map((run) => figure(run) ?? null));
  return {
    runs: runs.length,
    trainedParameters: of(({ trainedParameters }) => trainedParameters),
    trainedShare: of(({ trainedParameters, baseParameters }) => trainedParameters / baseParameters),
    adapterMegabytes: of(({ adapterBytes }) => adapterBytes / 1e6),
    petaflopSeconds: of(({ validation }) => validation.at(-1)?.petaflopSeconds),
    petaflopSecondsToBest: of(({ validation }) => bestPoint(validation)?.petaflopSeconds),
    publishedPetaflopSecondsToBest: of(
      ({ validation, publishedPetaflopSecondsPerEpoch }) =>
        (bestPoint(validation)?.epoch ?? 0) * publishedPetaflopSecondsPerEpoch,
    ),
    trainingSeconds: of(({ trainingSeconds }) => trainingSeconds),
    jobSeconds: of(({ seconds }) => Object.values(seconds).reduce((sum, one) => sum + one, 0)),
    baseValidationLoss: of(({ validation }) => validation[0]?.validationLoss),
    bestValidationLoss: of(({ validation }) => bestPoint(validation)?.validationLoss),
  };
}

/** The first point with the lowest loss; the base's, when nothing is lower. */
export function bestPoint(points: readonly ValidationPoint[]): ValidationPoint | undefined {
  const lowest = Math.min(...points.map(({ validationLoss }) => validationLoss));
  return points.find(({ validationLoss }) => validationLoss === lowest);
}

export function costTable({ variants }: Cost, inputTitle: string): Table {
  return {
    title: `RQ3: compute and cost, ${inputTitle}`,
    note: 'Means over repositories and folds. PF-seconds as the trainer spends them: no backward pass below the lowest trained block, frozen blocks computed once, validation included. As published: Kaplan’s Table 1 with the backward pass skipped below frozen blocks, training alone. Seconds are of the machine that ran the experiment.',
    head: [
      ...[
        'strategy',
        'runs',
        'trained parameters',
        'share',
        'MB stored',
        'PF-seconds',
        'PF-seconds to best',
        'to best, as published',
      ],
      ...['training seconds', 'seconds of the whole job', 'validation loss'],
    ],
    rows: Object.entries(variants).map(([variant, cost]) => [
      ...[variant, `${cost.runs}`, decimal(cost.trainedParameters, 0)],
      `${decimal(cost.trainedShare === null ? null : 100 * cost.trainedShare, 1)} %`,
      ...[decimal(cost.adapterMegabytes, 1), decimal(cost.petaflopSeconds, 4)],
      ...[decimal(cost.petaflopSecondsToBest, 4), decimal(cost.publishedPetaflopSecondsToBest, 4)],
      ...[decimal(cost.trainingSeconds, 1), decimal(cost.jobSeconds, 1)],
      `${decimal(cost.baseValidationLoss, 3)} → ${decimal(cost.bestValidationLoss, 3)}`,
    ]),
  };
}
