/** `pack.json`: what a pack holds. It is what is signed, and it names the hash of everything else. */
export interface PackDescription {
  readonly format: 1;
  /** For people. */
  readonly repository: string;
  readonly createdMs: number;
  readonly strategy: string;
  readonly baseModel: { readonly name: string; readonly sha256: string };
  readonly commit: string | null;
  readonly nearestTests: number;
  readonly proofs: readonly PackedProof[];
  readonly files: Readonly<Record<PackedFileName, PackedFile>>;
}

/** Means over the held-out pairs of one split, where the model was trained. */
export interface PackedProof {
  readonly split: 'by-pair' | 'by-focal-class';
  readonly base: PackedMeasurement | null;
  readonly personalized: PackedMeasurement | null;
}

export interface PackedMeasurement {
  readonly loss: number;
  readonly perplexity: number;
  readonly targetTokens: number;
}

export const packedFileNames = ['manifest.json', 'adapter.safetensors'] as const;
export type PackedFileName = (typeof packedFileNames)[number];

export interface PackedFile {
  readonly sha256: string;
  readonly bytes: number;
}

/** Reads `pack.json`; throws an error whose message is a clause. */
export function readDescription(text: string): PackDescription {
  const said = parse(text);
  if (said.format !== 1) throw new Error(`its format is ${String(said.format)} and this version reads format 1`);
  const { repository, createdMs, strategy, baseModel, commit, nearestTests, proofs, files } = said;
  const isWhole =
    typeof repository === 'string' &&
    typeof createdMs === 'number' &&
    typeof strategy === 'string' &&
    isBaseModel(baseModel) &&
    (commit === null || typeof commit === 'string') &&
    typeof nearestTests === 'number' &&
    Array.isArray(proofs) &&
    proofs.every(isProof);
  if (!isWhole) throw new Error('its pack.json says too little');
  return {
    format: 1,
    repository,
    createdMs,
    strategy,
    baseModel,
    commit,
    nearestTests,
    proofs,
    files: readFiles(files),
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(text);
    if (isObject(said)) return said;
  } catch {
    // The sentence below says it.
  }
  throw new Error('its pack.json is no JSON object');
}

function readFiles(files: unknown): PackDescription['files'] {
  if (!isObject(files) || Object.keys(files).length !== packedFileNames.length)
    throw new Error(`it holds other files than ${packedFileNames.join(' and ')}`);
  const read = (name: PackedFileName): PackedFile => {
    const file = files[name];
    if (!isObject(file)) throw new Error(`it lacks ${name}`);
    const { sha256, bytes } = file;
    if (typeof sha256 !== 'string' || typeof bytes !== 'number') throw new Error(`it says too little about ${name}`);
    return { sha256, bytes };
  };
  return { 'manifest.json': read('manifest.json'), 'adapter.safetensors': read('adapter.safetensors') };
}

function isBaseModel(value: unknown): value is PackDescription['baseModel'] {
  return isObject(value) && typeof value.name === 'string' && typeof value.sha256 === 'string';
}

function isProof(value: unknown): value is PackedProof {
  if (!isObject(value) || (value.split !== 'by-pair' && value.split !== 'by-focal-class')) return false;
  return [value.base, value.personalized].every(
    (one) =>
      one === null ||
      (isObject(one) && [one.loss, one.perplexity, one.targetTokens].every((figure) => typeof figure === 'number')),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
