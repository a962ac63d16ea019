import type { Strategy } from './strategy.ts';

/** What a short training with one strategy showed. */
export interface StrategyProbe {
  readonly strategy: Strategy;
  /** Pairs that it was trained on: all, or some of them. */
  readonly trainPairs: number;
  /** Validation losses in their order: that of the base first, then one for each probed epoch. */
  readonly points: readonly ProbePoint[];
  /** Epochs that a whole training takes at most. */
  readonly maxEpochs: number;
  readonly adapterBytes: number;
}

export interface ProbePoint {
  /** Nats per token. */
  readonly validationLoss: number;
  /** So far. */
  readonly petaflopSeconds: number;
  readonly seconds: number;
}

/** What a whole training is expected to bring and to cost. */
export interface StrategyPrediction {
  readonly strategy: Strategy;
  /** Of the validation loss below the base's, nats per token. */
  readonly lossDrop: number;
  readonly minutes: number;
  readonly petaflopSeconds: number;
  readonly megabytes: number;
}

/** What `auto` decides. */
export type StrategyChoice =
  | { readonly kind: 'too-few-pairs'; readonly trainPairs: number; readonly neededPairs: number }
  /** No strategy is expected to beat the base. */
  | { readonly kind: 'no-gain'; readonly predictions: readonly StrategyPrediction[] }
  | { readonly kind: 'chosen'; readonly strategy: Strategy; readonly predictions: readonly StrategyPrediction[] };

/**
 * Chooses a strategy for a repository by probes of all that come into question: the one of which most is expected, and of those that
 * come close to it the one that takes the least compute, because whoever waits for the same gain would rather not.
 */
export function chooseStrategy(trainPairs: number, probes: readonly StrategyProbe[]): StrategyChoice {
  if (trainPairs < FEWEST_PAIRS_TO_PROBE)
    return { kind: 'too-few-pairs', trainPairs, neededPairs: FEWEST_PAIRS_TO_PROBE };
  const predictions = probes.map((probe) => predict(probe, trainPairs));
  // A probe that diverged has no number for a loss.
  const best = Math.max(0, ...predictions.map(({ lossDrop }) => lossDrop).filter(Number.isFinite));
  const [chosen] = predictions
    .filter(({ lossDrop }) => lossDrop > 0 && lossDrop >= CLOSE_SHARE * best)
    .toSorted((one, other) => one.petaflopSeconds - other.petaflopSeconds);
  if (chosen === undefined) return { kind: 'no-gain', predictions };
  return { kind: 'chosen', strategy: chosen.strategy, predictions };
}

/**
 * What a whole training on `trainPairs` pairs is expected to bring, from the probed epochs of it.
 *
 * Where only some of the pairs were probed, cost grows with the pairs, but the loss is taken to fall as far as on those: more pairs bring
 * more, how much is not known from one probe, and what is left out is left out for every strategy. So the gain is rather more than
 * is said, and a strategy that needs many steps is judged by few.
 */
export function predict(probe: StrategyProbe, trainPairs: number): StrategyPrediction {
  const { strategy, points, maxEpochs, adapterBytes } = probe;
  const [base, first] = points;
  const last = points.at(-1);
  if (base === undefined || first === undefined || last === undefined)
    throw new Error(`A probe of ${strategy} needs the base's validation loss and at least one epoch.`);
  const epochs = points.length - 1;
  const left = Math.max(0, maxEpochs - epochs);
  const dropOf = (point: ProbePoint | undefined) => base.validationLoss - (point ?? base).validationLoss;
  const lastGain = dropOf(last) - dropOf(points.at(-2));
  const before = points.length > 2 ? dropOf(points.at(-2)) - dropOf(points.at(-3)) : undefined;
  const decay =
    before === undefined || before <= 0 ? TYPICAL_DECAY : Math.min(SLOWEST_DECAY, Math.max(0, lastGain / before));
  const further = Math.max(0, lastGain) * ((decay * (1 - decay ** left)) / (1 - decay));
  const share = probe.trainPairs / trainPairs;
  const whole = (figure: (point: ProbePoint) => number) =>
    (figure(last) + ((figure(last) - figure(base)) / epochs) * left) / share;
  return {
    strategy,
    lossDrop: dropOf(last) + further,
    minutes: whole(({ seconds }) => seconds) / 60,
    petaflopSeconds: whole(({ petaflopSeconds }) => petaflopSeconds),
    megabytes: adapterBytes / 1e6,
  };
}

/**
 * Beside fewer training pairs there are but two validation pairs (`core/splits`), whose loss tells no strategy from another.
 */
export const FEWEST_PAIRS_TO_PROBE = 20;
/**
 * A strategy comes close when it is expected to bring this share of what the best one does. A smaller difference than this does not tell who
 * writes better: in docs/experiments/bart-four-libraries the cheapest of those above two thirds was as good by BLEU-4 as with any share up
 * to 95 %, at the least compute.
 */
const CLOSE_SHARE = 2 / 3;
/**
 * Where a single probed epoch does not tell, each epoch is taken to gain a quarter of what the one before it gained: in the runs of
 * server/trainer/EXPERIMENTS.md it was a tenth to a third.
 */
const TYPICAL_DECAY = 0.25;
const SLOWEST_DECAY = 0.9;
