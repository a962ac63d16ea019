import type { FailureAction } from './failure-cards.ts';

/** A failure that the user can act on with one of our commands. */
export class Failure extends Error {
  readonly action: FailureAction | undefined;

  constructor(message: string, action?: FailureAction) {
    super(message);
    this.name = 'Failure';
    this.action = action;
  }
}
