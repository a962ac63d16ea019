import type { FocalContext } from '../core/mining/test-pair.ts';
import type { NearestTest } from '../core/model-input/assemble-model-input.ts';
import type { Caller } from './caller.ts';
import { invalidRequest, notFound } from './errors.ts';
import type { Candidate, FaultyText, Generator } from './generation/generator.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Log } from './log.ts';
import type { FairQueue } from './quotas/fair-queue.ts';
import type { TenantQuotas } from './quotas/tenant-quotas.ts';
import type { RepositoryUses } from './repository-uses.ts';
import { requireRepositoryName } from './request-checks.ts';
import type { ArtifactStore, TakenAdapter } from './storage/artifact-store.ts';
import { inSpan, type Span } from './traces/span.ts';

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
  /** Not `null`: the candidates are this one, written anew from where it went wrong. */
  readonly faulty: FaultyText | null;
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
  readonly artifacts: Pick<ArtifactStore, 'takeAdapter'>;
  readonly uses: RepositoryUses;
  readonly quotas: TenantQuotas;
  /** For a place in the generator. */
  readonly queue: FairQueue;
  readonly log: Log;
  /** Settles when the base model is loaded. */
  readonly generator: () => Promise<Pick<Generator, 'generate'>>;
}

/** Writes candidate tests for one focal method with the model that the repository has earned. */
export class GenerateFlow {
  constructor(private readonly parts: GenerateParts) {}

  /** Streams candidates. Cancelling is a result: when `signal` aborts, the stream ends. */
  async *generate(
    caller: Caller,
    request: CandidateRequest,
    signal: AbortSignal,
    span: Span,
  ): AsyncGenerator<CandidateStreamPart> {
    const startedMs = performance.now();
    check(request);
    const adapter = await this.#adapter(caller, request);
    const use = adapter === null ? undefined : this.parts.uses.begin(adapter.repositoryId);
    const either = linked(signal, use?.signal);
    let end: (() => void) | undefined;
    let leave: (() => void) | undefined;
    let writer: WritingAdapter | null | undefined;
    try {
      end = this.parts.quotas.begin(caller.tenant.id, 'generations');
      // First, so that nobody waits with a place in the generator for an adapter to be fetched.
      writer = adapter === null ? null : await inSpan(span, 'take-adapter', () => this.#take(caller, adapter, either));
      leave = await inSpan(span, 'wait-in-queue', () => this.parts.queue.enter(caller.tenant.id, either));
      if (leave !== undefined && writer !== undefined)
        yield* this.#write(caller, request, writer, either, startedMs, span);
      if (use?.signal.aborted && !signal.aborted) throw notFound('An adapter with this id');
    } finally {
      leave?.();
      writer?.giveBack();
      end?.();
      use?.end();
    }
  }

  async *#write(
    caller: Caller,
    request: CandidateRequest,
    adapter: WritingAdapter | null,
    signal: AbortSignal,
    startedMs: number,
    span: Span,
  ): AsyncGenerator<CandidateStreamPart> {
    if (adapter !== null) span.tell({ adapterId: adapter.id });
    const generator = await inSpan(span, 'load-generator', () => this.parts.generator());
    let candidates = 0;
    let outputTokens = 0;
    let stage = span.begin('read-input');
    const { repository: _repository, model: _model, lengthPenalty, ...wanted } = request;
    const beam = lengthPenalty === null ? null : { lengthPenalty, earlyStopping: true };
    try {
      for await (const part of generator.generate({ ...wanted, beam, tenantId: caller.tenant.id, adapter }, signal)) {
        switch (part.kind) {
          case 'started':
            stage.tell({ inputTokens: part.inputTokens, nearestTestsUsed: part.nearestTestsUsed });
            stage.end('done');
            stage = span.begin('decode');
            yield { ...part, adapterId: adapter?.id ?? null };
            break;
          case 'delta':
            yield part;
            break;
          case 'candidate':
            candidates += 1;
            outputTokens += part.candidate.tokens;
            yield { kind: 'candidate', candidate: part.candidate };
            break;
        }
      }
      stage.tell({ candidates, outputTokens });
      if (!signal.aborted) stage.end('done');
    } catch (error) {
      if (!signal.aborted) {
        stage.end('failed');
        throw error;
      }
    } finally {
      // What has not ended by now is what nobody waits for any more.
      stage.end('left');
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
  async #adapter(caller: Caller, request: CandidateRequest): Promise<ChosenAdapter | null> {
    const { ledger } = this.parts;
    const { model } = request;
    if (model.kind === 'base') return null;
    const repository = await ledger.repositories.find(caller, request.repository);
    if (model.kind === 'active' && repository === undefined) return null;
    const adapter =
      model.kind === 'adapter'
        ? await ledger.adapters.find(caller, model.adapterId)
        : await ledger.adapters.active(repository?.id ?? '');
    if (model.kind === 'active' && adapter === undefined) return null;
    if (adapter === undefined || adapter.repositoryId !== repository?.id) throw notFound('An adapter with this id');
    const { id, repositoryId } = adapter;
    return { id, repositoryId };
  }

  /** Has the adapter's folder stay on this disk; `undefined` when `signal` aborts first. */
  async #take(
    { tenant }: Caller,
    { id, repositoryId }: ChosenAdapter,
    signal: AbortSignal,
  ): Promise<WritingAdapter | undefined> {
    const taken = await this.parts.artifacts.takeAdapter({ id: repositoryId, tenantId: tenant.id }, id, signal);
    return taken === undefined ? undefined : { id, ...taken };
  }
}

interface ChosenAdapter {
  readonly id: string;
  readonly repositoryId: string;
}

interface WritingAdapter extends TakenAdapter {
  readonly id: string;
}

/** Aborts with either. */
function linked(signal: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? signal : AbortSignal.any([signal, other]);
}

const MAX_CANDIDATES = 8;

function check(request: CandidateRequest): void {
  requireRepositoryName(request.repository);
  const { candidates, maxNewTokens, lengthPenalty, faulty } = request;
  if (!Number.isInteger(candidates) || candidates < 1 || candidates > MAX_CANDIDATES)
    throw invalidRequest(`The request asks for ${candidates} candidates`, `ask for 1 to ${MAX_CANDIDATES}`);
  if (maxNewTokens !== null && maxNewTokens < 1)
    throw invalidRequest('The limit of tokens is negative', 'send a positive limit, or 0 for the default');
  if (lengthPenalty !== null && !Number.isFinite(lengthPenalty))
    throw invalidRequest('The length penalty is no number', 'send a finite number');
  if (faulty !== null && lengthPenalty !== null)
    throw invalidRequest('The request asks for a beam search that rewrites', 'leave out length_penalty or faulty');
  if (faulty !== null && !(faulty.start >= 0 && faulty.start < faulty.end && faulty.end <= faulty.text.length))
    throw invalidRequest('The faulty part is not within its text', 'send 0 <= start < end <= length of the text');
  if (request.focalContext.method.trim() === '')
    throw invalidRequest('The request has no focal method', 'send its source in focal_context.method');
}
