/** Why the local server does not run, as far as the user can act on it. */
export type LocalServerErrorKind =
  /** The Python environment or the base model is not there: the set-up puts it there. */
  | 'not-set-up'
  /** The process ended, or said nothing in time. */
  | 'did-not-start';

export class LocalServerError extends Error {
  readonly kind: LocalServerErrorKind;

  constructor(kind: LocalServerErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LocalServerError';
    this.kind = kind;
  }
}
