import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import { type Caller, reaches } from '../caller.ts';
import { adapterRefused, BespokeError, diskFull, importRefused, invalidRequest, notFound } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Log } from '../log.ts';
import type { StoredBytes } from '../quotas/stored-bytes.ts';
import type { TenantQuotas } from '../quotas/tenant-quotas.ts';
import { type RepositoryUses, untilErased } from '../repository-uses.ts';
import { requireRepositoryName } from '../request-checks.ts';
import type { Proof } from '../runs/run.ts';
import type { ArtifactStore, RepositoryKey, TakenAdapter } from '../storage/artifact-store.ts';
import { type DataDir, folderBytes } from '../storage/data-dir.ts';
import { isDiskFull, syncFolder, writeDurably } from '../storage/durable-file.ts';
import { type FileEntry, filesOf, MANIFEST, sealManifest } from '../tensors/checked-folder.ts';
import type { Adapter } from './adapter.ts';
import { type AdapterFolder, checkManifest, readAdapterFolder, TENSOR_FILE } from './adapter-folder.ts';

/** An adapter that goes from one server to another, without its tensors. */
export interface AdapterHeader {
  /** The name of the repository that it was trained for, or that it is imported for. */
  readonly repository: string;
  /** `manifest.json`, byte by byte. */
  readonly manifest: Uint8Array;
  readonly proofs: readonly Proof[];
  readonly commit: string;
  /** Most nearest tests in an input of its training. */
  readonly nearestTests: number;
}

/** What the transfer is made of. */
export interface TransferParts {
  readonly ledger: Ledger;
  readonly artifacts: ArtifactStore;
  readonly dataDir: DataDir;
  readonly baseModel: BaseModelFolder;
  readonly uses: RepositoryUses;
  readonly quotas: TenantQuotas;
  readonly stored: StoredBytes;
  readonly log: Log;
}

/** Most bytes of tensors in one message, in either direction. */
export const MAX_PART_BYTES = 1 << 20;

/** Bytes of tensors in a message of ours: a client that does not read holds a few of these in memory. */
const SENT_PART_BYTES = 128 * 1024;
const MAX_MANIFEST_BYTES = 1 << 20;
/** Header, and a prefix, which is not part of the base's parameters. */
const SPARE_BYTES = 256 << 20;

/** Takes adapters out of this server and brings those of others in. Nothing that arrives is believed: not its sizes, names or hashes. */
export class AdapterTransfer {
  constructor(private readonly parts: TransferParts) {}

  /** The adapter's header and, in order, its tensors' bytes. */
  async export(
    caller: Caller,
    adapterId: string,
  ): Promise<{ readonly header: AdapterHeader; readonly data: AsyncIterable<Uint8Array> }> {
    const { ledger, artifacts, log } = this.parts;
    const adapter = await ledger.adapters.find(caller, adapterId);
    const run = adapter === undefined ? undefined : await ledger.runs.find(caller, adapter.runId);
    if (adapter === undefined || run === undefined) throw notFound('An adapter with this id');
    const { repository, commit } = adapter;
    const { proofs, nearestTests } = run;
    const kept = { id: adapter.repositoryId, tenantId: caller.tenant.id };
    const manifest = await artifacts.adapterManifest(kept, adapter.id);
    if (manifest === undefined) throw adapterRefused('its manifest.json is lost');
    log.info('adapter-exported', { adapterId, repositoryId: adapter.repositoryId });
    return { header: { repository, commit, proofs, nearestTests, manifest }, data: this.#tensors(kept, adapter.id) };
  }

  async *#tensors(repository: RepositoryKey, adapterId: string): AsyncGenerator<Uint8Array> {
    const use = this.parts.uses.begin(repository.id);
    let taken: TakenAdapter | undefined;
    let file: ReadStream | undefined;
    try {
      taken = await this.parts.artifacts.takeAdapter(repository, adapterId, use.signal);
      if (taken === undefined) throw notFound('An adapter with this id');
      file = createReadStream(join(taken.folder, TENSOR_FILE), { highWaterMark: SENT_PART_BYTES });
      yield* untilErased<Uint8Array>(file, use.signal);
    } finally {
      file?.destroy();
      taken?.giveBack();
      use.end();
    }
  }

  /** Registers an adapter; when this returns it was checked against the base, and survives `kill -9`. */
  async import(caller: Caller, header: AdapterHeader, data: AsyncIterable<Uint8Array>): Promise<Adapter> {
    const { ledger, artifacts, dataDir, log } = this.parts;
    requireRepositoryName(header.repository);
    if (!reaches(caller, header.repository)) throw notFound('A repository with this name');
    const { tensors, corpusSha256 } = this.#announced(header);
    const repository = await ledger.repositories.ensure(caller, header.repository);
    if (repository === undefined) throw notFound('A repository with this name');
    const requestId = `import:${createHash('sha256').update(header.manifest).digest('hex')}:${repository.id}`;
    const id = randomUUID();
    const arriving = join(dataDir.imports(repository.id), id);
    await this.parts.stored.require(caller.tenant.id, tensors.bytes);
    const use = this.parts.uses.begin(repository.id);
    let end: (() => void) | undefined;
    try {
      end = this.parts.quotas.begin(caller.tenant.id, 'uploads');
      await mkdir(arriving, { recursive: true });
      await receive(join(arriving, TENSOR_FILE), tensors, untilErased(data, use.signal));
      await writeDurably(join(arriving, MANIFEST), header.manifest);
      const folder = await this.#read(arriving);
      await sealManifest(arriving, folder.sha256);
      const bytes = await folderBytes(arriving);
      const earlier = await ledger.runs.byRequest(caller.tenant.id, requestId);
      if (earlier === undefined) {
        const kept = dataDir.adapter(repository.id, id);
        await mkdir(dataDir.adapter(repository.id, '.'), { recursive: true });
        await rename(arriving, kept);
        await syncFolder(dataDir.adapter(repository.id, '.'));
        await artifacts.keepAdapter(repository, id).catch(async (error: unknown) => {
          // What arrived elsewhere is removed at the next start, because no run has it.
          await rm(kept, { recursive: true, force: true });
          throw error;
        });
      }
      const { proofs, nearestTests, commit } = header;
      const run =
        earlier?.run ??
        (await ledger.runs.import(
          { tenantId: caller.tenant.id, requestId, corpusSha256, nearestTests, proofs },
          {
            id,
            repositoryId: repository.id,
            strategy: folder.strategy,
            bytes,
            trainedParameters: countParameters(folder),
            createdMs: Date.now(),
            baseModelSha256: this.parts.baseModel.sha256,
            commit,
          },
        ));
      const adapter = run.adapterId === null ? undefined : await ledger.adapters.find(caller, run.adapterId);
      if (adapter === undefined) throw notFound('The adapter that was imported');
      // An equal import was quicker.
      if (adapter.id !== id && earlier === undefined) await artifacts.removeAdapter(repository, id);
      log.info('adapter-imported', { adapterId: adapter.id, repositoryId: repository.id });
      return adapter;
    } finally {
      await rm(arriving, { recursive: true, force: true });
      end?.();
      use.end();
    }
  }

  /** What the manifest announces; throws before a byte of tensors is taken when it cannot fit. */
  #announced({ manifest: bytes }: AdapterHeader): { readonly tensors: FileEntry; readonly corpusSha256: string } {
    if (bytes.length > MAX_MANIFEST_BYTES) throw importRefused('its manifest is larger than 1 MiB');
    try {
      const manifest: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
      if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest))
        throw new Error('its manifest.json is no JSON object');
      const said = manifest as Record<string, unknown>;
      checkManifest(said, this.parts.baseModel);
      const files = filesOf(said);
      const tensors = files.get(TENSOR_FILE);
      if (tensors === undefined || files.size !== 1) throw new Error(`it holds other files than ${TENSOR_FILE}`);
      const most = 4 * this.parts.baseModel.manifest.parameters + SPARE_BYTES;
      if (!(tensors.bytes <= most)) throw new Error('it is larger than its base model');
      return { tensors, corpusSha256: typeof said.corpusSha256 === 'string' ? said.corpusSha256 : '' };
    } catch (error) {
      throw importRefused(clauseOf(error), { cause: error });
    }
  }

  async #read(folder: string): Promise<AdapterFolder> {
    try {
      return await readAdapterFolder(folder, this.parts.baseModel);
    } catch (error) {
      throw error instanceof BespokeError ? importRefused(clauseOf(error.cause), { cause: error }) : error;
    }
  }
}

/** Writes what arrives as it arrives; throws when it is not what was announced. */
async function receive(path: string, announced: FileEntry, data: AsyncIterable<Uint8Array>): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for await (const part of data) {
      if (part.length > MAX_PART_BYTES)
        throw invalidRequest('A part of the adapter is larger than 1 MiB', 'send it in smaller parts');
      bytes += part.length;
      if (bytes > announced.bytes) throw importRefused('it is longer than its manifest says');
      hash.update(part);
      await file.writeFile(part);
    }
    if (bytes !== announced.bytes) throw importRefused(`it ends after ${bytes} of ${announced.bytes} bytes`);
    if (hash.digest('hex') !== announced.sha256) throw importRefused('its tensors do not match their hash');
    await file.sync();
  } catch (error) {
    throw isDiskFull(error) ? diskFull({ cause: error }) : error;
  } finally {
    await file.close();
  }
}

function clauseOf(error: unknown): string {
  if (error instanceof SyntaxError || error instanceof TypeError) return 'its manifest.json is no JSON';
  return error instanceof Error ? error.message : String(error);
}

function countParameters({ tensors }: AdapterFolder): number {
  let parameters = 0;
  for (const { shape } of tensors.values()) parameters += shape.reduce((product, size) => product * size, 1);
  return parameters;
}
