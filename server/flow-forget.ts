import { createHash, type KeyObject } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Caller, reaches } from './caller.ts';
import { invalidRequest, notFound } from './errors.ts';
import type { Erasure } from './ledger/erasures.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Log } from './log.ts';
import { endTrainerLeftBehind } from './processes/trainer-host.ts';
import { type ErasedContent, signReceipt } from './receipts/receipt.ts';
import type { RepositoryUses } from './repository-uses.ts';
import { requireRepositoryName } from './request-checks.ts';
import type { Executor } from './runs/executor.ts';
import { endStates, type Run } from './runs/run.ts';
import type { RunNews } from './runs/run-news.ts';
import type { ArtifactStore, StoredObjects } from './storage/artifact-store.ts';
import { type DataDir, folderSize } from './storage/data-dir.ts';
import { syncFolder, writeDurably } from './storage/durable-file.ts';

/** What the flow is made of. */
export interface ForgetParts {
  readonly ledger: Ledger;
  readonly artifacts: Pick<ArtifactStore, 'adapterManifest' | 'elsewhere' | 'erase'>;
  readonly dataDir: DataDir;
  readonly uses: RepositoryUses;
  readonly executor: Pick<Executor, 'cancel'>;
  readonly news: RunNews;
  readonly log: Log;
  /** Signs receipts. */
  readonly receiptKey: KeyObject;
  /** Takes the adapters in a folder out of memory. */
  dropAdapters(folder: string): Promise<void>;
  /** Told when nothing of what is erased is on disk any more. */
  onErased(tenantId: string): void;
}

/** What was erased, and the signed receipt for it. */
export interface Forgotten {
  readonly content: ErasedContent;
  readonly receipt: string;
}

/**
 * Erases repositories and tenants: a tombstone first, then whoever uses them, their runs, memory, files, rows, and what the database keeps
 * of deleted rows. Only then there is a receipt. Interrupted anywhere, it is finished at the next start.
 */
export class ForgetFlow {
  /** By erasure: who asks again waits for the same. */
  readonly #finishing = new Map<string, Promise<Forgotten>>();

  constructor(private readonly parts: ForgetParts) {}

  /** Erases a repository. Asking again after a failure goes on where it ended. */
  async forget(caller: Caller, repositoryName: string): Promise<Forgotten> {
    requireRepositoryName(repositoryName);
    const { repositories, erasures } = this.parts.ledger;
    const repository = await repositories.find(caller, repositoryName);
    if (repository !== undefined)
      return this.#finish(
        await erasures.beginRepository(
          caller.tenant,
          repository,
          await this.#content(caller.tenant.id, [repository.id]),
        ),
      );
    const begun = await this.#find(caller, repositoryName);
    if (begun === undefined || begun.receipt !== null) throw noRepository();
    return this.#finish(begun.erasure);
  }

  /** The receipt of the last repository of this name that was forgotten. */
  async receipt(caller: Caller, repositoryName: string): Promise<string> {
    requireRepositoryName(repositoryName);
    const found = await this.#find(caller, repositoryName);
    if (found === undefined || found.receipt === null) throw notFound('A receipt for a repository with this name');
    return found.receipt;
  }

  /** Erases a tenant with its tokens and repositories, while no server runs. Of one that is erased it gives the receipt again. */
  async forgetTenant(tenantName: string): Promise<Forgotten> {
    const { ledger } = this.parts;
    const tenant = await ledger.erasures.tenant(tenantName);
    if (tenant === undefined) {
      const erased = await ledger.erasures.findTenant(tenantName);
      if (erased === undefined) throw invalidRequest(`There is no tenant ${tenantName}`, 'look at `token list`');
      return erased;
    }
    const ids = await ledger.repositories.idsOf(tenant.id);
    return this.#finish(await ledger.erasures.beginTenant(tenant, await this.#content(tenant.id, ids)));
  }

  /** Finishes what a server that died had begun to erase. */
  async finishAll(): Promise<void> {
    const { erasures } = this.parts.ledger;
    for (const erasure of await erasures.unfinished()) await this.#finish(erasure);
    // What is still hidden was begun by a server of the time before erasures.
    for (const { tenant, ...repository } of await erasures.hidden())
      await this.#finish(
        await erasures.beginRepository(tenant, repository, await this.#content(tenant.id, [repository.id])),
      );
  }

  async #find(caller: Caller, repositoryName: string) {
    return reaches(caller, repositoryName) ? this.parts.ledger.erasures.find(caller, repositoryName) : undefined;
  }

  #finish(erasure: Erasure): Promise<Forgotten> {
    const finishing =
      this.#finishing.get(erasure.id) ?? this.#erase(erasure).finally(() => this.#finishing.delete(erasure.id));
    this.#finishing.set(erasure.id, finishing);
    return finishing;
  }

  async #erase(erasure: Erasure): Promise<Forgotten> {
    const { ledger, artifacts, dataDir, uses, news, log } = this.parts;
    const erasureId = erasure.id;
    log.info('forgetting-begun', { erasureId });
    const ids = await ledger.erasures.repositoryIds(erasure);
    const runs: Run[] = [];
    for (const id of ids) {
      await uses.endAll(id);
      runs.push(...(await ledger.runs.ofRepository(id)));
    }
    for (const run of runs) await this.#end(run);
    for (const id of ids) await this.parts.dropAdapters(dataDir.repository(id));
    log.info('forgetting-ended-runs', { erasureId, runs: runs.length });
    // First, because it ends what still arrives in the repositories' folders.
    for (const id of ids) await artifacts.erase(erasure.tenantId, id);
    // What an import left that a crash ended, too.
    if (erasure.repositoryId === null) await artifacts.erase(erasure.tenantId, null);
    log.info('forgetting-erased-artifacts', { erasureId });
    for (const id of ids) await rm(dataDir.repository(id), { recursive: true, force: true, maxRetries: 5 });
    await mkdir(dataDir.repositories, { recursive: true });
    await syncFolder(dataDir.repositories);
    log.info('forgetting-removed-files', { erasureId });
    await ledger.erasures.deleteRows(erasure);
    log.info('forgetting-deleted-rows', { erasureId });
    await ledger.scrub();
    log.info('forgetting-scrubbed-database', { erasureId });
    this.parts.onErased(erasure.tenantId);
    const receipt = signReceipt(statementOf(erasure), this.parts.receiptKey);
    await writeDurably(join(dataDir.receipts, `${erasureId}.json`), receipt);
    await ledger.erasures.end(erasureId, receipt);
    for (const run of runs) news.tell(run.id);
    log.info('forgotten', { erasureId, repositories: erasure.content.repositories });
    return { content: erasure.content, receipt };
  }

  async #end(run: Run): Promise<void> {
    if (endStates.includes(run.state)) return;
    await this.parts.ledger.runs.record(run.id, [], { cancelRequested: true });
    await this.parts.executor.cancel(run.id);
    // The trainer of a server that died may still write.
    if (run.process !== null) await endTrainerLeftBehind(run.process);
  }

  async #content(tenantId: string, repositoryIds: readonly string[]): Promise<ErasedContent> {
    const { ledger, artifacts, dataDir } = this.parts;
    const corpusSha256s: string[] = [];
    const adapterSha256s: string[] = [];
    let [runs, files, bytes] = [0, 0, 0];
    let objectStore: StoredObjects | undefined;
    for (const id of repositoryIds) {
      const size = await folderSize(dataDir.repository(id));
      files += size.files;
      bytes += size.bytes;
      runs += (await ledger.runs.ofRepository(id)).length;
      corpusSha256s.push(...(await ledger.corpora.sha256s(id)));
      for (const adapter of await ledger.adapters.ofRepository(id))
        adapterSha256s.push(hashOf(await artifacts.adapterManifest({ id, tenantId }, adapter.id)));
      const elsewhere = await artifacts.elsewhere(tenantId, id);
      if (elsewhere !== null) objectStore = sumOf(objectStore, elsewhere);
    }
    const content = { repositories: repositoryIds.length, runs, corpusSha256s, adapterSha256s, files, bytes };
    return objectStore === undefined ? content : { ...content, objectStore };
  }
}

const noRepository = () => notFound('A repository with this name');

function statementOf(erasure: Erasure) {
  const { tenantSha256, repositorySha256, begunMs, content } = erasure;
  const erased = erasure.repositoryId === null ? 'tenant' : 'repository';
  return { format: 1, erased, tenantSha256, repositorySha256, begunMs, endedMs: Date.now(), content } as const;
}

/** A manifest that a disk lost has no hash; that is no reason to keep the rest. */
function hashOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'lost' : createHash('sha256').update(bytes).digest('hex');
}

function sumOf(one: StoredObjects | undefined, other: StoredObjects): StoredObjects {
  if (one === undefined) return other;
  return {
    versions: one.versions + other.versions,
    bytes: one.bytes + other.bytes,
    unfinishedUploads: one.unfinishedUploads + other.unfinishedUploads,
  };
}
