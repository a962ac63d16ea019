import { corpusSha256, MAX_CHUNKS } from '../core/corpus/corpus.ts';
import type { TestPair } from '../core/mining/test-pair.ts';
import { secretsInPair, secretText } from '../core/secrets/secrets-in-pair.ts';
import { type CorpusSplit, type HeldOutSplit, splitPairs } from '../core/splits/split-pairs.ts';
import type { Adapter } from './adapters/adapter.ts';
import { refuseUnlessBetter } from './adapters/proof.ts';
import { type Caller, reaches } from './caller.ts';
import type { CorpusStore } from './corpora/corpus-store.ts';
import {
  corpusIncomplete,
  hashMismatch,
  holdsSecret,
  invalidRequest,
  notFound,
  requestIdReused,
  tooFewPairs,
} from './errors.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Repository } from './ledger/repositories.ts';
import type { Log } from './log.ts';
import type { StoredBytes } from './quotas/stored-bytes.ts';
import type { TenantQuotas } from './quotas/tenant-quotas.ts';
import { type RepositoryUses, untilErased } from './repository-uses.ts';
import { requireRepositoryName, requireRequestId, requireSequence, requireSha256 } from './request-checks.ts';
import type { Executor } from './runs/executor.ts';
import { endStates, type Run } from './runs/run.ts';
import type { RunEvent } from './runs/run-event.ts';
import type { RunNews } from './runs/run-news.ts';
import type { RunTraces } from './runs/run-traces.ts';
import type { RequestedStrategy, TrainingOptions } from './runs/strategy.ts';
import type { Span } from './traces/span.ts';

/** What is uploaded. */
export interface CorpusHeader {
  readonly repository: string;
  readonly corpusSha256: string;
  readonly chunkSha256s: readonly string[];
  readonly pairs: number;
  readonly commit: string;
}

/** A chunk as it arrives: not yet known to match its hash. */
export interface ArrivingChunk {
  readonly sha256: string;
  readonly pairs: readonly TestPair[];
}

/** What a run is asked for. */
export interface RunRequest {
  readonly requestId: string;
  readonly repository: string;
  readonly corpusSha256: string;
  readonly strategy: RequestedStrategy;
  readonly heldOutSplits: readonly HeldOutSplit[];
  /** Most pairs to hold out for each split. */
  readonly heldOutPairs: number;
  readonly options: TrainingOptions;
  /** From 0; folds of a repository have no held-out pair in common. */
  readonly fold: number;
  /** Most of the repository's nearest tests in an input. */
  readonly nearestTests: number;
}

/** What the flow is made of. */
export interface PersonalizeParts {
  readonly ledger: Ledger;
  readonly corpora: CorpusStore;
  readonly executor: Executor;
  readonly news: RunNews;
  readonly uses: RepositoryUses;
  readonly quotas: TenantQuotas;
  readonly stored: StoredBytes;
  readonly log: Log;
  readonly runTraces: RunTraces;
  /** Whether the base model can write the pair's whole test. */
  readonly isWritable: (pair: TestPair) => boolean;
}

/** Fewest pairs that the trainer works with, beside what is held out. */
export const FEWEST_PAIRS = { train: 8, validation: 2 };

/**
 * Personalizes a repository, from the first chunk of its corpus to the active adapter. Every method takes who
 * calls; what the caller does not reach does not exist for it. What a method returned survives `kill -9`.
 */
export class PersonalizeFlow {
  constructor(private readonly parts: PersonalizeParts) {}

  /** Which chunks need not be sent again. Chunks are shared by all corpora of the repository. */
  async uploaded(caller: Caller, repositoryName: string, sha256: string) {
    requireRepositoryName(repositoryName);
    requireSha256('corpus_sha256', sha256);
    const repository = await this.parts.ledger.repositories.find(caller, repositoryName);
    if (repository === undefined) return { chunkSha256s: [], complete: false };
    const kept = await this.parts.corpora.chunkSha256s(repository);
    const corpus = await this.parts.ledger.corpora.find(repository.id, sha256);
    return {
      chunkSha256s: [...kept].sort(),
      complete: corpus?.chunkSha256s.every((chunk) => kept.has(chunk)) ?? false,
    };
  }

  /** Keeps the chunks that arrive; returns when all chunks of the header are on disk and the ledger knows the corpus. */
  async upload(caller: Caller, header: CorpusHeader, chunks: AsyncIterable<ArrivingChunk>) {
    requireRepositoryName(header.repository);
    requireSha256('corpus_sha256', header.corpusSha256);
    if (header.chunkSha256s.length > MAX_CHUNKS)
      throw invalidRequest(`A corpus has at most ${MAX_CHUNKS} chunks`, 'split the repository into several');
    for (const sha256 of header.chunkSha256s) requireSha256('chunk_sha256s', sha256);
    if (corpusSha256(header.chunkSha256s) !== header.corpusSha256) throw hashMismatch('the list of chunks');
    const expected = new Set(header.chunkSha256s);
    const repository = await this.#ensureRepository(caller, header.repository);
    const use = this.parts.uses.begin(repository.id);
    let end: (() => void) | undefined;
    try {
      end = this.parts.quotas.begin(caller.tenant.id, 'uploads');
      return await this.#keep(repository, header, expected, untilErased(chunks, use.signal));
    } finally {
      end?.();
      use.end();
    }
  }

  async #keep(
    repository: Repository,
    header: CorpusHeader,
    expected: ReadonlySet<string>,
    chunks: AsyncIterable<ArrivingChunk>,
  ) {
    let chunksReceived = 0;
    for await (const chunk of chunks) {
      if (!expected.has(chunk.sha256))
        throw invalidRequest('A chunk arrived that the header does not list', 'list every chunk in the header');
      refuseSecrets(chunk.pairs);
      await this.parts.stored.require(repository.tenantId, 1);
      const { jsonLines } = await this.parts.corpora.keep(repository, chunk.sha256, chunk.pairs);
      this.parts.stored.add(repository.tenantId, jsonLines.length);
      chunksReceived += 1;
    }
    const kept = await this.parts.corpora.chunkSha256s(repository);
    const missing = header.chunkSha256s.filter((sha256) => !kept.has(sha256));
    if (missing.length > 0) throw corpusIncomplete(missing.length);
    const pairs = await this.parts.corpora.readAll(repository, header.chunkSha256s);
    if (pairs.length !== header.pairs)
      throw invalidRequest(
        `The header announces ${header.pairs} pairs and the chunks hold ${pairs.length}`,
        'upload the corpus again',
      );
    const { chunkSha256s, commit } = header;
    await this.parts.ledger.corpora.complete(repository.id, {
      sha256: header.corpusSha256,
      pairs: pairs.length,
      commit,
      chunkSha256s,
    });
    this.parts.log.info('corpus-kept', { repositoryId: repository.id, pairs: pairs.length, chunksReceived });
    return { corpusSha256: header.corpusSha256, pairs: pairs.length, chunksReceived };
  }

  /** Queues a run with its split decided. Repeating the request returns the run that it made first. */
  async start(caller: Caller, request: RunRequest, span: Span): Promise<Run> {
    requireRepositoryName(request.repository);
    requireRequestId(request.requestId);
    requireSha256('corpus_sha256', request.corpusSha256);
    const { runs } = this.parts.ledger;
    // Before the request id is looked up: an earlier run of a repository that the caller does not reach does not exist either.
    const repository = await this.#repository(caller, request.repository);
    const requestJson = JSON.stringify(request);
    const earlier = await runs.byRequest(caller.tenant.id, request.requestId);
    if (earlier !== undefined) return sameRequest(earlier, requestJson);
    await this.parts.stored.require(caller.tenant.id, 1);
    const use = this.parts.uses.begin(repository.id);
    try {
      return await this.#queue(caller, repository, request, requestJson, span);
    } finally {
      use.end();
    }
  }

  async #queue(
    caller: Caller,
    repository: Repository,
    request: RunRequest,
    requestJson: string,
    span: Span,
  ): Promise<Run> {
    const corpus = await this.parts.ledger.corpora.find(repository.id, request.corpusSha256);
    if (corpus === undefined) throw notFound('A complete corpus with this hash');
    const pairs = await this.parts.corpora.readAll(repository, corpus.chunkSha256s);
    const split = splitPairs(pairs, { ...request, isWritable: this.parts.isWritable });
    if (split.train.length < FEWEST_PAIRS.train || split.validation.length < FEWEST_PAIRS.validation)
      throw tooFewPairs(split.train.length, split.validation.length, FEWEST_PAIRS);
    const queued = await this.parts.ledger.runs.queue({
      tenantId: caller.tenant.id,
      repositoryId: repository.id,
      requestId: request.requestId,
      requestJson,
      corpusSha256: request.corpusSha256,
      strategy: request.strategy,
      options: request.options,
      nearestTests: request.nearestTests,
      trainPairIds: idsOf(split.train),
      validationPairIds: idsOf(split.validation),
      proofs: proofsOf(split, request),
      mostQueued: this.parts.quotas.quotas.queuedRuns,
    });
    this.parts.log.info('run-queued', {
      runId: queued.run.id,
      repositoryId: repository.id,
      strategy: request.strategy,
    });
    this.parts.runTraces.queued(queued.run.id, span);
    this.parts.executor.wake();
    return sameRequest(queued, requestJson);
  }

  /** The run's events after the last one seen, then live until the run has ended. Ends early when `signal` aborts. */
  async *watch(caller: Caller, runId: string, afterSequence: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const { runs } = this.parts.ledger;
    requireSequence(afterSequence);
    await this.run(caller, runId);
    let last = afterSequence;
    while (!signal.aborted) {
      const news = this.parts.news.next(runId, signal);
      const events = await runs.eventsAfter(runId, last, EVENTS_PER_READ);
      for (const event of events) {
        yield event;
        last = event.sequence;
      }
      if (events.length > 0) continue;
      const run = await runs.find(caller, runId);
      if (run === undefined || (endStates.includes(run.state) && run.lastSequence <= last)) return;
      await news;
    }
  }

  /** Ends a run; its process is gone when this returns. A run that has ended stays as it is. */
  async cancel(caller: Caller, runId: string): Promise<Run> {
    const run = await this.run(caller, runId);
    await this.#end(run);
    return this.run(caller, runId);
  }

  async run(caller: Caller, runId: string): Promise<Run> {
    const run = await this.parts.ledger.runs.find(caller, runId);
    if (run === undefined) throw notFound('A run with this id');
    return run;
  }

  /** Newest first; none for a repository that the server does not know. */
  async runs(caller: Caller, repositoryName: string): Promise<Run[]> {
    requireRepositoryName(repositoryName);
    const repository = await this.parts.ledger.repositories.find(caller, repositoryName);
    return repository === undefined ? [] : this.parts.ledger.runs.ofRepository(repository.id);
  }

  /** Newest first; none for a repository that the server does not know. */
  async adapters(caller: Caller, repositoryName: string): Promise<Adapter[]> {
    requireRepositoryName(repositoryName);
    const repository = await this.parts.ledger.repositories.find(caller, repositoryName);
    return repository === undefined ? [] : this.parts.ledger.adapters.ofRepository(repository.id);
  }

  /** Makes generation use an adapter, if its run proves that it is better than the base. */
  async activate(caller: Caller, adapterId: string): Promise<Adapter> {
    const { adapters, runs } = this.parts.ledger;
    const adapter = await adapters.find(caller, adapterId);
    const run = adapter === undefined ? undefined : await runs.find(caller, adapter.runId);
    if (adapter === undefined || run === undefined) throw notFound('An adapter with this id');
    refuseUnlessBetter(run.proofs);
    await adapters.activate(adapter.repositoryId, adapter.id);
    this.parts.log.info('adapter-activated', { adapterId, repositoryId: adapter.repositoryId });
    return { ...adapter, active: true };
  }

  /** Makes generation use what it used before; `undefined` is the base. */
  async rollBack(caller: Caller, repositoryName: string): Promise<Adapter | undefined> {
    const repository = await this.#repository(caller, repositoryName);
    await this.parts.ledger.adapters.rollBack(repository.id);
    return this.parts.ledger.adapters.active(repository.id);
  }

  async #end(run: Run): Promise<void> {
    if (endStates.includes(run.state)) return;
    await this.parts.ledger.runs.record(run.id, [], { cancelRequested: true });
    this.parts.log.info('cancel-requested', { runId: run.id });
    await this.parts.executor.cancel(run.id);
  }

  async #repository(caller: Caller, name: string): Promise<Repository> {
    requireRepositoryName(name);
    const repository = await this.parts.ledger.repositories.find(caller, name);
    if (repository === undefined) throw noRepository();
    return repository;
  }

  async #ensureRepository(caller: Caller, name: string): Promise<Repository> {
    if (!reaches(caller, name)) throw noRepository();
    const repository = await this.parts.ledger.repositories.ensure(caller, name);
    if (repository === undefined)
      throw invalidRequest('The repository is being forgotten at this moment', 'upload again when that has ended');
    return repository;
  }
}

const EVENTS_PER_READ = 200;

const noRepository = () => notFound('A repository with this name');

/** The client keeps such pairs back; an older one, or another program, may not. Nothing of the chunk is kept. */
function refuseSecrets(pairs: readonly TestPair[]): void {
  for (const pair of pairs) {
    const [secret] = secretsInPair(pair);
    if (secret !== undefined) throw holdsSecret(secretText(secret));
  }
}

function sameRequest(found: { readonly run: Run; readonly requestJson: string }, requestJson: string): Run {
  if (found.requestJson !== requestJson) throw requestIdReused();
  return found.run;
}

function proofsOf(split: CorpusSplit, request: RunRequest) {
  return request.heldOutSplits
    .map((name) => ({ split: name, pairIds: idsOf(split.heldOut[name]), base: null, personalized: null }))
    .filter((proof) => proof.pairIds.length > 0);
}

const idsOf = (pairs: readonly TestPair[]) => pairs.map((pair) => pair.id);
