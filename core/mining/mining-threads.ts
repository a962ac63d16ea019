import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ExtractionRequest } from './extraction.ts';
import { MiningError } from './mining-record.ts';
import type { SharedFiles } from './shared-files.ts';
import type { PairingWork } from './test-file-pairer.ts';

/** What a mining thread is asked for. */
export type ThreadRequest =
  /** Answered with an `ExtractionResult` for each request, in order. */
  | { readonly task: 'extract'; readonly workspace: string; readonly requests: readonly ExtractionRequest[] }
  /** Answered with the number of test files. */
  | { readonly task: 'index'; readonly work: PairingWork; readonly files: SharedFiles }
  /** A range of test files, once there is an index; answered with a `PairedFile` for each. */
  | { readonly task: 'pair'; readonly from: number; readonly to: number };

/** Below this, starting threads costs more than they save. */
const FEW_FILES = 48;
const MAX_THREADS = 8;
/** Mining's objects are short-lived: with V8's usual 48 MB the threads of a million lines took 20 to 60 MB more. */
const maxYoungGenerationSizeMb = 12;

/** How many threads beside this one are worth it for so many files. */
export function threadsFor(files: number): number {
  if (files < FEW_FILES) {
    return 0;
  }
  const cores = availableParallelism();
  const busyCores = Math.floor(loadavg()[0] ?? 0);
  return Math.max(1, Math.min(cores - busyCores, cores, MAX_THREADS));
}

/** Starts a thread of the bundled `mining-worker.js`; left out, of the one beside the running bundle. Throws when there is none. */
export function startThread(workerFile: string | undefined): Worker {
  const worker = new Worker(workerFile ?? bundledWorker(), { resourceLimits: { maxYoungGenerationSizeMb } });
  // Every wait for an answer listens too; this one keeps an error between two waits from ending the process.
  worker.on('error', () => undefined);
  return worker;
}

function bundledWorker(): string {
  const file = fileURLToPath(new URL('mining-worker.js', import.meta.url));
  if (!existsSync(file)) {
    throw new MiningError('worker-missing', `The mining worker ${file} is missing: run \`npm run build\`.`);
  }
  return file;
}
