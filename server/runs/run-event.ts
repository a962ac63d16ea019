import type { HeldOutSplit } from '../../core/splits/split-pairs.ts';
import type { ProbePoint, StrategyPrediction } from './choose-strategy.ts';
import type { Measurement, RunFailure, RunState } from './run.ts';
import type { Strategy } from './strategy.ts';

/** One thing that happened in a run, in its place. */
export interface RunEvent {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timeMs: number;
  readonly happening: RunHappening;
}

/** What happened. The server adds `state-changed` and `strategy-chosen`; the trainer tells the rest. */
export type RunHappening =
  | { readonly kind: 'stage-started'; readonly stage: string; readonly detail: string }
  | {
      readonly kind: 'stage-progress';
      readonly stage: string;
      /** Pairs. */
      readonly done: number;
      readonly total: number;
      readonly etaSeconds: number;
    }
  | {
      readonly kind: 'training-progress';
      readonly step: number;
      readonly maxSteps: number;
      /** Epochs done, with a fraction. */
      readonly epoch: number;
      /** Mean loss per target token of the step, in nats. */
      readonly loss: number;
      readonly tokensPerSecond: number;
      readonly etaSeconds: number;
      readonly petaflopSeconds: number;
    }
  | {
      readonly kind: 'validation-measured';
      readonly step: number;
      readonly epoch: number;
      /** Mean loss per target token, in nats. */
      readonly validationLoss: number;
      readonly best: boolean;
      readonly petaflopSeconds: number;
    }
  | { readonly kind: 'checkpoint-written'; readonly step: number }
  | {
      readonly kind: 'strategy-probed';
      readonly strategy: Strategy;
      /** Training pairs of the probe. */
      readonly trainPairs: number;
      readonly points: readonly ProbePoint[];
      readonly maxEpochs: number;
      readonly adapterBytes: number;
    }
  | ({ readonly kind: 'strategy-left-out'; readonly strategy: Strategy } & RunFailure)
  | {
      readonly kind: 'strategy-chosen';
      readonly strategy: Strategy;
      readonly predictions: readonly StrategyPrediction[];
    }
  | {
      readonly kind: 'held-out-measured';
      readonly personalized: boolean;
      readonly split: HeldOutSplit;
      readonly measurement: Measurement;
    }
  | {
      readonly kind: 'adapter-written';
      readonly bytes: number;
      readonly trainedParameters: number;
      readonly baseParameters: number;
      readonly manifestSha256: string;
      readonly trainingSeconds: number;
      readonly blockChanges: readonly { readonly block: string; readonly meanAbsoluteChange: number }[];
    }
  | ({ readonly kind: 'run-failed' } & RunFailure)
  | { readonly kind: 'run-cancelled'; readonly step: number }
  | { readonly kind: 'state-changed'; readonly state: RunState };
