import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { exportAdapter, importAdapter } from '../client/adapter-transfer.ts';
import type { Connection } from '../client/connection.ts';
import { describeServer } from '../client/personalization.ts';
import type { Adapter, Measurement, Proof } from '../client/run.ts';
import type { PackDescription, PackedMeasurement, PackedProof } from '../packs/pack-description.ts';
import { PackError } from '../packs/pack-error.ts';
import { type CheckedPack, checkPack, tensorsOf, writePack } from '../packs/pack-file.ts';
import { fingerprintOfPrivate } from '../packs/pack-key.ts';

export const packExtension = 'bespoke-model';

/** Writes a model of the server into a pack, signed with a private key in PEM. */
export async function exportPack(
  connection: Connection,
  adapter: Adapter,
  {
    file,
    repositoryName,
    privateKeyPem,
  }: { readonly file: string; readonly repositoryName: string; readonly privateKeyPem: string },
  signal: AbortSignal,
): Promise<void> {
  // A key that is none is told before anything is asked of the server.
  fingerprintOfPrivate(privateKeyPem);
  const { baseModel } = await describeServer(connection, { signal });
  const { header, data } = await exportAdapter(connection, adapter.id, { signal });
  const description: PackDescription = {
    format: 1,
    repository: repositoryName,
    createdMs: adapter.createdMs,
    strategy: adapter.strategy,
    baseModel: {
      name: baseModel?.sha256 === adapter.baseModelSha256 ? baseModel.name : 'unknown',
      sha256: adapter.baseModelSha256,
    },
    commit: header.commit,
    nearestTests: header.nearestTests,
    proofs: header.proofs.map(packedProof),
    files: {
      'manifest.json': {
        sha256: createHash('sha256').update(header.manifest).digest('hex'),
        bytes: header.manifest.length,
      },
      'adapter.safetensors': tensorsIn(header.manifest),
    },
  };
  await writePack(file, description, { manifest: header.manifest, tensors: data }, privateKeyPem);
}

/** Reads a pack and checks its signature, its hashes and that it was trained on the server's base model. */
export async function checkPackFor(connection: Connection, file: string, signal: AbortSignal): Promise<CheckedPack> {
  const pack = await checkPack(file);
  const { baseModel } = await describeServer(connection, { signal });
  const { name, sha256 } = pack.description.baseModel;
  if (baseModel?.sha256 !== sha256)
    throw new PackError(
      basename(file),
      `it was trained on the base model ${name} (${sha256.slice(0, 12)}) and this server writes with ${baseModel?.name ?? 'none'} (${baseModel?.sha256.slice(0, 12) ?? 'none'})`,
    );
  return pack;
}

/** Brings a checked pack to the server, for a repository. The model is not active yet. */
export async function importPack(
  connection: Connection,
  file: string,
  { description, manifest }: CheckedPack,
  repository: string,
  signal: AbortSignal,
): Promise<Adapter> {
  const { commit, nearestTests } = description;
  const proofs = description.proofs.map(proofOfPack);
  return importAdapter(connection, { repository, manifest, proofs, commit, nearestTests }, tensorsOf(file), { signal });
}

/** For instance `prefix model of shop, made 2026-11-21, base smollm2-135m-tests`. */
export function packSummary({ repository, createdMs, strategy, baseModel }: PackDescription): string {
  return `${strategy} model of ${repository}, made ${new Date(createdMs).toISOString().slice(0, 10)}, base ${baseModel.name}`;
}

function packedProof({ split, base, personalized }: Proof): PackedProof {
  const packed = (measurement: Measurement | null): PackedMeasurement | null => {
    if (measurement === null) return null;
    const { loss, perplexity, targetTokens } = measurement;
    return { loss, perplexity, targetTokens };
  };
  return { split, base: packed(base), personalized: packed(personalized) };
}

function proofOfPack({ split, base, personalized }: PackedProof): Proof {
  const whole = (packed: PackedMeasurement | null): Measurement | null =>
    packed === null ? null : { ...packed, pairs: [] };
  return { split, pairIds: [], base: whole(base), personalized: whole(personalized) };
}

/** What the adapter's own manifest says of its tensors; what the server sends is compared with it. */
function tensorsIn(manifest: Uint8Array): { sha256: string; bytes: number } {
  const said = JSON.parse(new TextDecoder().decode(manifest)) as {
    files?: Record<string, { sha256?: unknown; bytes?: unknown }>;
  };
  const { sha256, bytes } = said.files?.['adapter.safetensors'] ?? {};
  if (typeof sha256 !== 'string' || typeof bytes !== 'number')
    throw new Error('The server sent an adapter whose manifest names no tensors: update the server.');
  return { sha256, bytes };
}
