/** What a personalization trains (paper P, "Personalized models"; `telly` is Telly-k of paper T). */
export const strategies = ['custom', 'embeddings-output', 'last-decoder-block', 'prefix', 'telly'] as const;
export type Strategy = (typeof strategies)[number];

/** What a run can be asked for: a strategy, or that the server chooses one by short trainings with each. */
export const requestedStrategies = [...strategies, 'auto'] as const;
export type RequestedStrategy = (typeof requestedStrategies)[number];

export const heldOutSplits = ['by-pair', 'by-focal-class'] as const;
export type HeldOutSplit = (typeof heldOutSplits)[number];

export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** What a prefix starts as: the base's own, or the most frequent words of the repository's tests. */
export const PREFIX_STARTS = ['generic', 'words'] as const;
export type PrefixStart = (typeof PREFIX_STARTS)[number];

/** Hyper-parameters; one that is left out takes the strategy's default. */
export interface TrainingOptions {
  readonly seed?: number | undefined;
  /** Peak learning rate of AdamW. */
  readonly learningRate?: number | undefined;
  readonly maxEpochs?: number | undefined;
  /** Examples per optimizer step. */
  readonly batchSize?: number | undefined;
  /** Epochs without a better validation loss before training stops. */
  readonly patience?: number | undefined;
  readonly prefixLength?: number | undefined;
  readonly frozenBlocks?: number | undefined;
  readonly computeType?: 'float32' | 'bfloat16' | undefined;
  readonly cacheActivations?: boolean | undefined;
  readonly threads?: number | undefined;
  readonly checkpointEverySteps?: number | undefined;
  readonly prefixStart?: PrefixStart | undefined;
}

export interface PairLoss {
  readonly pairId: string;
  /** Sum over the target tokens, in nats. */
  readonly lossSum: number;
  readonly targetTokens: number;
}

/** What a model scored on held-out pairs. */
export interface Measurement {
  /** Mean negative log-likelihood of a target token, in nats. */
  readonly loss: number;
  readonly perplexity: number;
  readonly targetTokens: number;
  readonly pairs: readonly PairLoss[];
}

/** Held-out pairs of one split and what was measured on them. */
export interface Proof {
  readonly split: HeldOutSplit;
  readonly pairIds: readonly string[];
  readonly base: Measurement | null;
  readonly personalized: Measurement | null;
}

/** Why a run cannot go on, as trainer and server name it. */
export const failureReasons = [
  'invalid-spec',
  'invalid-base-model',
  'too-few-pairs',
  'no-gain',
  'out-of-memory',
  'disk-full',
  'internal',
] as const;
export type FailureReason = (typeof failureReasons)[number];

export interface RunFailure {
  /** `unknown`: a newer server names one that this version does not know. */
  readonly reason: FailureReason | 'unknown';
  /** One clear sentence. */
  readonly message: string;
}

/** One training. */
export interface PersonalizationRun {
  readonly id: string;
  readonly repository: string;
  readonly corpusSha256: string;
  /** `auto` until one is chosen. */
  readonly strategy: RequestedStrategy;
  /** Whether the server chose the strategy, or is about to. */
  readonly choosesStrategy: boolean;
  readonly state: RunState;
  readonly createdMs: number;
  /** `null` while it has not ended. */
  readonly endedMs: number | null;
  readonly lastSequence: number;
  /** `null` until it succeeded. */
  readonly adapterId: string | null;
  readonly failure: RunFailure | null;
  readonly proofs: readonly Proof[];
  /** Pairs that it trains on; told in lists too. 0 from a server that does not tell. */
  readonly trainPairs: number;
  /** It ran elsewhere, and its adapter was imported. */
  readonly imported: boolean;
  readonly trainPairIds: readonly string[];
  readonly validationPairIds: readonly string[];
  /** Most of the repository's nearest tests in an input. */
  readonly nearestTests: number;
}

/** What a whole training with a strategy is expected to bring and to cost. */
export interface StrategyPrediction {
  readonly strategy: Strategy;
  /** By how much the validation loss falls below the base's, nats per target token. */
  readonly lossDrop: number;
  /** Of training, at most. */
  readonly minutes: number;
  readonly megabytes: number;
}

/** Something that happened in a run; `sequence` counts from 1 without gaps. */
export type RunEvent = { readonly sequence: number; readonly timeMs: number } & RunEventKind;

export type RunEventKind =
  | { readonly kind: 'stage'; readonly stage: string; readonly detail: string }
  | {
      readonly kind: 'stage-progress';
      readonly stage: string;
      /** Pairs. */
      readonly done: number;
      readonly total: number;
      readonly etaSeconds: number;
    }
  | {
      readonly kind: 'progress';
      readonly step: number;
      readonly maxSteps: number;
      readonly epoch: number;
      /** Nats per target token. */
      readonly loss: number;
      readonly tokensPerSecond: number;
      readonly etaSeconds: number;
      readonly petaflopSeconds: number;
    }
  | {
      readonly kind: 'validation';
      readonly step: number;
      readonly epoch: number;
      readonly validationLoss: number;
      readonly best: boolean;
      readonly petaflopSeconds: number;
    }
  | { readonly kind: 'checkpoint'; readonly step: number }
  | {
      readonly kind: 'strategy-probed';
      readonly strategy: Strategy;
      /** The validation loss of the base, and that after the probe; nats per target token. */
      readonly baseLoss: number;
      readonly loss: number;
    }
  | { readonly kind: 'strategy-left-out'; readonly strategy: Strategy; readonly message: string }
  | {
      readonly kind: 'strategy-chosen';
      readonly strategy: Strategy;
      readonly predictions: readonly StrategyPrediction[];
    }
  | {
      readonly kind: 'held-out';
      readonly personalized: boolean;
      readonly split: HeldOutSplit;
      readonly measurement: Measurement;
    }
  | {
      readonly kind: 'adapter';
      readonly bytes: number;
      readonly trainedParameters: number;
      readonly baseParameters: number;
      readonly trainingSeconds: number;
      readonly blockChanges: readonly { readonly block: string; readonly meanAbsoluteChange: number }[];
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string }
  | { readonly kind: 'cancelled'; readonly step: number }
  | { readonly kind: 'state'; readonly state: RunState }
  /** From a newer server: passed over. */
  | { readonly kind: 'unknown' };

/** The saved result of a run. */
export interface Adapter {
  readonly id: string;
  readonly repository: string;
  readonly runId: string;
  readonly strategy: Strategy;
  readonly active: boolean;
  readonly bytes: number;
  readonly trainedParameters: number;
  readonly createdMs: number;
  readonly baseModelSha256: string;
  /** `null` when it is not known. */
  readonly commit: string | null;
}

/** What a server says about itself. */
export interface ServerDescription {
  readonly version: string;
  readonly tenant: string;
  readonly baseModel: {
    readonly name: string;
    readonly sha256: string;
    readonly parameters: number;
    readonly family: string;
  } | null;
}

/** What was erased by forgetting a repository. */
export interface ForgetReceipt {
  readonly corpora: number;
  readonly runs: number;
  readonly adapters: number;
  readonly bytes: number;
  /** The same as text that the server signed, which `receipt verify` reads: one for each repository that it knows. */
  readonly signed: readonly string[];
}

export function isEnded(state: RunState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}
