/** A model pack that is not taken; its message is one clear sentence with the cause and the next step. */
export class PackError extends Error {
  /** `cause` is a clause, for instance `it is not signed`. */
  constructor(file: string, cause: string, options?: ErrorOptions) {
    super(`The model pack ${file} was refused, ${cause}: ask whoever made it for a new one.`, options);
    this.name = 'PackError';
  }
}
