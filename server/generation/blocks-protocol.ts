import type { Precision } from './graph-description.ts';
import type { WorkerFailure } from './worker-protocol.ts';

/** What the worker of the blocks is started with. */
export interface BlocksOptions {
  readonly baseModelDir: string;
  readonly precision: Precision;
  readonly threads: number;
}

/** Hidden states that go through blocks. */
export type BlocksRequest =
  | {
      readonly stack: 'encoder';
      /** [rows, hidden size] */
      readonly states: Float32Array;
    }
  | {
      readonly stack: 'decoder';
      /** Of the first row; what the session has from there on is forgotten. */
      readonly firstPosition: number;
      /** Of how many of the last rows the final states are wanted. */
      readonly wantedRows: number;
      /** [rows, hidden size] */
      readonly states: Float32Array;
    };

/** To the worker. A session begins with its first request. */
export type BlocksWorkerRequest =
  | { readonly kind: 'run'; readonly id: number; readonly session: number; readonly request: BlocksRequest }
  | { readonly kind: 'end'; readonly session: number }
  | { readonly kind: 'close' };

/** From the worker. */
export type BlocksWorkerResponse =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ran'; readonly id: number; readonly states: Float32Array }
  | ({
      readonly kind: 'failed';
      /** `null`: the worker did not start. */
      readonly id: number | null;
    } & WorkerFailure);
