import { join } from 'node:path';
import { SafetensorsFile, type TensorEntry } from '../../core/tensors/safetensors-file.ts';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import { adapterRefused } from '../errors.ts';
import { checkFiles, filesOf, readManifest } from '../tensors/checked-folder.ts';
import { checkMemorization } from './memorization.ts';

/** What was trained; `ADAPTER_FORMAT.md` says what each saves. */
export type AdapterStrategy = 'custom' | 'embeddings-output' | 'last-decoder-block' | 'telly' | 'prefix';

/** An adapter folder that was read and checked against its base. */
export interface AdapterFolder {
  readonly path: string;
  /** SHA-256 of `manifest.json`, which names the tensors' hash: equal only for equal adapters. */
  readonly sha256: string;
  readonly runId: string;
  readonly strategy: AdapterStrategy;
  /** Virtual tokens of a prefix, else 0. */
  readonly prefixLength: number;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Of all tensors. */
  readonly bytes: number;
}

/** Reads and checks an adapter folder; throws the `adapter-refused` error when it is damaged or does not fit this base. */
export async function readAdapterFolder(path: string, base: BaseModelFolder): Promise<AdapterFolder> {
  try {
    const { manifest, sha256 } = await readManifest(path);
    const strategy = checkManifest(manifest, base);
    const files = filesOf(manifest);
    if (!files.has(TENSOR_FILE)) throw new Error(`its manifest does not name ${TENSOR_FILE}`);
    await checkFiles(path, files);
    const file = await SafetensorsFile.open(join(path, TENSOR_FILE));
    await file.close();
    checkListed(file.tensors, manifest.tensors);
    const prefixLength = strategy === 'prefix' ? Number(manifest.prefixLength) : 0;
    if (strategy === 'prefix') checkPrefix(file.tensors, base, prefixLength);
    else checkChanged(file.tensors, base);
    const bytes = [...file.tensors.values()].reduce((sum, { begin, end }) => sum + end - begin, 0);
    return { path, sha256, runId: String(manifest.runId), strategy, prefixLength, tensors: file.tensors, bytes };
  } catch (error) {
    throw adapterRefused(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

export const TENSOR_FILE = 'adapter.safetensors';

const STRATEGIES: readonly string[] = [
  'custom',
  'embeddings-output',
  'last-decoder-block',
  'telly',
  'prefix',
] satisfies AdapterStrategy[];

/** The strategy of an adapter that fits a base, by what its manifest says. Throws an error whose message is a clause. */
export function checkManifest(manifest: Record<string, unknown>, base: BaseModelFolder): AdapterStrategy {
  const { format, strategy, family, baseModelSha256, memorization } = manifest;
  if (format !== 1) throw new Error(`its format is ${String(format)} and this version reads format 1`);
  if (typeof strategy !== 'string' || !STRATEGIES.includes(strategy))
    throw new Error(`its strategy ${String(strategy)} is unknown`);
  if (baseModelSha256 !== base.sha256 || family !== base.manifest.family)
    throw new Error(`it was trained on another base model than ${base.manifest.name}`);
  checkMemorization(memorization);
  return strategy as AdapterStrategy;
}

/** The manifest's list of tensors must equal the file's. */
function checkListed(tensors: ReadonlyMap<string, TensorEntry>, listed: unknown): void {
  const entries = Object.entries((listed ?? {}) as Record<string, { shape?: unknown; dtype?: unknown } | null>);
  if (entries.length !== tensors.size) throw new Error('its manifest lists other tensors than its file holds');
  for (const [name, entry] of entries) {
    const tensor = tensors.get(name);
    if (tensor === undefined || tensor.dtype !== entry?.dtype || String(tensor.shape) !== String(entry.shape))
      throw new Error(`its manifest and its file differ about the tensor ${name}`);
  }
}

function checkChanged(tensors: ReadonlyMap<string, TensorEntry>, base: BaseModelFolder): void {
  if (tensors.size === 0) throw new Error('it holds no tensor');
  for (const [name, { dtype, shape }] of tensors) {
    const original = base.tensors.get(name);
    if (original === undefined) throw new Error(`the base model has no tensor ${name}`);
    checkType(name, dtype);
    if (String(original.shape) !== String(shape))
      throw new Error(`its tensor ${name} has the shape [${shape}] in place of [${original.shape}]`);
  }
}

function checkPrefix(tensors: ReadonlyMap<string, TensorEntry>, base: BaseModelFolder, prefixLength: number): void {
  if (!Number.isInteger(prefixLength) || prefixLength < 1) throw new Error('its prefix has no length');
  const { blocks, attention, family } = base.manifest;
  const stacks = family === 'decoder-only' ? (['decoder'] as const) : (['decoder', 'encoder'] as const);
  const expected = new Map<string, string>();
  for (const stack of stacks) {
    for (const kind of ['keys', 'values'])
      expected.set(
        `prefix.${stack}.${kind}`,
        String([blocks[stack], prefixLength, attention.keyValueHeads, attention.headSize]),
      );
  }
  for (const [name, { dtype, shape }] of tensors) {
    checkType(name, dtype);
    if (!expected.has(name)) throw new Error(`a prefix has no tensor ${name}`);
    if (expected.get(name) !== String(shape))
      throw new Error(`its tensor ${name} has the shape [${shape}] in place of [${expected.get(name)}]`);
  }
  for (const name of expected.keys()) if (!tensors.has(name)) throw new Error(`its tensor ${name} is missing`);
}

function checkType(name: string, dtype: string): void {
  if (dtype !== 'F32') throw new Error(`its tensor ${name} has the type ${dtype} in place of F32`);
}
