import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { JavaParser } from '../java/java-parser.ts';
import { type ExtractionRequest, type ExtractionResult, extractFile, failedExtraction } from './extraction.ts';
import { startThread, type ThreadRequest, threadsFor } from './mining-threads.ts';

export interface PoolOptions {
  readonly workspace: string;
  /** Number of threads; 0 parses in this thread. Left out: by free cores and the amount of work. */
  readonly threads?: number;
  /** The bundled worker. Left out: `mining-worker.js` beside the running bundle. */
  readonly workerFile?: string;
  readonly signal?: AbortSignal | undefined;
}

const BATCH_FILES = 16;

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
  const batches = batchesOf(requests.length);
  await Promise.all(
    Array.from({ length: threads }, () => runWorker(options.workerFile, requests, batches, options, onResult)),
  );
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
  workerFile: string | undefined,
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
      worker ??= startThread(workerFile);
      const batchRequests = batch.flatMap((index) => requests[index] ?? []);
      const request = { task: 'extract', workspace: options.workspace, requests: batchRequests } as const;
      const results = await answerOf(worker, request);
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

/** The worker's answer, or undefined when it died on these requests. */
function answerOf(worker: Worker, request: ThreadRequest): Promise<readonly ExtractionResult[] | undefined> {
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
    worker.postMessage(request);
  });
}
