import type { BleuStatistics } from '../../../core/metrics/bleu.ts';
import { SPLITS, SYSTEMS, type System } from '../../../server/base/evaluation-record.ts';
import type { FinishedRun, PairRecord, RunRecord } from '../../../server/experiment/run-record.ts';
import type { RunSetting } from '../../../server/experiment/run-setting.ts';

/** BLEU statistics of a candidate of 20 words of which so many, in a row, are the team's. */
export function bleuOf(right: number): BleuStatistics {
  return {
    matches: [0, 1, 2, 3].map((n) => Math.max(0, right - n)),
    totals: [20, 19, 18, 17],
    ...{ hypothesisTokens: 20, referenceTokens: 20 },
  };
}

export interface MadeRun extends Partial<RunSetting> {
  /** Right words of 20, for each system; a list is one for each pair. */
  readonly right?: Partial<Record<System, number | readonly number[]>>;
  readonly run?: Partial<RunRecord>;
}

const PAIRS = [0, 1, 2, 3];

/** A run whose systems have so many words right; the loss falls and the style rises with them. */
export function madeRun({ right = {}, run = {}, ...setting }: MadeRun): FinishedRun {
  const whole: RunSetting = {
    ...{ repository: 'alpha', fold: 0, strategy: 'custom', frozenBlocks: null, prefixStart: null },
    ...{ nearestTests: 4, mostPairs: null },
    ...setting,
  };
  const pairs = SPLITS.flatMap((split) =>
    SYSTEMS.flatMap((system) =>
      PAIRS.map((n): PairRecord => {
        const own = right[system] ?? 5;
        const words = typeof own === 'number' ? own : (own[n] ?? 0);
        const isUseful = words > 15;
        return {
          ...{ kind: 'pair', ...whole, split, system, pairId: `fold-${whole.fold}-${n}`, focalClass: `C${n}` },
          bleu: bleuOf(words),
          match: { exact: words === 20, abstracted: words > 18 },
          bestMatch: { exact: words > 18, abstracted: words > 16 },
          loss:
            system === 'base' || system === 'personalized'
              ? { lossSum: 40 - words, targetTokens: 20, targetCharacters: 80 }
              : null,
          candidateParses: true,
          check:
            system === 'nearest-copy' ? null : { parses: true, compiles: isUseful, passes: isUseful, useful: isUseful },
          styleSimilarity: words / 20,
        };
      }),
    ),
  );
  return {
    record: {
      ...{ kind: 'run', ...whole, pairs: 40, trainPairs: 20, trainedParameters: 1e6, baseParameters: 1e7 },
      ...{
        adapterBytes: 2e6,
        maxEpochs: 4,
        publishedPetaflopSecondsPerEpoch: 3,
        trainingSeconds: 30,
        seconds: { mine: 1, personalize: 60 },
      },
      validation: [1, 0.8, 0.7, 0.72].map((validationLoss, epoch) => ({
        ...{ epoch, validationLoss, petaflopSeconds: 2 * epoch, seconds: 10 * epoch },
      })),
      blockChanges: [],
      layers: null,
      ...run,
    },
    pairs,
  };
}
