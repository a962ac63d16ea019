import { BespokeError, type Situation } from '../errors.ts';
import type { WorkerFailure } from './worker-protocol.ts';

/** What a worker says of an error. */
export function failureOf(error: unknown): WorkerFailure {
  return {
    situation: error instanceof BespokeError ? error.situation : null,
    message: error instanceof Error ? error.message : String(error),
  };
}

/** The error that a worker told of. */
export function errorOf({ situation, message }: WorkerFailure): Error {
  return situation === null ? new Error(message) : new BespokeError(situation as Situation, message);
}
