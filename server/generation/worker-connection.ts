import type { WorkerOptions, WorkerRequest, WorkerResponse } from './worker-protocol.ts';

/** A worker that has loaded the base model, and the way to it. */
export interface WorkerConnection {
  /** What is sent to one that has ended is lost. */
  send(request: WorkerRequest): void;
  /** Hands over every message from now on, in order. To be called once. */
  onMessage(listener: (response: WorkerResponse) => void): void;
  /** Settles with the reason when the worker is gone; nothing is heard of it after that. */
  readonly ended: Promise<Error>;
  /** Ends the worker; settles when it is gone. */
  close(): Promise<void>;
}

/** Where workers run that a pool asks for. */
export interface WorkerHost {
  /** Settles when the worker is ready, however long that takes. Rejects when it did not start, or when `signal` aborts. */
  start(options: WorkerOptions, signal: AbortSignal): Promise<WorkerConnection>;
  /** Lets go of what is left of all workers. */
  close(): Promise<void>;
}
