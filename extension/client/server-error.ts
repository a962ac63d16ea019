/** What a caller can do about a failed call. */
export type ServerErrorKind =
  /** No answer: the server is down, the address is wrong or the network is cut. Trying again may help. */
  | 'unreachable'
  /** The answer took longer than the deadline. Trying again may help. */
  | 'timeout'
  /** The token is missing, not known, expired or revoked. */
  | 'unauthenticated'
  /** The token's role does not allow the call. */
  | 'forbidden'
  /** The certificate of the server is not trusted. */
  | 'untrusted-certificate'
  /** What was asked for does not exist, or belongs to another tenant. */
  | 'not-found'
  /** The server understood and says no: the message says why. */
  | 'refused'
  /** A limit of the server was reached. */
  | 'limit'
  /** The server is older or newer than this extension. */
  | 'incompatible'
  /** The server failed. */
  | 'internal';

/** The only error that the client throws; its message is one clear sentence with the cause and the next step. */
export class ServerError extends Error {
  readonly kind: ServerErrorKind;
  /** After this time the same call may succeed, says the server. */
  readonly retryAfterMs: number | undefined;
  /** Whether it is certain that the server did nothing of what the call asked for. */
  readonly isUntouched: boolean;

  constructor(
    kind: ServerErrorKind,
    message: string,
    options: ErrorOptions & { readonly retryAfterMs?: number | undefined; readonly isUntouched?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'ServerError';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.isUntouched = options.isUntouched ?? false;
  }

  /** Whether the same call may succeed when it is repeated. */
  get isTransient(): boolean {
    return this.kind === 'unreachable' || this.kind === 'timeout' || this.retryAfterMs !== undefined;
  }
}
