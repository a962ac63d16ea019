import { setTimeout } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { Corpus } from '../../core/corpus/corpus.ts';
import { Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import type { GenerateRequest, GenerateResponse } from '../../proto/gen/bespoke/v1/generation.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Client } from '../server/support/client.ts';
import { getRun, startRun } from '../server/support/runs.ts';
import { promptRequest, prompts } from './prompts.ts';
import { type Answer, areSame, type SingleTenantOracle, type Written } from './single-tenant-oracle.ts';

interface Known {
  readonly id: string;
  /** What the oracle wrote, one for each prompt. */
  readonly answers: readonly Answer[];
}

/** Who wrote and what; or a status, and nothing. */
interface Given {
  readonly id: string;
  readonly answer: Answer;
}

/** What generation may use at a moment. */
interface Situation {
  readonly active: Known | undefined;
  readonly adapters: readonly Known[];
}

const repository = 'repo';

/** One of many tenants with a repository of the same name: what it did, and whether what it is given is its own and of today. */
export class InterleavedTenant {
  #now: Situation = { active: undefined, adapters: [] };
  /** What becomes of it by the change that is under way. */
  #next: Situation | undefined;
  #erased: Known[] = [];
  #runs = 0;
  #isThere = false;
  readonly done: Record<string, number> = {};

  constructor(
    private readonly name: string,
    private readonly client: Client,
    private readonly dataDir: string,
    private readonly corpus: Corpus,
    private readonly base: Known,
    private readonly oracle: SingleTenantOracle,
    private readonly wrong: string[],
  ) {}

  /** Two adapters that nothing but what was trained tells apart. */
  async begin(): Promise<void> {
    for (let trained = 0; trained < 2; trained++) await this.#train(Strategy.STRATEGY_LAST_DECODER_BLOCK);
    this.#next = undefined;
  }

  /** A change of this tenant, chosen at random. There is one at a time. */
  async change(random: SeededRandom): Promise<void> {
    const { adapters } = this.#now;
    const chance = random.next();
    if (adapters.length === 0 || (chance < 0.25 && adapters.length < 3))
      await this.#train(random.pick([Strategy.STRATEGY_PREFIX, Strategy.STRATEGY_LAST_DECODER_BLOCK]));
    else if (chance > 0.85) await this.#erase();
    else await this.#activate(random.pick(adapters));
    this.#next = undefined;
  }

  /** Asks for candidates, by a model that is chosen at random, and compares them with the oracle's. */
  async generate(random: SeededRandom): Promise<void> {
    const prompt = random.integer(prompts.length);
    const before = this.#now;
    const choice = random.next();
    const named = choice < 0.4 && before.adapters.length > 0 ? random.pick(before.adapters) : undefined;
    const erased = choice > 0.9 && this.#erased.length > 0 ? random.pick(this.#erased) : undefined;
    const adapter = erased ?? named;
    const given = await this.#ask(
      adapter === undefined ? { $case: 'active', value: {} } : { $case: 'adapterId', value: adapter.id },
      prompt,
    );
    const situations = [before, this.#now, ...(this.#next === undefined ? [] : [this.#next])];
    const allowed: Given[] = [];
    const notFound = { id: 'NOT_FOUND', answer: [] };
    for (const { active, adapters } of situations) {
      const used = adapter === undefined ? (active ?? this.base) : adapters.find(({ id }) => id === adapter.id);
      allowed.push(used === undefined ? notFound : { id: used.id, answer: used.answers[prompt] ?? [] });
      // The repository goes while its adapter writes.
      if (adapter === undefined && before.adapters.length > 0 && adapters.length === 0) allowed.push(notFound);
    }
    this.#count(erased === undefined ? 'generated' : 'generatedByAnErasedOne');
    if (allowed.some(({ id, answer }) => id === given.id && areSame(answer, given.answer))) return;
    const expected = JSON.stringify(allowed);
    this.wrong.push(
      `${this.name} got ${JSON.stringify(given)} of ${adapter?.id ?? 'the active one'}, not ${expected}.`,
    );
  }

  /** Asks for candidates and goes away in the middle. */
  async abandon(random: SeededRandom): Promise<void> {
    const active = { $case: 'active', value: {} } as const;
    const call = this.client.generate(promptRequest(random.integer(prompts.length), { model: active }));
    const ended = new Promise((done) =>
      call
        .on('data', () => {})
        .on('error', done)
        .on('end', done),
    );
    await Promise.race([setTimeout(random.next() * 10), ended]);
    call.cancel();
    await ended;
    this.#count('abandoned');
  }

  async #train(strategy: Strategy): Promise<void> {
    if (!this.#isThere) await this.client.upload(repository, this.corpus);
    this.#isThere = true;
    const request = { strategy, corpusSha256: this.corpus.sha256, heldOutPairs: 2 };
    const run = await startRun(this.client, `run-${this.#runs++}`, request);
    await this.client.watch(run.id);
    const ended = await getRun(this.client, run.id);
    if (ended.state !== RunState.RUN_STATE_SUCCEEDED)
      this.wrong.push(`${this.name}: a run ended ${ended.state}, ${ended.failure?.message}.`);
    const trained = { id: run.id, answers: await this.oracle.answers(run.id, this.dataDir) };
    this.#now = { ...this.#now, adapters: [...this.#now.adapters, trained] };
    this.#count('trained');
    await this.#activate(trained);
  }

  async #activate(adapter: Known): Promise<void> {
    this.#next = { ...this.#now, active: adapter };
    await this.client.activateAdapter(adapter.id);
    this.#now = this.#next;
    this.#count('activated');
  }

  async #erase(): Promise<void> {
    this.#next = { active: undefined, adapters: [] };
    await this.client.forgetRepository(repository);
    this.#erased = [...this.#now.adapters, ...this.#erased].slice(0, 5);
    this.#now = this.#next;
    this.#isThere = false;
    this.#count('erased');
  }

  async #ask(model: GenerateRequest['model'], prompt: number): Promise<Given> {
    const request = promptRequest(prompt, { model });
    const answer: Written[] = [];
    let id = '';
    try {
      for await (const { part } of this.client.generate(request) as AsyncIterable<GenerateResponse>) {
        if (part?.$case === 'started') id = part.value.adapterId;
        if (part?.$case === 'candidate') answer.push(part.value);
      }
    } catch (error) {
      const { code, details } = error as ServiceError;
      return { id: code === status.NOT_FOUND ? 'NOT_FOUND' : `${status[code]}: ${details}`, answer: [] };
    }
    return { id, answer: answer.map(({ text, logProbability }) => ({ text, logProbability })) };
  }

  #count(what: string): void {
    this.done[what] = (this.done[what] ?? 0) + 1;
  }
}
