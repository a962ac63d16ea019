import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BespokeError, noGenerationWorker } from '../errors.ts';
import type { Log } from '../log.ts';
import { SeamlessStream } from './seamless-stream.ts';
import { type DecodedPart, type Decoder, WorkerClient, WorkerEnded } from './worker-client.ts';
import type { WorkerHost } from './worker-connection.ts';
import type { DecodingWork, WorkerOptions } from './worker-protocol.ts';

/** What a pool is made of. */
export interface WorkerPoolParts {
  readonly host: WorkerHost;
  readonly workers: number;
  readonly options: WorkerOptions;
  readonly log: Log;
}

/**
 * Keeps a number of workers alive and spreads requests over them. A request whose worker dies is done again by another one, and the caller does
 * not notice. `decode` throws `noGenerationWorker` when there has been no worker for some seconds, or none that could finish the request.
 */
export class WorkerPool implements Decoder {
  /** By place: a worker takes the place of the one that died. */
  readonly #workers = new Map<number, WorkerClient>();
  /** Workers that come later must not load them either. */
  readonly #evicted = new Set<string>();
  /** They end, and get no requests any more. */
  readonly #retired = new WeakSet<WorkerClient>();
  readonly #closing = new AbortController();
  readonly #places: Promise<void>[];
  /** Requests that wait for a worker. */
  readonly #waiting = new Set<() => void>();

  constructor(private readonly parts: WorkerPoolParts) {
    this.#places = Array.from({ length: parts.workers }, (_, place) => this.#keep(place));
  }

  /** Workers that take requests at the moment. */
  get size(): number {
    return this.#workers.size;
  }

  async *decode(work: DecodingWork, signal: AbortSignal): AsyncGenerator<DecodedPart> {
    const stream = new SeamlessStream();
    for (let tries = 1; ; tries++) {
      const chosen = await this.#choose(work.adapterDir, signal);
      if (chosen === undefined) return;
      const [place, worker] = chosen;
      try {
        stream.begin();
        for await (const part of worker.decode(work, signal)) yield* stream.pass(part);
        return;
      } catch (error) {
        // What broke one request may have broken more.
        if (!(error instanceof WorkerEnded || error instanceof BespokeError)) void this.#retire(worker);
        if (!(error instanceof WorkerEnded)) throw error;
        // Perhaps it is the request that ends workers.
        if (tries === MOST_TRIES) throw noGenerationWorker({ cause: error });
        this.parts.log.info('generation-done-again', { worker: place });
      }
    }
  }

  async evict(folder: string): Promise<void> {
    this.#evicted.add(folder);
    await Promise.all([...this.#workers.values()].map((worker) => this.#evictFrom(worker, folder)));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wakeAll();
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    await Promise.all(this.#places);
    await this.parts.host.close();
  }

  /** Has a worker in a place until the pool is closed. */
  async #keep(place: number): Promise<void> {
    const { log } = this.parts;
    const { signal } = this.#closing;
    for (let pauseMs = LEAST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS)) {
      const startedMs = Date.now();
      const worker = await this.#start(place);
      if (worker !== undefined) {
        const readyMs = Date.now();
        log.info('generation-worker-ready', { worker: place, durationMs: readyMs - startedMs });
        await worker.ended;
        this.#workers.delete(place);
        if (signal.aborted) return;
        log.warn('generation-worker-lost', { worker: place, livedMs: Date.now() - readyMs });
        if (Date.now() - readyMs >= LONG_LIFE_MS) pauseMs = LEAST_PAUSE_MS;
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  async #start(place: number): Promise<WorkerClient | undefined> {
    const { host, options, log } = this.parts;
    const { signal } = this.#closing;
    try {
      const worker = new WorkerClient(await host.start(options, signal));
      for (const folder of this.#evicted) void this.#evictFrom(worker, folder);
      this.#workers.set(place, worker);
      if (signal.aborted) await worker.close();
      this.#wakeAll();
      return worker;
    } catch (error) {
      if (!signal.aborted) log.error('generation-worker-not-started', error, { worker: place });
      return undefined;
    }
  }

  /** Another takes its place when it has ended. */
  async #retire(worker: WorkerClient): Promise<void> {
    this.#retired.add(worker);
    await worker.close();
  }

  /** A worker that cannot let an adapter go is ended, and holds nothing then. */
  async #evictFrom(worker: WorkerClient, folder: string): Promise<void> {
    await worker.evict(folder).catch((error: unknown) => {
      this.parts.log.error('adapters-not-evicted', error);
      return this.#retire(worker);
    });
  }

  /** `undefined` when `signal` aborts first. */
  async #choose(
    adapterDir: string | null,
    signal: AbortSignal,
  ): Promise<readonly [place: number, worker: WorkerClient] | undefined> {
    const deadlineMs = Date.now() + MOST_WAIT_MS;
    while (!signal.aborted) {
      const chosen = this.#best(adapterDir);
      if (chosen !== undefined) return chosen;
      const leftMs = deadlineMs - Date.now();
      if (leftMs <= 0 || this.#closing.signal.aborted) throw noGenerationWorker();
      await this.#untilWorker(signal, leftMs);
    }
    return undefined;
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Settles when a worker has come, the pool is closed, `signal` aborts or the time is over. */
  #untilWorker(signal: AbortSignal, mostMs: number): Promise<void> {
    return new Promise((settle) => {
      const wake = () => {
        clearTimeout(late);
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        settle();
      };
      const late = setTimeout(wake, mostMs);
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  /**
   * The first worker, in an order that each adapter has for itself, that is not clearly busier than the one with the least to do: so few workers
   * hold the adapter, and the same ones each time. All of them hold the base.
   */
  #best(adapterDir: string | null): readonly [place: number, worker: WorkerClient] | undefined {
    const able = [...this.#workers].filter(([, worker]) => !worker.hasEnded && !this.#retired.has(worker));
    const leastLoad = Math.min(...able.map(([, { load }]) => load));
    const mostLoad = leastLoad + (adapterDir === null ? 0 : CLEARLY_BUSIER);
    return able
      .filter(([, { load }]) => load <= mostLoad)
      .map((entry) => ({ entry, rank: rankOf(adapterDir, entry[0]) }))
      .sort((one, other) => (one.rank < other.rank ? -1 : 1))[0]?.entry;
  }
}

function rankOf(adapterDir: string | null, place: number): string {
  return createHash('sha256').update(`${place} ${adapterDir}`).digest('hex');
}

/** Requests that are worth less than loading an adapter a second time: they are decoded together. */
const CLEARLY_BUSIER = 2;
const MOST_TRIES = 3;
/** What a caller waits for a worker. */
const MOST_WAIT_MS = 10_000;
const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 10_000;
/** Who lived as long did not die of how it was started. */
const LONG_LIFE_MS = 30_000;
