import type { Decoding, FinishedText } from '../../core/decoding/decoding.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import { invalidRequest } from '../errors.ts';
import { BeamSearch } from './beam-search.ts';
import { Branching } from './branching.ts';
import { DecodingGroup, type Member } from './decoding-group.ts';
import { FairShares } from './fair-shares.ts';
import { Greedy } from './greedy.ts';
import { type ReadInput, readInput } from './input-reading.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { ModelCache, ServedModel } from './model-cache.ts';
import { Rewriting } from './rewriting.ts';
import type { DecodingRequest } from './worker-protocol.ts';

/** One request and where its results go. */
export interface ScheduledRequest {
  readonly tokens: readonly number[];
  readonly adapterDir: string | null;
  readonly tenantId: string;
  readonly decoding: DecodingRequest;
  onStarted(): void;
  onDelta(text: string): void;
  onFinished(candidates: readonly FinishedText[]): void;
  onFailed(error: unknown): void;
}

interface Active extends Member {
  readonly request: ScheduledRequest;
  readonly served: ServedModel;
  readonly decoding: Decoding;
}

interface Reading {
  readonly active: Active;
  readonly input: AsyncGenerator<void, ReadInput>;
}

/**
 * Continuous batching: requests join and leave between any two steps. Each turn reads one piece of the next request's input and gives
 * every group of requests one step, so nobody waits for another's whole input or whole answer. Requests of a tenant that has used much
 * more of the generator than another pause while that one's are worked on.
 */
export class Scheduler {
  readonly #waiting: ScheduledRequest[] = [];
  readonly #readings: Reading[] = [];
  readonly #groups = new Map<LoadedModel, Map<number, DecodingGroup<Active>>>();
  readonly #active = new Map<ScheduledRequest, Active>();
  readonly #shares = new FairShares();
  /** Remembered for as long as a request is, because it may be neither waiting nor active: its model is being loaded. */
  readonly #cancelled = new WeakSet<ScheduledRequest>();
  #turning = false;

  constructor(
    private readonly models: ModelCache,
    private readonly tokenizer: Tokenizer,
    private readonly endOfTarget: number,
    private readonly maxConcurrentRequests: number,
  ) {}

  add(request: ScheduledRequest): void {
    this.#shares.enter(request.tenantId);
    this.#waiting.push(request);
    if (!this.#turning) void this.#turn();
  }

  /** The request gets no more results; its place is free before the next step. */
  cancel(request: ScheduledRequest): void {
    const at = this.#waiting.indexOf(request);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.#cancelled.add(request);
  }

  async #turn(): Promise<void> {
    this.#turning = true;
    while (this.#waiting.length > 0 || this.#active.size > 0) {
      this.#dropCancelled();
      await this.#readOn();
      for (const group of this.#allGroups()) {
        // Messages came in while a model was loaded or another group stepped.
        this.#dropCancelled();
        await this.#step(group);
      }
      // Where nothing else lets messages in.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#turning = false;
  }

  #allGroups(): DecodingGroup<Active>[] {
    return [...this.#groups.values()].flatMap((groups) => [...groups.values()]);
  }

  #dropCancelled(): void {
    for (const active of [...this.#active.values()]) if (this.#cancelled.has(active.request)) this.#leave(active);
    for (const reading of [...this.#readings])
      if (this.#cancelled.has(reading.active.request)) this.#endReading(reading);
  }

  /** Who may go on now, of those who have begun. */
  #due(): (tenantId: string) => boolean {
    return this.#shares.due([...this.#active.keys()].map(({ tenantId }) => tenantId));
  }

  /** Works for some requests, at the expense of their tenants. */
  async #charged<T>(requests: readonly ScheduledRequest[], work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    try {
      return await work();
    } finally {
      this.#shares.charge(
        requests.map(({ tenantId }) => tenantId),
        performance.now() - startedMs,
      );
    }
  }

  /** Reads one piece of an input: of the tenant that has used least. */
  async #readOn(): Promise<void> {
    const usedMs = ({ tenantId }: ScheduledRequest) => this.#shares.usedMs(tenantId);
    const next = leastBy(this.#waiting.filter(this.#hasRoomFor), usedMs);
    const begun = leastBy(this.#readings, ({ active }) => usedMs(active.request));
    if (next !== undefined && (begun === undefined || usedMs(next) < usedMs(begun.active.request))) {
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      const active = await this.#charged([next], () => this.#begin(next));
      if (active === undefined) return;
      const { served, request } = active;
      const reading = { active, input: readInput(served, request.tokens) };
      this.#readings.push(reading);
      return this.#read(reading);
    }
    if (begun !== undefined && this.#due()(begun.active.request.tenantId)) await this.#read(begun);
  }

  async #read(reading: Reading): Promise<void> {
    const { active, input } = reading;
    const { request } = active;
    try {
      const piece = await this.#charged([request], () => input.next());
      if (piece.done !== true) return;
      this.#endReading(reading);
      if (this.#cancelled.has(request)) return;
      request.onStarted();
      active.decoding.advance(
        (_beam, drafts) => (drafts === 0 ? piece.value.logProbabilities : undefined),
        () => -1,
      );
      if (!this.#report(active)) this.#groupOf(active).join(active, piece.value);
    } catch (error) {
      this.#endReading(reading);
      this.#fail(active, error);
    }
  }

  #endReading(reading: Reading): void {
    const at = this.#readings.indexOf(reading);
    if (at >= 0) this.#readings.splice(at, 1);
  }

  /** Whoever has nothing here yet does not wait for others to leave, within limits. */
  readonly #hasRoomFor = ({ tenantId }: ScheduledRequest): boolean => {
    const most = this.maxConcurrentRequests;
    if (this.#active.size < most) return true;
    if (this.#active.size >= 2 * most) return false;
    return ![...this.#active.keys()].some((active) => active.tenantId === tenantId);
  };

  async #begin(request: ScheduledRequest): Promise<Active | undefined> {
    let served: ServedModel;
    try {
      served = await this.models.take(request.adapterDir, request.tenantId);
    } catch (error) {
      if (!this.#cancelled.has(request)) request.onFailed(error);
      return undefined;
    }
    if (this.#cancelled.has(request)) {
      this.models.giveBack(served);
      return undefined;
    }
    const active: Active = { request, served, own: served.own, decoding: this.#decodingOf(request) };
    this.#active.set(request, active);
    try {
      checkRoom(request, served);
    } catch (error) {
      this.#fail(active, error);
      return undefined;
    }
    return active;
  }

  #decodingOf({ tokens, decoding }: ScheduledRequest): Decoding {
    const { candidates, beam, faulty, maxNewTokens, atEndOfMethod } = decoding;
    const stopping = { endOfTarget: this.endOfTarget, maxNewTokens, atEndOfMethod };
    if (faulty !== null) return new Rewriting(candidates, faulty, tokens, stopping, this.tokenizer);
    if (candidates === 1) return new Greedy(tokens, stopping, this.tokenizer);
    if (beam === null) return new Branching(candidates, tokens, stopping, this.tokenizer);
    return new BeamSearch(candidates, beam, stopping, this.tokenizer);
  }

  #groupOf({ served, decoding }: Active): DecodingGroup<Active> {
    const groups = this.#groups.get(served.model) ?? new Map<number, DecodingGroup<Active>>();
    this.#groups.set(served.model, groups);
    const group = groups.get(decoding.width) ?? new DecodingGroup<Active>(served.model);
    groups.set(decoding.width, group);
    return group;
  }

  async #step(group: DecodingGroup<Active>): Promise<void> {
    const isDue = this.#due();
    const chosen = group.members.filter(({ request }) => isDue(request.tenantId));
    if (chosen.length === 0) return;
    try {
      const requests = chosen.map(({ request }) => request);
      await this.#charged(requests, () => group.step(chosen));
    } catch (error) {
      for (const active of group.members) this.#fail(active, error);
      return;
    }
    for (const active of chosen) this.#report(active);
  }

  /** Passes on what is new; says whether the request is done. */
  #report(active: Active): boolean {
    const { request, decoding } = active;
    const isCancelled = this.#cancelled.has(request);
    const delta = decoding.takeDelta();
    if (delta !== '' && !isCancelled) request.onDelta(delta);
    if (decoding.beams.length > 0) return false;
    this.#leave(active);
    if (!isCancelled) request.onFinished(decoding.finished());
    return true;
  }

  #fail(active: Active, error: unknown): void {
    this.#leave(active);
    if (!this.#cancelled.has(active.request)) active.request.onFailed(error);
  }

  #leave(active: Active): void {
    this.#active.delete(active.request);
    const { model } = active.served;
    const groups = this.#groups.get(model);
    const group = groups?.get(active.decoding.width);
    group?.leave(active);
    // What stays here stays in memory, models that the cache let go long ago among them.
    if (group?.members.length === 0) groups?.delete(active.decoding.width);
    if (groups?.size === 0) this.#groups.delete(model);
    this.models.giveBack(active.served);
  }
}

/** The first of those of which `amount` is least. */
function leastBy<T>(items: readonly T[], amount: (item: T) => number): T | undefined {
  let least: T | undefined;
  for (const item of items) if (least === undefined || amount(item) < amount(least)) least = item;
  return least;
}

/** Throws the `invalid-request` error when input and candidate exceed the positions that the model knows. */
function checkRoom(request: ScheduledRequest, { model, prefix }: ServedModel): void {
  const { tokens, decoding } = request;
  const decoderTokens = prefix.length + decoding.maxNewTokens + (model.isEncoderDecoder ? 1 : tokens.length);
  const encoderTokens = model.isEncoderDecoder ? prefix.length + tokens.length + 1 : 0;
  if (tokens.length === 0) throw invalidRequest('The input has no token', 'send a focal method');
  if (Math.max(decoderTokens, encoderTokens) > model.maxPositions)
    throw invalidRequest(
      `The input of ${tokens.length} and a candidate of up to ${decoding.maxNewTokens} tokens exceed the model's ${model.maxPositions} positions`,
      'send less context or ask for fewer tokens',
    );
}
