import { type ServiceError, status } from '@grpc/grpc-js';
import type { Corpus } from '../../core/corpus/corpus.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import type { Client } from '../server/support/client.ts';
import { startRun } from '../server/support/runs.ts';

/** What changes a repository; each may be sent again when nobody knows whether it was done. */
export type Write =
  | { readonly kind: 'upload' }
  | { readonly kind: 'start'; readonly requestId: string }
  | { readonly kind: 'cancel' | 'activate'; readonly runId: string }
  | { readonly kind: 'forget' };

/** What a server was found to have got wrong, one sentence each. */
export interface Findings {
  readonly lost: string[];
  readonly doubled: string[];
  readonly foreign: string[];
}

const endStates = [RunState.RUN_STATE_SUCCEEDED, RunState.RUN_STATE_FAILED, RunState.RUN_STATE_CANCELLED];

/**
 * What a server acknowledged about one repository, and the one write, if any, of which nobody knows whether it was done: the model that the
 * server is compared with. Only one caller writes to the repository.
 */
export class RepositoryHistory {
  uploaded = false;
  receipt: string | undefined;
  /** By request id. */
  readonly runs = new Map<string, { readonly id: string; ended: RunState | undefined }>();
  active = '';
  /** Sent, and not answered. */
  pending: Write | undefined;

  constructor(
    readonly name: string,
    private readonly corpus: Corpus,
  ) {}

  /** Sends a write; it is acknowledged when this returns, and pending when it throws. */
  async write(client: Client, write: Write): Promise<void> {
    this.pending = write;
    switch (write.kind) {
      case 'upload':
        await client.upload(this.name, this.corpus);
        this.uploaded = true;
        break;
      case 'start': {
        const { id } = await startRun(client, write.requestId, {
          ...{ repository: this.name, corpusSha256: this.corpus.sha256, heldOutPairs: 2 },
        });
        this.runs.set(write.requestId, { id, ended: undefined });
        break;
      }
      case 'cancel':
        this.#see((await client.cancelRun(write.runId)).run);
        break;
      case 'activate':
        await client.activateAdapter(write.runId);
        this.active = write.runId;
        break;
      case 'forget':
        this.receipt = (await client.forgetRepository(this.name)).receipt;
    }
    this.pending = undefined;
  }

  /** Sends again what was pending when the server died. */
  async settle(client: Client): Promise<void> {
    const { pending } = this;
    if (pending === undefined) return;
    const receipt = pending.kind === 'forget' ? await this.#receipt(client) : undefined;
    if (receipt === undefined) return this.write(client, pending);
    this.receipt = receipt;
    this.pending = undefined;
  }

  /** Compares the repository with this history; another caller's runs of the same name would be found here, too. */
  async check(client: Client, { lost, doubled, foreign }: Findings): Promise<void> {
    // In this order: a run that has ended by then has its adapter.
    const { runs } = await client.listRuns(this.name);
    const { adapters } = await client.listAdapters(this.name);
    const upload = await client.getUpload({ repository: this.name, corpusSha256: this.corpus.sha256 });
    const receipt = await this.#receipt(client);
    if (this.receipt !== undefined && receipt !== this.receipt) lost.push(`The receipt of ${this.name}.`);
    if (receipt !== undefined) {
      if (this.pending?.kind !== 'forget' && this.receipt === undefined) lost.push(`${this.name} is forgotten.`);
      const left = runs.length + adapters.length + upload.chunkSha256s.length;
      if (left > 0) foreign.push(`${left} rows or chunks of ${this.name}, which was forgotten.`);
      return;
    }
    if (this.uploaded && !upload.complete) lost.push(`The corpus of ${this.name}.`);
    if (upload.complete && !this.uploaded && this.pending?.kind !== 'upload')
      foreign.push(`A corpus of ${this.name}, which has none.`);
    const listed = new Map(runs.map((run) => [run.id, run]));
    const known = new Set([...this.runs.values()].map(({ id }) => id));
    for (const id of known) if (!listed.has(id)) lost.push(`Run ${id} of ${this.name}.`);
    const unknown = runs.filter(({ id }) => !known.has(id));
    if (unknown.length > (this.pending?.kind === 'start' ? 1 : 0))
      doubled.push(`${unknown.length} runs of ${this.name} that nobody was told of.`);
    if (listed.size !== runs.length || runs.some(({ repository }) => repository !== this.name))
      foreign.push(`A run of another repository in ${this.name}.`);
    for (const { id, ended } of this.runs.values())
      if (ended !== undefined && listed.get(id)?.state !== ended)
        lost.push(`Run ${id} of ${this.name} had ended ${ended} and is ${listed.get(id)?.state}.`);
    for (const run of runs) this.#see(run);
    this.#checkAdapters(adapters, { lost, doubled, foreign });
  }

  #checkAdapters(
    adapters: readonly { readonly id: string; readonly runId: string; readonly active: boolean }[],
    { lost, doubled, foreign }: Findings,
  ): void {
    const byRun = new Set(adapters.map(({ runId }) => runId));
    if (byRun.size !== adapters.length) doubled.push(`An adapter of ${this.name}.`);
    const ids = new Set([...this.runs.values()].map(({ id }) => id));
    for (const { runId } of adapters)
      if (!ids.has(runId) && this.pending?.kind !== 'start') foreign.push(`Adapter ${runId} in ${this.name}.`);
    for (const { id, ended } of this.runs.values())
      if (ended === RunState.RUN_STATE_SUCCEEDED && !byRun.has(id)) lost.push(`The adapter of run ${id}.`);
    const active = adapters.find((adapter) => adapter.active)?.id ?? '';
    if (active === this.active) return;
    if (this.pending?.kind === 'activate' && this.pending.runId === active) return;
    lost.push(`${this.name} uses the adapter "${active}" in place of "${this.active}".`);
  }

  #see(run: { readonly id: string; readonly state: RunState } | undefined): void {
    for (const known of this.runs.values())
      if (run !== undefined && known.id === run.id && endStates.includes(run.state)) known.ended = run.state;
  }

  #receipt(client: Client): Promise<string | undefined> {
    return client.getForgetReceipt(this.name).then(
      ({ receipt }) => receipt,
      (error: ServiceError) => {
        if (error.code !== status.NOT_FOUND) throw error;
        return undefined;
      },
    );
  }
}
