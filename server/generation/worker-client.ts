import type { WorkerConnection } from './worker-connection.ts';
import { errorOf } from './worker-failure.ts';
import type { Candidate, DecodingWork, WorkerResponse } from './worker-protocol.ts';

/** What decoding gives, in this order: started, deltas (one candidate only), candidates best first. Nothing follows an abort. */
export type DecodedPart =
  | { readonly kind: 'started' }
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'candidate'; readonly candidate: Candidate; readonly tokens: readonly number[] };

/** Whoever decodes: one worker, or several that share the work. */
export interface Decoder {
  /** Aborting `signal` ends the iteration and frees the place in the worker before its next step. */
  decode(work: DecodingWork, signal: AbortSignal): AsyncGenerator<DecodedPart>;
  /** Takes the adapters in a folder out of memory for good; settles when they are gone. */
  evict(folder: string): Promise<void>;
  close(): Promise<void>;
}

/** A worker has ended before it was done with a request. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';
}

/** This side of a worker. `decode` throws `WorkerEnded`, or what the worker threw. */
export class WorkerClient implements Decoder {
  readonly ended: Promise<Error>;
  readonly #listeners = new Map<number, (response: WorkerResponse) => void>();
  #nextId = 0;
  #reason: Error | undefined;

  constructor(private readonly connection: WorkerConnection) {
    connection.onMessage((response) => {
      if ('id' in response && response.id !== null) this.#listeners.get(response.id)?.(response);
    });
    this.ended = connection.ended.then((reason) => {
      this.#reason = reason;
      const failed: WorkerResponse = { kind: 'failed', id: null, situation: null, message: reason.message };
      for (const listener of [...this.#listeners.values()]) listener(failed);
      return reason;
    });
  }

  /** Requests that it works on. */
  get load(): number {
    return this.#listeners.size;
  }

  /** Whether it has ended; may be known before `ended` has settled for everybody. */
  get hasEnded(): boolean {
    return this.#reason !== undefined;
  }

  async *decode(work: DecodingWork, signal: AbortSignal): AsyncGenerator<DecodedPart> {
    if (signal.aborted) return;
    this.#throwIfEnded();
    const id = this.#nextId++;
    const arrived: WorkerResponse[] = [];
    let wake = () => {};
    this.#listeners.set(id, (response) => {
      arrived.push(response);
      wake();
    });
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    let done = false;
    this.connection.send({ kind: 'generate', id, ...work });
    try {
      while (!done) {
        if (arrived.length === 0 && !signal.aborted)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        if (signal.aborted) return;
        const response = arrived.shift();
        if (response === undefined) continue;
        if (response.kind === 'failed') {
          done = true;
          if (response.id === null) this.#throwIfEnded();
          throw errorOf(response);
        }
        if (response.kind === 'started') yield { kind: 'started' };
        if (response.kind === 'delta') yield { kind: 'delta', text: response.text };
        if (response.kind === 'finished') {
          done = true;
          for (const candidate of response.candidates)
            yield { kind: 'candidate', candidate, tokens: response.tokens[candidate.rank] ?? [] };
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#listeners.delete(id);
      // Also when the caller stopped listening.
      if (!done && this.#reason === undefined) this.connection.send({ kind: 'cancel', id });
    }
  }

  /** A worker that has ended holds nothing any more. */
  async evict(folder: string): Promise<void> {
    if (this.#reason !== undefined) return;
    const id = this.#nextId++;
    await new Promise<void>((gone, failed) => {
      this.#listeners.set(id, (response) => {
        this.#listeners.delete(id);
        if (response.kind === 'failed' && response.id !== null) failed(errorOf(response));
        else gone();
      });
      this.connection.send({ kind: 'evict', id, folder });
    });
  }

  async close(): Promise<void> {
    if (this.#reason === undefined) await this.connection.close();
  }

  #throwIfEnded(): void {
    if (this.#reason !== undefined) throw new WorkerEnded(this.#reason.message, { cause: this.#reason });
  }
}
