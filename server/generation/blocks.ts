import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BlocksOptions, BlocksRequest, BlocksWorkerRequest, BlocksWorkerResponse } from './blocks-protocol.ts';
import { nativeRuntimeFailure } from './native-runtime-failure.ts';
import { errorOf } from './worker-failure.ts';

export type { BlocksOptions, BlocksRequest } from './blocks-protocol.ts';

/** One client's way through the blocks. `end` it: it holds the keys and values of all rows that it has read. */
export interface BlocksRun {
  /** One request at a time. Returns the wanted rows, [wanted, hidden size]. Throws `BespokeError` `invalid-request`. */
  run(request: BlocksRequest): Promise<Float32Array>;
  end(): void;
}

/** The blocks of a base model in a worker thread of their own. */
export class Blocks {
  readonly #answers = new Map<number, (response: BlocksWorkerResponse) => void>();
  readonly #ended: Promise<void>;
  #reason: Error | undefined;
  #last = 0;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (response: BlocksWorkerResponse) => {
      if ('id' in response && response.id !== null) this.#answers.get(response.id)?.(response);
    });
    this.#ended = new Promise((settle) => {
      const end = (reason: Error) => {
        this.#reason ??= reason;
        for (const [id, answer] of this.#answers)
          answer({ kind: 'failed', id, situation: null, message: this.#reason.message });
        settle();
      };
      worker.once('error', end);
      worker.once('exit', () => end(new Error('The worker of the blocks has ended.')));
    });
  }

  /** `file` is the bundled worker. Throws `BespokeError` `base-model-refused` or `native-runtime-broken`. */
  static async load(options: BlocksOptions, file = join(__dirname, 'blocks-worker.js')): Promise<Blocks> {
    const worker = new Worker(file, { workerData: options, name: 'blocks' });
    const first = await new Promise<BlocksWorkerResponse>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error) => reject(nativeRuntimeFailure(error) ?? error));
    });
    if (first.kind !== 'failed') return new Blocks(worker);
    await worker.terminate();
    throw errorOf(first);
  }

  /** Whether the worker has ended, and with it all that runs. */
  get hasEnded(): boolean {
    return this.#reason !== undefined;
  }

  begin(): BlocksRun {
    const session = ++this.#last;
    return {
      run: (request) => this.#run(session, request),
      end: () => this.#send({ kind: 'end', session }),
    };
  }

  async close(): Promise<void> {
    this.#send({ kind: 'close' });
    await this.#ended;
  }

  async #run(session: number, request: BlocksRequest): Promise<Float32Array> {
    if (this.#reason !== undefined) throw this.#reason;
    const id = ++this.#last;
    const response = await new Promise<BlocksWorkerResponse>((answer) => {
      this.#answers.set(id, answer);
      this.#send({ kind: 'run', id, session, request });
    }).finally(() => this.#answers.delete(id));
    if (response.kind === 'failed') throw errorOf(response);
    return response.kind === 'ran' ? response.states : new Float32Array(0);
  }

  #send(request: BlocksWorkerRequest): void {
    if (this.#reason === undefined) this.worker.postMessage(request);
  }
}
