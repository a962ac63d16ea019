import { join } from 'node:path';
import type { FocalContext } from '../../core/mining/test-pair.ts';
import { assembleModelInput, type NearestTest } from '../../core/model-input/assemble-model-input.ts';
import { loadTokenizer, type Tokenizer } from '../../core/model-input/tokenizer.ts';
import { type BaseModelFolder, readBaseModelFolder } from '../base-model/base-model-folder.ts';
import type { FaultyText } from './given-path.ts';
import type { Precision } from './graph-description.ts';
import { type DecodedPart, type Decoder, WorkerClient } from './worker-client.ts';
import type { BeamOptions, Candidate, DecodingWork, WorkerOptions } from './worker-protocol.ts';
import { startWorkerThread } from './worker-thread.ts';

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
  /** Who decodes instead of a worker in a thread of this process. */
  readonly decoder?: (options: WorkerOptions) => Decoder;
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

/** Checks the base-model folder and loads it in a worker. Throws `BespokeError` `base-model-refused`. */
export async function createGenerator(options: GeneratorOptions): Promise<Generator> {
  const base = await readBaseModelFolder(options.baseModelDir);
  const tokenizer = await loadTokenizer(options.baseModelDir);
  const workerOptions: WorkerOptions = {
    baseModelDir: options.baseModelDir,
    precision: options.precision ?? 'float32',
    threads: options.threads,
    maxConcurrentRequests: options.maxConcurrentRequests ?? 8,
    sessionMemoryBytes: options.sessionMemoryBytes ?? 3 * 1024 ** 3,
  };
  const decoder =
    options.decoder?.(workerOptions) ??
    new WorkerClient(
      await startWorkerThread(options.workerFile ?? join(__dirname, 'generation-worker.js'), workerOptions),
    );
  const { maxInputTokens, maxTargetTokens } = base.manifest;

  return {
    base,
    tokenizer,
    async *generate(request, signal) {
      const input = assembleModelInput(request, tokenizer, maxInputTokens);
      const { tenantId, adapter, candidates, beam, faulty } = request;
      const maxNewTokens = Math.min(request.maxNewTokens ?? maxTargetTokens, maxTargetTokens);
      const { tokens, nearestTests } = input;
      const work = workOf({ tokens, tenantId, adapter, candidates, beam, faulty, maxNewTokens });
      yield* generationParts(decoder.decode(work, signal), tokens.length, nearestTests.length);
    },
    async *generateFromTokens(request, signal) {
      yield* generationParts(decoder.decode(workOf(request), signal), request.tokens.length, 0);
    },
    evict: (folder) => decoder.evict(folder),
    close: () => decoder.close(),
  };
}

function workOf(request: TokenRequest): DecodingWork {
  const { tokens, tenantId, adapter, candidates, beam, faulty = null, maxNewTokens, atEndOfMethod = true } = request;
  const decoding = { candidates, beam, faulty, maxNewTokens, atEndOfMethod };
  return { tokens, adapterDir: adapter?.folder ?? null, tenantId, decoding };
}

async function* generationParts(
  parts: AsyncGenerator<DecodedPart>,
  inputTokens: number,
  nearestTestsUsed: number,
): AsyncGenerator<GenerationPart> {
  for await (const part of parts) yield part.kind === 'started' ? { ...part, inputTokens, nearestTestsUsed } : part;
}
