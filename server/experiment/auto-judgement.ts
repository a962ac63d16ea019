import { corpusBleu } from '../../core/metrics/bleu.ts';
import { chooseStrategy, type StrategyChoice } from '../runs/choose-strategy.ts';
import { meanOf } from './quality.ts';
import type { FinishedRun } from './run-record.ts';
import { variantOf } from './run-setting.ts';
import { BASE, pooled, type Slice, type SystemName, slicesOf } from './slice.ts';
import { decimal, NOT_MEASURED, percent, type Table } from './table.ts';

/** Epochs of each strategy that `auto` looks at before it chooses. */
const PROBED_EPOCHS = 1;

/** How `auto` would have done in one fold of one repository, judged by the runs of all strategies. */
export interface AutoJudgement {
  readonly repository: string;
  readonly fold: number;
  readonly nearestTests: number;
  readonly choice: StrategyChoice;
  /** PetaFLOP-seconds of all strategies trained to their end. */
  readonly computeOfAll: number;
  /** Of the probes and the chosen strategy's training, which goes on from its probe; a share of `computeOfAll`. */
  readonly computeShare: number;
  readonly bySplit: readonly AutoOnSplit[];
}

export interface AutoOnSplit {
  readonly split: Slice['split'];
  /** By strategy. */
  readonly bleu4: Readonly<Record<string, number>>;
  readonly bestInHindsight: string;
  readonly bestBleu4: number;
  /** Of what was chosen; the base's where nothing was. */
  readonly autoBleu4: number;
}

/** A judgement for every fold in which at least two strategies were trained. The probes are the beginnings of the real runs. */
export function judgeAuto(runs: readonly FinishedRun[]): AutoJudgement[] {
  const keyOf = ({ record }: FinishedRun) => `${record.repository} ${record.nearestTests} ${record.fold}`;
  const keys = [...new Set(runs.map(keyOf))].sort();
  return keys.flatMap((key) => {
    const own = runs.filter((run) => keyOf(run) === key);
    return own.length < 2 ? [] : [judge(own)];
  });
}

function judge(runs: readonly FinishedRun[]): AutoJudgement {
  const records = runs.map(({ record }) => record);
  const { repository = '', fold = 0, nearestTests = 0, trainPairs = 0 } = records[0] ?? {};
  const choice = chooseStrategy(
    trainPairs,
    records.map(({ strategy, validation, maxEpochs, adapterBytes }) => ({
      ...{ strategy, trainPairs, maxEpochs, adapterBytes },
      points: validation.slice(0, 1 + PROBED_EPOCHS),
    })),
  );
  const chosen = choice.kind === 'chosen' ? choice.strategy : undefined;
  const wholeOf = (record: (typeof records)[number]) => record.validation.at(-1)?.petaflopSeconds ?? 0;
  const probeOf = (record: (typeof records)[number]) => record.validation[PROBED_EPOCHS]?.petaflopSeconds ?? 0;
  const computeOfAll = records.reduce((sum, record) => sum + wholeOf(record), 0);
  const computeOfAuto =
    choice.kind === 'too-few-pairs'
      ? 0
      : records.reduce((sum, record) => sum + (record.strategy === chosen ? wholeOf(record) : probeOf(record)), 0);
  const bySplit = slicesOf(runs).flatMap((slice): AutoOnSplit[] => {
    const bleu4Of = (system: SystemName) => {
      const found = pooled(slice, system);
      return found.length === 0 ? [] : [{ name: system, bleu4: corpusBleu(found.map(({ bleu }) => bleu)) }];
    };
    const all = records.flatMap((record) => bleu4Of(variantOf(record)));
    const [best] = all.toSorted((one, other) => other.bleu4 - one.bleu4);
    const [auto] = bleu4Of(chosen ?? BASE);
    if (best === undefined || auto === undefined) return [];
    const bleu4 = Object.fromEntries(all.map(({ name, bleu4: value }) => [name, value]));
    return [{ split: slice.split, bleu4, bestInHindsight: best.name, bestBleu4: best.bleu4, autoBleu4: auto.bleu4 }];
  });
  return { repository, fold, nearestTests, choice, computeOfAll, computeShare: computeOfAuto / computeOfAll, bySplit };
}

/** `auto` against the one strategy that somebody would have to know to be best for all repositories and folds. */
export function autoOnAverageTable(judgements: readonly AutoJudgement[]): Table {
  const inputs = [...new Set(judgements.map(({ nearestTests }) => nearestTests))];
  const rows = inputs.flatMap((nearestTests) => {
    const own = judgements.filter((one) => one.nearestTests === nearestTests);
    return SPLITS.flatMap((split) => {
      const found = own.flatMap(({ bySplit }) => bySplit.filter((one) => one.split === split));
      // A strategy that was not trained everywhere cannot be compared.
      const everywhere = Object.keys(found[0]?.bleu4 ?? {}).filter((name) => found.every(({ bleu4 }) => name in bleu4));
      const [best] = everywhere
        .map((name) => ({ name, bleu4: meanOf(found.map(({ bleu4 }) => bleu4[name] ?? 0)) ?? 0 }))
        .toSorted((one, other) => other.bleu4 - one.bleu4);
      const auto = meanOf(found.map(({ autoBleu4 }) => autoBleu4));
      if (best === undefined || auto === null) return [];
      const compute = percent(meanOf(own.map(({ computeShare }) => computeShare)));
      const share = percent(auto / best.bleu4);
      return [[split, `${nearestTests}`, best.name, decimal(best.bleu4, 1), decimal(auto, 1), share, compute]];
    });
  });
  return {
    title: '`auto` against the strategy that is best on average',
    note: 'Means over all repositories and folds. The best of each fold, in the table before, is also the luckiest of its few held-out pairs.',
    head: ['split', 'nearest tests', 'best strategy', 'its BLEU-4', 'BLEU-4 of auto', 'share', 'compute'],
    rows,
  };
}

const SPLITS = ['by-pair', 'by-focal-class'] as const;

export function autoTable(judgements: readonly AutoJudgement[]): Table {
  const shareOf = (one: AutoOnSplit | undefined) => (one === undefined ? null : one.autoBleu4 / one.bestBleu4);
  const rows = judgements.map(({ repository, fold, nearestTests, choice, computeShare, bySplit }) => [
    ...[repository, `${fold}`, `${nearestTests}`, choice.kind === 'chosen' ? choice.strategy : choice.kind],
    percent(computeShare),
    ...SPLITS.flatMap((split) => {
      const one = bySplit.find((other) => other.split === split);
      const cells = [one?.bestInHindsight ?? NOT_MEASURED, decimal(one?.bestBleu4 ?? null, 1)];
      return [...cells, decimal(one?.autoBleu4 ?? null, 1), percent(shareOf(one))];
    }),
  ]);
  const average = [
    ...['**average**', '', '', ''],
    percent(meanOf(judgements.map(({ computeShare }) => computeShare))),
    ...SPLITS.flatMap((split) => [
      ...['', '', ''],
      percent(meanOf(judgements.map(({ bySplit }) => shareOf(bySplit.find((one) => one.split === split))))),
    ]),
  ];
  return {
    title: '`auto` against the best strategy in hindsight',
    note: 'One epoch of each strategy is the probe; `auto` then trains one of them to its end. Compute is a share of training all of them to their end, BLEU-4 a share of the best strategy’s.',
    head: [
      ...['repository', 'fold', 'nearest tests', 'choice', 'compute'],
      ...SPLITS.flatMap((split) => [`best ${split}`, 'its BLEU-4', 'BLEU-4 of auto', 'share']),
    ],
    rows: judgements.length === 0 ? [] : [...rows, average],
  };
}
