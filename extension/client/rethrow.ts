import { status } from '@grpc/grpc-js';
import { retryAfterMsOf } from './retry-info.ts';
import { ServerError, type ServerErrorKind } from './server-error.ts';

/** Maps whatever a call failed with to the client's one error. */
export function toServerError(cause: unknown, address: string): ServerError {
  if (cause instanceof ServerError) return cause;
  const { code, details } = statusOf(cause);
  const kind = kindOf(code, details);
  const isUntouched = code === status.UNAVAILABLE && /^No connection established|is shutting down:/.test(details);
  return new ServerError(kind, sentenceOf(kind, details, address), {
    ...{ cause, isUntouched, retryAfterMs: retryAfterMsOf(cause) },
  });
}

function statusOf(cause: unknown): { code: status; details: string } {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'number' && cause.code in status) {
    const details = 'details' in cause && typeof cause.details === 'string' ? cause.details : cause.message;
    return { code: cause.code, details };
  }
  return { code: status.UNKNOWN, details: cause instanceof Error ? cause.message : String(cause) };
}

function kindOf(code: status, details: string): ServerErrorKind {
  switch (code) {
    case status.UNAVAILABLE:
      return /certificate|self.signed|altnames/i.test(details) ? 'untrusted-certificate' : 'unreachable';
    case status.DEADLINE_EXCEEDED:
      return 'timeout';
    case status.UNAUTHENTICATED:
      return 'unauthenticated';
    case status.PERMISSION_DENIED:
      return 'forbidden';
    case status.NOT_FOUND:
      return 'not-found';
    case status.INVALID_ARGUMENT:
    case status.FAILED_PRECONDITION:
    case status.ALREADY_EXISTS:
    case status.ABORTED:
    case status.OUT_OF_RANGE:
      return 'refused';
    case status.RESOURCE_EXHAUSTED:
      return 'limit';
    case status.UNIMPLEMENTED:
      return 'incompatible';
    case status.CANCELLED:
      // Our own cancellations never get here: the server or the network ended the call.
      return 'unreachable';
    case status.OK:
    case status.UNKNOWN:
    case status.INTERNAL:
    case status.DATA_LOSS:
      return /RST_STREAM|ECONNRESET|GOAWAY|socket/i.test(details) ? 'unreachable' : 'internal';
  }
}

function sentenceOf(kind: ServerErrorKind, details: string, address: string): string {
  switch (kind) {
    case 'unreachable':
      return `The Bespoke server at ${address} does not answer: check that it runs and that the address is right.`;
    case 'timeout':
      return `The Bespoke server at ${address} took too long to answer: try again.`;
    case 'unauthenticated':
      // The server says whether the token is unknown, has expired or was revoked; a proxy before it says a status code only.
      if (isSentence(details)) return details;
      return `The Bespoke server at ${address} does not accept the token: connect again with a valid one.`;
    case 'forbidden':
      if (isSentence(details)) return details;
      return `The Bespoke server at ${address} does not allow this to the token: ask its operator for one with more rights.`;
    case 'untrusted-certificate':
      return `The certificate of ${address} is not trusted: set the file of your certificate authority in bespoke.server.caFile.`;
    case 'incompatible':
      return `The Bespoke server at ${address} is of another version and lacks this call: update it or the extension.`;
    case 'not-found':
    case 'refused':
    case 'limit':
    case 'internal':
      return details === '' ? 'The Bespoke server failed without a reason: look at its log.' : details;
  }
}

/** Whether a text tells cause and next step, as every sentence of the server's own does. */
function isSentence(details: string): boolean {
  return /^[A-Z].+: .+\.$/s.test(details);
}
