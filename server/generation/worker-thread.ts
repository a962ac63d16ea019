import { Worker } from 'node:worker_threads';
import { nativeRuntimeFailure } from './native-runtime-failure.ts';
import type { WorkerConnection } from './worker-connection.ts';
import { errorOf } from './worker-failure.ts';
import type { WorkerOptions, WorkerResponse } from './worker-protocol.ts';

/** Starts a worker in a thread of this process. Throws `BespokeError` `base-model-refused` or `native-runtime-broken`. */
export async function startWorkerThread(file: string, options: WorkerOptions): Promise<WorkerConnection> {
  const worker = new Worker(file, { workerData: options, name: 'generation' });
  const first = await new Promise<WorkerResponse>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (error) => reject(nativeRuntimeFailure(error) ?? error));
  });
  if (first.kind === 'failed') {
    await worker.terminate();
    throw errorOf(first);
  }
  const ended = new Promise<Error>((settle) => {
    worker.once('error', settle);
    worker.once('exit', () => settle(new Error('The generation worker has ended.')));
  });
  return {
    send: (request) => worker.postMessage(request),
    onMessage: (listener) => worker.on('message', listener),
    ended,
    close: async () => {
      worker.postMessage({ kind: 'close' });
      await ended;
    },
  };
}
