import { type Metadata, status } from '@grpc/grpc-js';
import { BespokeError, diskFull, invalidRequest, type Situation } from '../errors.ts';
import type { Log } from '../log.ts';
import { isDiskFull } from '../storage/durable-file.ts';
import { retryInfo } from './retry-info.ts';

/** The one place that says which gRPC status a situation has. */
const statusOf: Readonly<Record<Situation, status>> = {
  'wrong-token': status.UNAUTHENTICATED,
  'wrong-role': status.PERMISSION_DENIED,
  'not-found': status.NOT_FOUND,
  'invalid-request': status.INVALID_ARGUMENT,
  'hash-mismatch': status.INVALID_ARGUMENT,
  'corpus-incomplete': status.FAILED_PRECONDITION,
  'too-few-pairs': status.FAILED_PRECONDITION,
  'request-id-reused': status.ALREADY_EXISTS,
  'not-better': status.FAILED_PRECONDITION,
  'adapter-refused': status.FAILED_PRECONDITION,
  'base-model-refused': status.FAILED_PRECONDITION,
  'native-runtime-broken': status.FAILED_PRECONDITION,
  'message-too-large': status.RESOURCE_EXHAUSTED,
  'over-quota': status.RESOURCE_EXHAUSTED,
  'disk-full': status.RESOURCE_EXHAUSTED,
  'shutting-down': status.UNAVAILABLE,
  'no-generation-worker': status.UNAVAILABLE,
  'identity-provider-away': status.UNAVAILABLE,
  'object-store-away': status.UNAVAILABLE,
  'start-refused': status.FAILED_PRECONDITION,
};

/** How a call ends that does not end well. */
export interface Refusal {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** What a client is told about a situation, with the time after which to try again where there is one. */
export function refusalOf({ situation, message, retryAfterMs }: BespokeError): Refusal {
  const refusal = { code: statusOf[situation], details: message };
  return retryAfterMs === undefined ? refusal : { ...refusal, metadata: retryInfo(refusal, retryAfterMs) };
}

/**
 * What a client is told about an error. A situation of `server/errors.ts` is told in its own words; anything else is a defect, is
 * logged, and its text stays here because it may quote the request.
 */
export function toStatus(error: unknown, log: Log, method: string): Refusal {
  if (error instanceof BespokeError) return refusalOf(error);
  // Only what a client sent holds such characters, so this is no defect of the server.
  if (isNoText(error)) return toStatus(noText, log, method);
  log.error('call-broke', error, { method });
  if (isDiskFull(error)) return toStatus(diskFull({ cause: error }), log, method);
  return {
    code: status.INTERNAL,
    details: 'The server met a defect of its own: try again, and look for the event call-broke in the server log.',
  };
}

/** PostgreSQL's codes for a text with a NUL, which protobuf allows and no database keeps. */
function isNoText(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '22021' || error.code === '22P05');
}

const noText = invalidRequest('The request holds a text with a NUL character', 'leave such characters out');

export const cancelledStatus: Refusal = {
  code: status.CANCELLED,
  details: 'The call was cancelled.',
};
