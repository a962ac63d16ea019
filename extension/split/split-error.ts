/** A model that cannot be split. The message is one sentence for the user: cause and next step. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
}
