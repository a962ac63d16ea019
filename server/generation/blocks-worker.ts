import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { readBaseModelFolder } from '../base-model/base-model-folder.ts';
import { BlocksModel } from './blocks-model.ts';
import type { BlocksOptions, BlocksWorkerRequest, BlocksWorkerResponse } from './blocks-protocol.ts';
import { BlocksSession } from './blocks-session.ts';
import { readGraphDescription } from './graph-description.ts';
import { WeightStore } from './weight-store.ts';
import { failureOf } from './worker-failure.ts';

// The thread that runs the blocks for clients of split serving. Running a graph blocks it, as it does the generation worker's.

const port = parentPort;
if (port === null) throw new Error('The worker of the blocks was started outside a worker thread.');
const send = (response: BlocksWorkerResponse) => port.postMessage(response);

start(port).catch((error: unknown) => send({ kind: 'failed', id: null, ...failureOf(error) }));

async function start(messages: MessagePort): Promise<void> {
  const { baseModelDir, precision, threads } = workerData as BlocksOptions;
  const base = await readBaseModelFolder(baseModelDir, 'header');
  const graphs = await readGraphDescription(base.path);
  const model = await BlocksModel.load(base, graphs, precision, new WeightStore(base), threads);
  const sessions = new Map<number, BlocksSession>();
  messages.on('message', (message: BlocksWorkerRequest) => {
    switch (message.kind) {
      case 'run': {
        const { id, session: key, request } = message;
        const session = sessions.get(key) ?? new BlocksSession(model);
        sessions.set(key, session);
        session.run(request).then(
          (states) => send({ kind: 'ran', id, states }),
          (error: unknown) => send({ kind: 'failed', id, ...failureOf(error) }),
        );
        return;
      }
      case 'end':
        sessions.delete(message.session);
        return;
      case 'close':
        void model.release().then(() => messages.close());
    }
  });
  send({ kind: 'ready' });
}
