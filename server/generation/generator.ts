import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FocalContext } from '../../core/mining/test-pair.ts';
import { assembleModelInput, type NearestTest } from '../../core/model-input/assemble-model-input.ts';
import { loadTokenizer, type Tokenizer } from '../../core/model-input/tokenizer.ts';
import { type BaseModelFolder, readBaseModelFolder } from '../base-model/base-model-folder.ts';
import { BespokeError, type Situation } from '../errors.ts';
import type { FaultyText } from './given-path.ts';
import type { Precision } from './graph-description.ts';
import { nativeRuntimeFailure } from './native-runtime-failure.ts';
import type {
  BeamOptions,
  Candidate,
  DecodingRequest,
  WorkerOptions,
  WorkerRequest,
  WorkerResponse,
} from './worker-protocol.ts';

export type { FaultyText } from './given-path.ts';
export type { Candidate } from './worker-protocol.ts';

/** How a generator is set up. */
export interface GeneratorOptions {
  readonly baseModelDir: string;
  /** Threads that work on one step together. */
  readonly threads: number;
  /** `float32` equals training; `int8` is faster and nearly as good, see `bestPrecision`. Default: `float32`. */
  readonly precision?: Precision;
  /** Requests that are decoded at the same time; more wait. Default: 8. */
  readonly maxConcurrentRequests?: number;
  /** What adapters' sessions may take beside the base's; those used last stay, those in use always. Default: 3 GiB. */
  readonly sessionMemoryBytes?: number;
  /** The bundled worker; default: beside the bundle that this is in. */
  readonly workerFile?: string;
}

/** Asks for candidates. */
export interface GeneratorRequest {
  /** The tenant; part of every cache key. */
  readonly tenantId: string;
  /** `null`: the base. */
  readonly adapter: { readonly id: string; readonly folder: string } | null;
  /** Simple name. */
  readonly focalClass: string;
  readonly focalMethod: string;
  readonly focalContext: FocalContext;
  /** Nearest first; as many are used as the model's budget allows. */
  readonly nearestTests: readonly NearestTest[];
  /** All distinct; fewer come when the search finds fewer. 1 decodes greedily. */
  readonly candidates: number;
  readonly beam: BeamOptions | null;
  /** Not `null`: the candidates are this one, written anew from where it went wrong. Fewer come, or none, where the model knows nothing else. */
  readonly faulty: FaultyText | null;
  /** `null`: the base model's limit. */
  readonly maxNewTokens: number | null;
}

/** Asks for candidates after an input that was assembled before, for instance of a training example. */
export interface TokenRequest {
  readonly tenantId: string;
  readonly adapter: { readonly id: string; readonly folder: string } | null;
  /** Without special tokens. */
  readonly tokens: readonly number[];
  readonly candidates: number;
  readonly beam: BeamOptions | null;
  /** Default: `null`. */
  readonly faulty?: FaultyText | null;
  readonly maxNewTokens: number;
  /** Whether a candidate ends with the closing brace of its method, beside the token that ends a test. Default: true. */
  readonly atEndOfMethod?: boolean;
}

/** What a request gives, in this order: started, deltas (one candidate only), candidates best first. Nothing follows an abort. */
export type GenerationPart =
  | { readonly kind: 'started'; readonly inputTokens: number; readonly nearestTestsUsed: number }
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'candidate'; readonly candidate: Candidate; readonly tokens: readonly number[] };

/** Writes tests with a base model and the adapters on it. */
export interface Generator {
  readonly base: BaseModelFolder;
  readonly tokenizer: Tokenizer;
  /**
   * Aborting `signal` ends the iteration and frees the request's place before the next step. Throws `BespokeError` `adapter-refused` or
   * `invalid-request`.
   */
  generate(request: GeneratorRequest, signal: AbortSignal): AsyncIterable<GenerationPart>;
  generateFromTokens(request: TokenRequest, signal: AbortSignal): AsyncIterable<GenerationPart>;
  /** Takes the adapters in a folder out of memory for good; settles when they are gone. */
  evict(folder: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Checks the base-model folder and loads it in a worker thread. Throws `BespokeError` `base-model-refused`.
 */
export async function createGenerator(options: GeneratorOptions): Promise<Generator> {
  const base = await readBaseModelFolder(options.baseModelDir);
  const tokenizer = await loadTokenizer(options.baseModelDir);
  const worker = await GenerationWorker.start(options.workerFile ?? join(__dirname, 'generation-worker.js'), {
    baseModelDir: options.baseModelDir,
    precision: options.precision ?? 'float32',
    threads: options.threads,
    maxConcurrentRequests: options.maxConcurrentRequests ?? 8,
    sessionMemoryBytes: options.sessionMemoryBytes ?? 3 * 1024 ** 3,
  });
  const { maxInputTokens, maxTargetTokens } = base.manifest;

  return {
    base,
    tokenizer,
    async *generate(request, signal) {
      const input = assembleModelInput(request, tokenizer, maxInputTokens);
      const { tenantId, adapter, candidates, beam, faulty } = request;
      const maxNewTokens = Math.min(request.maxNewTokens ?? maxTargetTokens, maxTargetTokens);
      const { tokens, nearestTests } = input;
      const decoding = decodingOf({ tokens, tenantId, adapter, candidates, beam, faulty, maxNewTokens });
      yield* worker.generate(tokens, nearestTests.length, tenantId, adapter?.folder ?? null, decoding, signal);
    },
    async *generateFromTokens(request, signal) {
      const { tokens, tenantId, adapter } = request;
      yield* worker.generate(tokens, 0, tenantId, adapter?.folder ?? null, decodingOf(request), signal);
    },
    evict: (folder) => worker.evict(folder),
    close: () => worker.close(),
  };
}

function decodingOf(request: TokenRequest): DecodingRequest {
  const { candidates, beam, faulty = null, maxNewTokens, atEndOfMethod = true } = request;
  return { candidates, beam, faulty, maxNewTokens, atEndOfMethod };
}

type Listener = (response: WorkerResponse) => void;

/** The main thread's side of the worker. */
class GenerationWorker {
  readonly #listeners = new Map<number, Listener>();
  #nextId = 0;
  #ended: Error | undefined;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (response: WorkerResponse) => {
      if ('id' in response && response.id !== null) this.#listeners.get(response.id)?.(response);
    });
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', () => this.#end(new Error('The generation worker has ended.')));
  }

  static async start(file: string, options: WorkerOptions): Promise<GenerationWorker> {
    const worker = new Worker(file, { workerData: options, name: 'generation' });
    const first = await new Promise<WorkerResponse>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error) => reject(nativeRuntimeFailure(error) ?? error));
    });
    if (first.kind !== 'failed') return new GenerationWorker(worker);
    await worker.terminate();
    throw errorOf(first);
  }

  async *generate(
    tokens: readonly number[],
    nearestTestsUsed: number,
    tenantId: string,
    adapterDir: string | null,
    decoding: DecodingRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationPart> {
    if (signal.aborted) return;
    if (this.#ended !== undefined) throw this.#ended;
    const id = this.#nextId++;
    const arrived: WorkerResponse[] = [];
    let wake = () => {};
    this.#listeners.set(id, (response) => {
      arrived.push(response);
      wake();
    });
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    let done = false;
    this.#send({ kind: 'generate', id, tokens, adapterDir, tenantId, decoding });
    try {
      while (!done) {
        if (arrived.length === 0 && !signal.aborted)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        if (signal.aborted) return;
        const response = arrived.shift();
        if (response === undefined) continue;
        if (response.kind === 'failed') {
          done = true;
          throw errorOf(response);
        }
        if (response.kind === 'started') yield { kind: 'started', inputTokens: tokens.length, nearestTestsUsed };
        if (response.kind === 'delta') yield { kind: 'delta', text: response.text };
        if (response.kind === 'finished') {
          done = true;
          for (const candidate of response.candidates)
            yield { kind: 'candidate', candidate, tokens: response.tokens[candidate.rank] ?? [] };
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#listeners.delete(id);
      // Also when the caller stopped listening.
      if (!done) this.#send({ kind: 'cancel', id });
    }
  }

  /** A worker that has ended holds nothing any more. */
  async evict(folder: string): Promise<void> {
    if (this.#ended !== undefined) return;
    const id = this.#nextId++;
    await new Promise<void>((gone, failed) => {
      this.#listeners.set(id, (response) => {
        this.#listeners.delete(id);
        if (response.kind === 'failed' && this.#ended === undefined) failed(errorOf(response));
        else gone();
      });
      this.#send({ kind: 'evict', id, folder });
    });
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const exited = new Promise((resolve) => this.worker.once('exit', resolve));
    this.#send({ kind: 'close' });
    await exited;
  }

  #send(request: WorkerRequest): void {
    if (this.#ended === undefined) this.worker.postMessage(request);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    const failed: WorkerResponse = { kind: 'failed', id: null, situation: null, message: this.#ended.message };
    for (const listener of [...this.#listeners.values()]) listener(failed);
  }
}

function errorOf({ situation, message }: Extract<WorkerResponse, { kind: 'failed' }>): Error {
  return situation === null ? new Error(message) : new BespokeError(situation as Situation, message);
}
