import type { HeldOutSplit } from '../../core/splits/split-pairs.ts';
import type { TrainerIdentity } from '../processes/trainer-host.ts';
import type { RequestedStrategy, TrainingOptions } from './strategy.ts';

/** The life of a run: queued, running, then one of the three ends. */
export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export const endStates: readonly RunState[] = ['succeeded', 'failed', 'cancelled'];

/** One training. */
export interface Run {
  readonly id: string;
  readonly tenantId: string;
  /** Identifier inside the ledger. */
  readonly repositoryId: string;
  /** The name that the client gave. */
  readonly repository: string;
  readonly corpusSha256: string;
  /** `auto` until one is chosen. */
  readonly strategy: RequestedStrategy;
  /** What was asked for. */
  readonly requestedStrategy: RequestedStrategy;
  readonly options: TrainingOptions;
  /** Most of the repository's nearest tests in an input. */
  readonly nearestTests: number;
  readonly state: RunState;
  readonly createdMs: number;
  /** `null` while it has not ended. */
  readonly endedMs: number | null;
  /** Sequence number of its last event. */
  readonly lastSequence: number;
  /** It ran on another server, and its adapter was imported. */
  readonly imported: boolean;
  readonly trainPairIds: readonly string[];
  readonly validationPairIds: readonly string[];
  readonly proofs: readonly Proof[];
  readonly adapterId: string | null;
  readonly failure: RunFailure | null;
  /** A user asked to end it; the executor may not have done so yet. */
  readonly cancelRequested: boolean;
  /** Highest step that a checkpoint was written at; -1 for none. */
  readonly checkpointStep: number;
  /** Deaths of its process since the last new checkpoint. */
  readonly deathsWithoutProgress: number;
  /** The trainer that works on it, or that did when the server died. */
  readonly process: TrainerIdentity | null;
}

/** Held-out pairs of one split and the losses on them. */
export interface Proof {
  readonly split: HeldOutSplit;
  readonly pairIds: readonly string[];
  readonly base: Measurement | null;
  readonly personalized: Measurement | null;
}

/** Output quality on held-out pairs. */
export interface Measurement {
  /** Mean negative log-likelihood of a target token, in nats. */
  readonly loss: number;
  /** exp(loss). */
  readonly perplexity: number;
  readonly targetTokens: number;
  readonly pairs: readonly PairLoss[];
}

/** The loss of one held-out pair. */
export interface PairLoss {
  readonly pairId: string;
  /** Sum over the target tokens, in nats. */
  readonly lossSum: number;
  readonly targetTokens: number;
}

/** Why a run cannot go on. */
export interface RunFailure {
  readonly reason: string;
  /** One clear sentence without source code: the cause and the next step. */
  readonly message: string;
}
