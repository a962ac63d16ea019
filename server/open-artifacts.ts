import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BespokeError, startRefused } from './errors.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Log } from './log.ts';
import { fingerprintOf } from './receipts/receipt.ts';
import { endStates } from './runs/run.ts';
import type { ArtifactStore } from './storage/artifact-store.ts';
import { claimPlace, knownPlace, rememberPlace, urlOf } from './storage/artifacts-place.ts';
import type { DataDir } from './storage/data-dir.ts';
import { FolderArtifacts } from './storage/folder-artifacts.ts';
import { type KnownArtifacts, S3Artifacts } from './storage/s3-artifacts.ts';
import type { S3Place } from './storage/s3-bucket.ts';

/** An object store for a server's artifacts, of which the data folder holds at most so many bytes. */
export interface WantedPlace extends S3Place {
  readonly cacheBytes: number;
}

/** What artifacts are opened with. */
export interface ArtifactsParts {
  readonly dataDir: DataDir;
  /** Says whose a place in an object store is. */
  readonly receiptKey: KeyObject;
  readonly log: Log;
}

/** Artifacts of which the ledger was not asked yet. */
export interface OpenArtifacts {
  readonly artifacts: ArtifactStore;
  /** Brings what is kept in line with what the ledger knows. To be called when nothing is left to be forgotten. */
  settle(ledger: Ledger): Promise<void>;
}

/**
 * Opens the artifacts of a server where it was told that they are: in the data folder, or in an object store. Throws `BespokeError`
 * `start-refused` where they are not those of this data folder.
 */
export async function openServerArtifacts(
  wanted: WantedPlace | undefined,
  parts: ArtifactsParts,
): Promise<OpenArtifacts> {
  const { dataDir } = parts;
  const known = await knownPlace(dataDir);
  if (wanted === undefined) {
    if (known === undefined) return { artifacts: new FolderArtifacts(dataDir), settle: async () => {} };
    throw startRefused(
      `The artifacts of the data folder ${dataDir.root} are in ${urlOf(known)}: give --artifacts ${urlOf(known)}.`,
    );
  }
  const artifacts = await openS3(wanted, known, parts, wanted.cacheBytes);
  return {
    artifacts,
    settle: async (ledger) => {
      const kept = await keptOf(ledger);
      if (known === undefined) await moveIn(artifacts, kept, parts);
      await rememberPlace(dataDir, wanted);
      for (const { repository, adapterIds } of kept) await artifacts.adopt(repository, adapterIds);
      const strays = await artifacts.removeStrays(kept);
      if (strays > 0) parts.log.info('stray-artifacts-removed', { strays });
    },
  };
}

/** Opens the artifacts of a data folder for a command, wherever they are. */
export async function openArtifacts(parts: ArtifactsParts): Promise<ArtifactStore> {
  const known = await knownPlace(parts.dataDir);
  if (known === undefined) return new FolderArtifacts(parts.dataDir);
  return openS3(known, known, parts, Number.POSITIVE_INFINITY);
}

async function openS3(
  place: S3Place,
  known: S3Place | undefined,
  { dataDir, receiptKey, log }: ArtifactsParts,
  cacheBytes: number,
): Promise<S3Artifacts> {
  // Only who has an object store needs its library in memory.
  const { S3Bucket } = await import('./storage/s3-bucket.ts');
  const bucket = new S3Bucket(place, log);
  await claimPlace(bucket, place, known, fingerprintOf(receiptKey));
  return new S3Artifacts(bucket, dataDir, cacheBytes);
}

async function keptOf(ledger: Ledger): Promise<KnownArtifacts[]> {
  const kept: KnownArtifacts[] = [];
  for (const repository of await ledger.repositories.all()) {
    const adapters = await ledger.adapters.ofRepository(repository.id);
    const runs = await ledger.runs.ofRepository(repository.id);
    kept.push({
      repository,
      adapterIds: adapters.map(({ id }) => id),
      expectedIds: runs.filter(({ state }) => !endStates.includes(state)).map(({ id }) => id),
    });
  }
  return kept;
}

/** Moves what a server kept in its data folder into an object store. Ended in the middle, it begins anew. */
async function moveIn(
  artifacts: S3Artifacts,
  kept: readonly KnownArtifacts[],
  { dataDir, log }: ArtifactsParts,
): Promise<void> {
  const folder = new FolderArtifacts(dataDir);
  let [chunks, adapters] = [0, 0];
  for (const { repository, adapterIds } of kept) {
    for (const name of await folder.chunkNames(repository)) {
      await artifacts.keepChunk(repository, name, await readFile(join(dataDir.chunks(repository.id), name)));
      chunks += 1;
    }
    for (const adapterId of adapterIds)
      await artifacts.keepAdapter(repository, adapterId).then(
        () => {
          adapters += 1;
        },
        (error: unknown) => {
          if (error instanceof BespokeError) throw error;
          // One that a disk has damaged was lost before.
          log.error('adapter-not-moved', error, { adapterId, repositoryId: repository.id });
        },
      );
  }
  log.info('artifacts-moved', { chunks, adapters });
}
