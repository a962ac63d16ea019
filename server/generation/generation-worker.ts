import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { loadTokenizer } from '../../core/model-input/tokenizer.ts';
import { readBaseModelFolder } from '../base-model/base-model-folder.ts';
import { readGraphDescription } from './graph-description.ts';
import { ModelCache } from './model-cache.ts';
import { type ScheduledRequest, Scheduler } from './scheduler.ts';
import { WeightStore } from './weight-store.ts';
import { failureOf } from './worker-failure.ts';
import type { WorkerOptions, WorkerRequest, WorkerResponse } from './worker-protocol.ts';

// The thread that owns the sessions and caches. Running a graph blocks it, which is why it is not the server's main thread.

const port = parentPort;
if (port === null) throw new Error('The generation worker was started outside a worker thread.');
const send = (response: WorkerResponse) => port.postMessage(response);

const sendFailure = (id: number | null, error: unknown) => send({ kind: 'failed', id, ...failureOf(error) });

start(port).catch((error: unknown) => sendFailure(null, error));

async function start(messages: MessagePort): Promise<void> {
  const options = workerData as WorkerOptions;
  const base = await readBaseModelFolder(options.baseModelDir, 'header');
  const models = await ModelCache.open(
    base,
    await readGraphDescription(base.path),
    options.precision,
    new WeightStore(base),
    options.threads,
    options.sessionMemoryBytes,
  );
  const tokenizer = await loadTokenizer(base.path);
  const { endOfTarget } = base.manifest.tokens;
  const scheduler = new Scheduler(models, tokenizer, endOfTarget, options.maxConcurrentRequests);
  const requests = new Map<number, ScheduledRequest>();

  messages.on('message', (message: WorkerRequest) => {
    switch (message.kind) {
      case 'generate': {
        const request = scheduledRequest(message, () => requests.delete(message.id));
        requests.set(message.id, request);
        scheduler.add(request);
        return;
      }
      case 'cancel': {
        const request = requests.get(message.id);
        requests.delete(message.id);
        if (request !== undefined) scheduler.cancel(request);
        return;
      }
      case 'evict':
        void models.evict(message.folder).then(
          () => send({ kind: 'evicted', id: message.id }),
          (error: unknown) => sendFailure(message.id, error),
        );
        return;
      case 'close':
        void models.release().then(() => messages.close());
    }
  });
  send({ kind: 'ready' });
}

function scheduledRequest(
  { id, tokens, adapterDir, tenantId, decoding }: Extract<WorkerRequest, { kind: 'generate' }>,
  forget: () => void,
): ScheduledRequest {
  return {
    tokens,
    adapterDir,
    tenantId,
    decoding,
    onStarted: () => send({ kind: 'started', id }),
    onDelta: (text) => send({ kind: 'delta', id, text }),
    onFinished: (candidates) => {
      forget();
      send({
        kind: 'finished',
        id,
        candidates: candidates.map(({ text, logProbability, tokens: { length }, complete }, rank) => ({
          ...{ rank, text, logProbability, tokens: length, complete },
        })),
        tokens: candidates.map((candidate) => candidate.tokens),
      });
    },
    onFailed: (error) => {
      forget();
      sendFailure(id, error);
    },
  };
}
