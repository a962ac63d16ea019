import { setImmediate as nextTurn } from 'node:timers/promises';

const TURN_MS = 8;

/** Lets other work of this thread, such as an editor's, have its turn now and then. */
export class Turns {
  #endsMs = performance.now() + TURN_MS;

  /** To be called between two small steps: lets others have their turn when this one has lasted long enough. */
  async pass(): Promise<void> {
    if (performance.now() > this.#endsMs) {
      await nextTurn();
      this.#endsMs = performance.now() + TURN_MS;
    }
  }
}
