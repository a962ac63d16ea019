import {
  chooseStrategy,
  FEWEST_PAIRS_TO_PROBE,
  type ProbePoint,
  type StrategyChoice,
  type StrategyProbe,
} from './choose-strategy.ts';
import type { Run, RunFailure } from './run.ts';
import type { RunHappening } from './run-event.ts';
import type { Strategy } from './strategy.ts';

/** What a trainer is to probe. */
export interface ProbePlan {
  readonly strategies: readonly Strategy[];
  /** Most training pairs of each probe. */
  readonly trainPairs: number;
  readonly validationPairs: number;
  /** What the probes of the run's earlier trainers took, and what those computed. */
  readonly earlierSeconds: number;
  readonly earlierPetaflopSeconds: number;
}

/** What a run whose strategy is not chosen yet needs next. */
export type NextOfAuto =
  | { readonly kind: 'probe'; readonly plan: ProbePlan }
  | ({ readonly kind: 'train' } & Omit<Extract<StrategyChoice, { kind: 'chosen' }>, 'kind'>)
  | { readonly kind: 'fail'; readonly failure: RunFailure };

/** Decides by what the run's trainers have told so far, so that a run that is taken up again probes nothing twice. */
export function nextOfAuto(run: Pick<Run, 'trainPairIds'>, told: readonly RunHappening[]): NextOfAuto {
  const trainPairs = run.trainPairIds.length;
  if (trainPairs < FEWEST_PAIRS_TO_PROBE) return { kind: 'fail', failure: tooFewPairs(trainPairs) };
  const probes = told.filter((one) => one.kind === 'strategy-probed');
  const leftOut = told.filter((one) => one.kind === 'strategy-left-out');
  const tried = new Set([...probes, ...leftOut].map(({ strategy }) => strategy));
  const strategies = PROBED_STRATEGIES.filter((strategy) => !tried.has(strategy));
  if (strategies.length > 0)
    return { kind: 'probe', plan: { strategies, ...probeSize(trainPairs), ...whatTook(probes) } };
  const last = leftOut.at(-1);
  if (probes.length === 0 && last !== undefined)
    return { kind: 'fail', failure: { reason: last.reason, message: last.message } };
  const choice = chooseStrategy(trainPairs, probes.map(probeOf));
  switch (choice.kind) {
    case 'too-few-pairs':
      return { kind: 'fail', failure: tooFewPairs(trainPairs) };
    case 'no-gain':
      return {
        kind: 'fail',
        failure: noGain(
          probes.length,
          leftOut.filter(({ reason }) => reason === 'too-slow').map(({ strategy }) => strategy),
        ),
      };
    case 'chosen':
      return { kind: 'train', strategy: choice.strategy, predictions: choice.predictions };
  }
}

/**
 * The lightest first, so that whoever has little memory hears of those that fit. `telly` is among them although paper P does not know
 * it: users can choose it, and it is probed at little cost because what it freezes is computed once.
 */
export const PROBED_STRATEGIES: readonly Strategy[] = [
  'last-decoder-block',
  'telly',
  'prefix',
  'embeddings-output',
  'custom',
];

/**
 * A fifth of one of a training's several epochs, so that all probes and the training that is chosen take less than half of what training
 * with every strategy would. With fewer than 24 pairs most strategies would take less than three steps, and with more than 96 nobody
 * would call it short.
 */
function probeSize(trainPairs: number): Pick<ProbePlan, 'trainPairs' | 'validationPairs'> {
  return { trainPairs: Math.min(96, Math.max(24, Math.ceil(trainPairs / 5))), validationPairs: 32 };
}

/** A trainer that goes on reckons by these how fast the machine is. */
function whatTook(probes: readonly { readonly points: readonly ProbePoint[] }[]) {
  const last = probes.flatMap(({ points }) => points.slice(-1));
  return {
    earlierSeconds: last.reduce((sum, { seconds }) => sum + seconds, 0),
    earlierPetaflopSeconds: last.reduce((sum, { petaflopSeconds }) => sum + petaflopSeconds, 0),
  };
}

function probeOf(told: Extract<RunHappening, { kind: 'strategy-probed' }>): StrategyProbe {
  const { strategy, trainPairs, points, maxEpochs, adapterBytes } = told;
  return { strategy, trainPairs, points, maxEpochs, adapterBytes };
}

const tooFewPairs = (trainPairs: number): RunFailure => ({
  reason: 'too-few-pairs',
  message: `The repository yields ${trainPairs} training pairs, but choosing a strategy by short trainings needs at least ${FEWEST_PAIRS_TO_PROBE}: choose one in the settings instead of auto, or write more tests that name the method they test.`,
});

function noGain(tried: number, tooSlow: readonly Strategy[]): RunFailure {
  const none =
    tried === 1
      ? 'The one strategy that was tried shortly did not make'
      : `Of ${tried} strategies that were tried shortly, none made`;
  const others =
    tooSlow.length === 0
      ? ''
      : `, or choose ${tooSlow.join(' or ')} in the settings, not tried here because training with it takes long`;
  return {
    reason: 'no-gain',
    message: `${none} the model better on pairs that it was not trained on: go on with the base model, which is shown the nearest tests, and personalize again when there are more tests${others}.`,
  };
}
