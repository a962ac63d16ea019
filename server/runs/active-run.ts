import type { TrainerProcess } from '../processes/trainer-process.ts';

/** A run that this executor works on. */
export class ActiveRun {
  constructor(readonly tenantId: string) {}

  done: Promise<void> = Promise.resolve();
  cancelled = false;
  stopped = false;
  readonly #controller = new AbortController();
  #process: TrainerProcess | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A process that starts while the run is being ended is ended with it. */
  set process(process: TrainerProcess | undefined) {
    this.#process = process;
    if (this.stopped) process?.end(0);
    else if (this.cancelled) process?.end(CANCEL_GRACE_MS);
  }

  cancel(): void {
    this.cancelled = true;
    this.#controller.abort();
    this.#process?.end(CANCEL_GRACE_MS);
  }

  /** At once: the run goes on from its checkpoint, and whoever stops the server does not wait for a trainer. */
  stop(): void {
    this.stopped = true;
    this.#controller.abort();
    this.#process?.end(0);
  }
}

/** A user waits for a cancelled run, so a trainer gets little time to end by itself; its checkpoint is on disk already. */
const CANCEL_GRACE_MS = 2000;
