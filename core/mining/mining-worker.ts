import { parentPort } from 'node:worker_threads';
import { JavaParser } from '../java/java-parser.ts';
import { extractFile } from './extraction.ts';
import type { ThreadRequest } from './mining-threads.ts';
import { sharedFilesByPath } from './shared-files.ts';
import { TestFilePairer } from './test-file-pairer.ts';

/** Entry of a mining worker thread: every message is a request, and is answered by one. */
function serve(): void {
  const port = parentPort;
  if (port === null) {
    throw new Error('mining-worker.js is the entry of a worker thread: run `bespoke mine` instead.');
  }
  let parser: JavaParser | undefined;
  let pairer: TestFilePairer | undefined;
  port.on('message', async (request: ThreadRequest) => {
    switch (request.task) {
      case 'extract': {
        parser ??= await JavaParser.create();
        const known = parser;
        port.postMessage(request.requests.map((one) => extractFile(known, request.workspace, one)));
        break;
      }
      case 'index':
        pairer = new TestFilePairer(request.work, sharedFilesByPath(request.files));
        port.postMessage(pairer.testFileCount);
        break;
      case 'pair':
        port.postMessage(pairer?.pair(request.from, request.to));
    }
  });
}

serve();
