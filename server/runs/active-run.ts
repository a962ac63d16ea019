import type { Trainer } from '../processes/trainer-host.ts';

/** A run that this executor works on. */
export class ActiveRun {
  constructor(readonly tenantId: string) {}

  done: Promise<void> = Promise.resolve();
  cancelled = false;
  stopped = false;
  readonly #controller = new AbortController();
  #trainer: Trainer | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A trainer that starts while the run is being ended is ended with it. */
  set trainer(trainer: Trainer | undefined) {
    this.#trainer = trainer;
    if (this.stopped) trainer?.end(0);
    else if (this.cancelled) trainer?.end(CANCEL_GRACE_MS);
  }

  cancel(): void {
    this.cancelled = true;
    this.#controller.abort();
    this.#trainer?.end(CANCEL_GRACE_MS);
  }

  /** At once: the run goes on from its checkpoint, and whoever stops the server does not wait for a trainer. */
  stop(): void {
    this.stopped = true;
    this.#controller.abort();
    this.#trainer?.end(0);
  }
}

/** A user waits for a cancelled run, so a trainer gets little time to end by itself; its checkpoint is on disk already. */
const CANCEL_GRACE_MS = 2000;
