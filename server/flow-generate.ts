import type { FocalContext } from '../core/mining/test-pair.ts';
import type { NearestTest } from '../core/model-input/assemble-model-input.ts';
import type { Caller } from './caller.ts';
import { invalidRequest, notFound } from './errors.ts';
import type { Candidate, Generator, GeneratorRequest } from './generation/generator.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Log } from './log.ts';
import { requireRepositoryName } from './request-checks.ts';
import type { DataDir } from './storage/data-dir.ts';

/** Which model writes: the repository's active adapter (the base when none is), the base, or one adapter. */
export type ModelChoice =
  | { readonly kind: 'active' }
  | { readonly kind: 'base' }
  | { readonly kind: 'adapter'; readonly adapterId: string };

/** Asks for candidates for one focal method. */
export interface CandidateRequest {
  readonly repository: string;
  readonly model: ModelChoice;
  /** Simple name. */
  readonly focalClass: string;
  readonly focalMethod: string;
  readonly focalContext: FocalContext;
  /** Nearest first. */
  readonly nearestTests: readonly NearestTest[];
  /** 1 to 8, all distinct. */
  readonly candidates: number;
  /** `null`: the generator's default. */
  readonly maxNewTokens: number | null;
  /** `null`: branches off the greedy candidate; else a beam search with this exponent of the length in a beam's score. */
  readonly lengthPenalty: number | null;
}

/** What the caller gets, in this order: started, deltas (one candidate only), candidates best first, finished. */
export type CandidateStreamPart =
  | {
      readonly kind: 'started';
      /** `null`: the base writes. */
      readonly adapterId: string | null;
      readonly inputTokens: number;
      readonly nearestTestsUsed: number;
    }
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'candidate'; readonly candidate: Candidate }
  | { readonly kind: 'finished'; readonly durationMs: number };

/** What the flow is made of. */
export interface GenerateParts {
  readonly ledger: Ledger;
  readonly dataDir: DataDir;
  readonly log: Log;
  /** Settles when the base model is loaded. */
  readonly generator: () => Promise<Pick<Generator, 'generate'>>;
}

/** Writes candidate tests for one focal method with the model that the repository has earned. */
export class GenerateFlow {
  constructor(private readonly parts: GenerateParts) {}

  /** Streams candidates. Cancelling is a result: when `signal` aborts, the stream ends. */
  async *generate(caller: Caller, request: CandidateRequest, signal: AbortSignal): AsyncGenerator<CandidateStreamPart> {
    const startedMs = performance.now();
    check(request);
    const adapter = await this.#adapter(caller, request);
    const generator = await this.parts.generator();
    let candidates = 0;
    const { repository: _repository, model: _model, lengthPenalty, ...wanted } = request;
    const beam = lengthPenalty === null ? null : { lengthPenalty, earlyStopping: true };
    try {
      for await (const part of generator.generate({ ...wanted, beam, tenantId: caller.tenant.id, adapter }, signal)) {
        switch (part.kind) {
          case 'started':
            yield { ...part, adapterId: adapter?.id ?? null };
            break;
          case 'delta':
            yield part;
            break;
          case 'candidate':
            candidates += 1;
            yield { kind: 'candidate', candidate: part.candidate };
            break;
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (signal.aborted) return;
    const durationMs = Math.round(performance.now() - startedMs);
    this.parts.log.info('generated', {
      tenantId: caller.tenant.id,
      adapterId: adapter?.id ?? null,
      candidates,
      durationMs,
    });
    yield { kind: 'finished', durationMs };
  }

  /** The adapter that writes, `null` for the base. */
  async #adapter(caller: Caller, request: CandidateRequest): Promise<GeneratorRequest['adapter']> {
    const { ledger, dataDir } = this.parts;
    const { model } = request;
    if (model.kind === 'base') return null;
    const repository = await ledger.repositories.find(caller, request.repository);
    if (model.kind === 'active') {
      const active = repository === undefined ? undefined : await ledger.adapters.active(repository.id);
      return active === undefined ? null : { id: active.id, folder: dataDir.adapter(active.repositoryId, active.id) };
    }
    const adapter = await ledger.adapters.find(caller, model.adapterId);
    if (adapter === undefined || adapter.repositoryId !== repository?.id) throw notFound('An adapter with this id');
    return { id: adapter.id, folder: dataDir.adapter(adapter.repositoryId, adapter.id) };
  }
}

const MAX_CANDIDATES = 8;

function check(request: CandidateRequest): void {
  requireRepositoryName(request.repository);
  const { candidates, maxNewTokens, lengthPenalty } = request;
  if (!Number.isInteger(candidates) || candidates < 1 || candidates > MAX_CANDIDATES)
    throw invalidRequest(`The request asks for ${candidates} candidates`, `ask for 1 to ${MAX_CANDIDATES}`);
  if (maxNewTokens !== null && maxNewTokens < 1)
    throw invalidRequest('The limit of tokens is negative', 'send a positive limit, or 0 for the default');
  if (lengthPenalty !== null && !Number.isFinite(lengthPenalty))
    throw invalidRequest('The length penalty is no number', 'send a finite number');
  if (request.focalContext.method.trim() === '')
    throw invalidRequest('The request has no focal method', 'send its source in focal_context.method');
}
