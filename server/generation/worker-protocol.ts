import type { FaultyText } from './given-path.ts';
import type { Precision } from './graph-description.ts';

/** What the worker is started with. */
export interface WorkerOptions {
  readonly baseModelDir: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly maxConcurrentRequests: number;
  readonly sessionMemoryBytes: number;
}

/** A beam search as wide as there are candidates; the meaning is that of Hugging Face's `generate`. */
export interface BeamOptions {
  /** A candidate's score is its log-probability divided by its length to this power. */
  readonly lengthPenalty: number;
  /** True ends as soon as enough candidates are finished; false when no better one is likely; never when none is possible. */
  readonly earlyStopping: boolean | 'never';
}

/** How candidates are decoded. */
export interface DecodingRequest {
  /** 1 decodes greedily. */
  readonly candidates: number;
  /** `null`: the greedy candidate and, if more are wanted, branches off it. */
  readonly beam: BeamOptions | null;
  /** Not `null`: the candidates are this text, written anew from where it went wrong. */
  readonly faulty: FaultyText | null;
  readonly maxNewTokens: number;
  readonly atEndOfMethod: boolean;
}

/** What there is to decode. */
export interface DecodingWork {
  /** The whole input without special tokens. */
  readonly tokens: readonly number[];
  /** `null`: the base. */
  readonly adapterDir: string | null;
  /** Who may share the adapter's session: part of its cache key. */
  readonly tenantId: string;
  readonly decoding: DecodingRequest;
}

/** To the worker. */
export type WorkerRequest =
  | ({ readonly kind: 'generate'; readonly id: number } & DecodingWork)
  | { readonly kind: 'cancel'; readonly id: number }
  /** Takes the adapters in a folder out of memory for good. */
  | { readonly kind: 'evict'; readonly id: number; readonly folder: string }
  | { readonly kind: 'close' };

/** A decoded test. */
export interface Candidate {
  /** Place among the candidates, from 0. */
  readonly rank: number;
  /** The test method's source. */
  readonly text: string;
  /** Sum over the tokens, in nats. */
  readonly logProbability: number;
  /** Number of tokens. */
  readonly tokens: number;
  /** Whether the method ended by itself: false when the token limit cut it. */
  readonly complete: boolean;
}

/** Why a worker did not start, or a request of it failed. */
export interface WorkerFailure {
  /** A situation of `server/errors.ts`, or `null` for a defect. */
  readonly situation: string | null;
  readonly message: string;
}

/** From the worker. */
export type WorkerResponse =
  | { readonly kind: 'ready' }
  | { readonly kind: 'started'; readonly id: number }
  | { readonly kind: 'evicted'; readonly id: number }
  | { readonly kind: 'delta'; readonly id: number; readonly text: string }
  | {
      readonly kind: 'finished';
      readonly id: number;
      readonly candidates: readonly Candidate[];
      /** Token ids of each candidate. */
      readonly tokens: readonly (readonly number[])[];
    }
  | ({
      readonly kind: 'failed';
      /** `null`: the worker did not start. */
      readonly id: number | null;
    } & WorkerFailure);
