import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { CachedFile } from './mining-cache.ts';
import { startThread, type ThreadRequest } from './mining-threads.ts';
import { shareFiles } from './shared-files.ts';
import type { PairedFile, PairingWork } from './test-file-pairer.ts';

export interface PairingPoolOptions {
  readonly threads: number;
  /** The bundled worker. Left out: `mining-worker.js` beside the running bundle. */
  readonly workerFile?: string;
  readonly signal?: AbortSignal;
}

const BATCH_FILES = 8;
/** Batches that may be done before they are asked for: enough that no thread waits, few enough that they take no room. */
const BATCHES_AHEAD_PER_THREAD = 4;

/**
 * Pairs on worker threads; the files come in their order all the same. Throws what a thread dies of. Ends early, without an
 * error, when the signal is aborted.
 */
export async function* pairOnThreads(
  work: PairingWork,
  files: ReadonlyMap<string, CachedFile>,
  options: PairingPoolOptions,
  onProgress: (done: number, total: number) => void,
): AsyncGenerator<readonly PairedFile[], void, undefined> {
  const index: ThreadRequest = { task: 'index', work, files: shareFiles(files) };
  const workers = Array.from({ length: options.threads }, () => startThread(options.workerFile));
  const queue = new BatchQueue(options.threads * BATCHES_AHEAD_PER_THREAD);
  const stop = () => queue.stop();
  options.signal?.addEventListener('abort', stop);
  try {
    for (const worker of workers) {
      queue.workWith(worker, index);
    }
    for await (const { files: paired, done, total } of queue.results()) {
      if (options.signal?.aborted === true) {
        return;
      }
      yield paired;
      onProgress(done, total);
    }
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

interface BatchResult {
  readonly files: readonly PairedFile[];
  /** Test files so far. */
  readonly done: number;
  readonly total: number;
}

/** Hands out batches of test files in order, and gives their results in that order. */
class BatchQueue {
  readonly #ahead: number;
  readonly #results = new Map<number, readonly PairedFile[]>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #total: number | undefined;
  #next = 0;
  #given = 0;
  #isStopped = false;
  #failure: Error | undefined;

  constructor(ahead: number) {
    this.#ahead = ahead;
  }

  /** Lets a thread work until nothing is left. */
  workWith(worker: Worker, index: ThreadRequest): void {
    const fail = (error: Error) => {
      this.#failure ??= error;
      this.#changes.emit('change');
    };
    // It may die between two waits for it.
    worker.once('error', fail);
    this.#work(worker, index).then(() => worker.off('error', fail), fail);
  }

  stop(): void {
    this.#isStopped = true;
    this.#changes.emit('change');
  }

  async *results(): AsyncGenerator<BatchResult, void, undefined> {
    for (;;) {
      const files = this.#results.get(this.#given);
      const total = this.#total;
      if (this.#failure !== undefined) {
        throw this.#failure;
      }
      if (this.#isStopped || (total !== undefined && this.#given * BATCH_FILES >= total)) {
        return;
      }
      if (files === undefined || total === undefined) {
        await once(this.#changes, 'change');
        continue;
      }
      this.#results.delete(this.#given++);
      this.#changes.emit('change');
      yield { files, done: Math.min(this.#given * BATCH_FILES, total), total };
    }
  }

  async #work(worker: Worker, index: ThreadRequest): Promise<void> {
    worker.postMessage(index);
    const [total] = (await once(worker, 'message')) as [number];
    this.#total = total;
    this.#changes.emit('change');
    while (this.#next * BATCH_FILES < total && !this.#isStopped) {
      if (this.#next >= this.#given + this.#ahead) {
        await once(this.#changes, 'change');
        continue;
      }
      const batch = this.#next++;
      const range: ThreadRequest = { task: 'pair', from: batch * BATCH_FILES, to: (batch + 1) * BATCH_FILES };
      worker.postMessage(range);
      const [paired] = (await once(worker, 'message')) as [readonly PairedFile[]];
      this.#results.set(batch, paired);
      this.#changes.emit('change');
    }
  }
}
