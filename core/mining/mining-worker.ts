import { parentPort, workerData } from 'node:worker_threads';
import { JavaParser } from '../java/java-parser.ts';
import { type ExtractionRequest, extractFile } from './extraction.ts';

/** Entry of a mining worker thread: a message is a batch of requests, the answer the batch of results in the same order. */
async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) {
    throw new Error('mining-worker.js is the entry of a worker thread: run `bespoke mine` instead.');
  }
  const { workspace } = workerData as { readonly workspace: string };
  const parser = await JavaParser.create();
  port.on('message', (batch: readonly ExtractionRequest[]) => {
    port.postMessage(batch.map((request) => extractFile(parser, workspace, request)));
  });
}

void serve();
