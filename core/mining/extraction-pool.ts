import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { JavaParser } from '../java/java-parser.ts';
import { type ExtractionRequest, type ExtractionResult, extractFile, failedExtraction } from './extraction.ts';
import { MiningError } from './mining-record.ts';

export interface PoolOptions {
  readonly workspace: string;
  /** Number of threads; 0 parses in this thread. Left out: by free cores and the amount of work. */
  readonly threads?: number;
  /** The bundled worker. Left out: `mining-worker.js` beside the running bundle. */
  readonly workerFile?: string;
  readonly signal?: AbortSignal | undefined;
}

const BATCH_FILES = 16;
/** Below this, starting threads costs more than they save. */
const FEW_FILES = 48;
const MAX_THREADS = 8;

/**
 * Extracts many files, on worker threads when there are many, and calls `onResult` with the index of each request as it is answered, in
 * no fixed order. Ends early, without an error, when the signal is aborted. A worker that dies takes only the file it died on with it.
 */
export async function extractAll(
  requests: readonly ExtractionRequest[],
  options: PoolOptions,
  onResult: (index: number, result: ExtractionResult) => void,
): Promise<void> {
  const threads = Math.min(options.threads ?? threadsFor(requests.length), Math.ceil(requests.length / BATCH_FILES));
  if (threads === 0) {
    await extractHere(requests, options, onResult);
    return;
  }
  const workerFile = options.workerFile ?? bundledWorker();
  const batches = batchesOf(requests.length);
  await Promise.all(Array.from({ length: threads }, () => runWorker(workerFile, requests, batches, options, onResult)));
}

function threadsFor(files: number): number {
  if (files < FEW_FILES) {
    return 0;
  }
  const cores = availableParallelism();
  const busyCores = Math.floor(loadavg()[0] ?? 0);
  return Math.max(1, Math.min(cores - busyCores, cores, MAX_THREADS));
}

async function extractHere(
  requests: readonly ExtractionRequest[],
  options: PoolOptions,
  onResult: (index: number, result: ExtractionResult) => void,
): Promise<void> {
  if (requests.length === 0) {
    return;
  }
  const parser = await JavaParser.create();
  try {
    for (const [index, request] of requests.entries()) {
      if (options.signal?.aborted === true) {
        return;
      }
      onResult(index, extractFile(parser, options.workspace, request));
      await nextTurn();
    }
  } finally {
    parser.delete();
  }
}

/** Indexes of requests, in batches. Shared by all workers, so that none waits while work is left. */
function batchesOf(length: number): number[][] {
  const batches: number[][] = [];
  for (let start = 0; start < length; start += BATCH_FILES) {
    batches.push(Array.from({ length: Math.min(BATCH_FILES, length - start) }, (_, offset) => start + offset));
  }
  return batches.reverse();
}

async function runWorker(
  workerFile: string,
  requests: readonly ExtractionRequest[],
  batches: number[][],
  options: PoolOptions,
  onResult: (index: number, result: ExtractionResult) => void,
): Promise<void> {
  let worker: Worker | undefined;
  try {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
      if (options.signal?.aborted === true) {
        return;
      }
      worker ??= startWorker(workerFile, options.workspace);
      const batchRequests = batch.flatMap((index) => requests[index] ?? []);
      const results = await answerOf(worker, batchRequests);
      if (results !== undefined) {
        for (const [offset, result] of results.entries()) {
          onResult(batch[offset] ?? 0, result);
        }
        continue;
      }
      worker = undefined;
      const [lost] = batch;
      if (batch.length === 1 && lost !== undefined) {
        onResult(lost, failedExtraction('parsing-failed'));
      } else {
        batches.push(...batch.map((index) => [index]));
      }
    }
  } finally {
    await worker?.terminate();
  }
}

function startWorker(workerFile: string, workspace: string): Worker {
  const worker = new Worker(workerFile, { workerData: { workspace } });
  // Every wait for an answer listens too; this one keeps an error between two waits from ending the process.
  worker.on('error', () => undefined);
  return worker;
}

/** The worker's answer, or undefined when it died on these requests. */
function answerOf(
  worker: Worker,
  requests: readonly ExtractionRequest[],
): Promise<readonly ExtractionResult[] | undefined> {
  return new Promise((resolve) => {
    const settle = (results: readonly ExtractionResult[] | undefined): void => {
      worker.off('message', settle);
      worker.off('exit', onExit);
      resolve(results);
    };
    const onExit = (): void => settle(undefined);
    worker.once('message', settle);
    worker.once('exit', onExit);
    if (worker.threadId < 0) {
      settle(undefined);
      return;
    }
    worker.postMessage(requests);
  });
}

function bundledWorker(): string {
  const file = fileURLToPath(new URL('mining-worker.js', import.meta.url));
  if (!existsSync(file)) {
    throw new MiningError('worker-missing', `The mining worker ${file} is missing: run \`npm run build\`.`);
  }
  return file;
}
