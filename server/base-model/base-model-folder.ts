import { join } from 'node:path';
import { SafetensorsFile, type TensorEntry } from '../../core/tensors/safetensors-file.ts';
import { baseModelRefused } from '../errors.ts';
import { checkFiles, filesOf, readManifest } from '../tensors/checked-folder.ts';

/** A base-model folder that was read and checked (`BASE_MODEL_FORMAT.md`). */
export interface BaseModelFolder {
  readonly path: string;
  /** SHA-256 of `manifest.json`: the base model's identity. */
  readonly sha256: string;
  readonly manifest: BaseModelManifest;
  /** The tensors of `model.safetensors`. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** Sizes are in tokens unless said otherwise. */
export interface BaseModelManifest {
  readonly format: 1;
  readonly name: string;
  readonly family: 'decoder-only' | 'encoder-decoder';
  readonly architecture: string;
  readonly parameters: number;
  readonly maxInputTokens: number;
  readonly maxTargetTokens: number;
  readonly tokens: {
    readonly endOfTarget: number;
    readonly endOfSource: number | null;
    readonly decoderStart: number | null;
    readonly pad: number;
  };
  readonly blocks: { readonly encoder: number; readonly decoder: number };
  readonly attention: { readonly heads: number; readonly keyValueHeads: number; readonly headSize: number };
  readonly vocabulary: number;
}

/** How much to check: every hash (reads the whole folder), or presence and sizes only, for a folder that was checked before. */
export type FolderCheck = 'hashes' | 'header';

/** Reads and checks a base-model folder; throws the `base-model-refused` error when it does not fit. */
export async function readBaseModelFolder(path: string, check: FolderCheck = 'hashes'): Promise<BaseModelFolder> {
  try {
    const { manifest, sha256 } = await readManifest(path);
    const checked = checkManifest(manifest);
    const files = filesOf(manifest);
    if (!files.has(TENSOR_FILE)) throw new Error(`its manifest does not name ${TENSOR_FILE}`);
    if (check === 'hashes') await checkFiles(path, files);
    const file = await SafetensorsFile.open(join(path, TENSOR_FILE));
    await file.close();
    return { path, sha256, manifest: checked, tensors: file.tensors };
  } catch (error) {
    throw baseModelRefused(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const TENSOR_FILE = 'model.safetensors';

function checkManifest(manifest: Record<string, unknown>): BaseModelManifest {
  const { format, family } = manifest;
  if (format !== 1) throw new Error(`its format is ${String(format)} and this version reads format 1`);
  if (family !== 'decoder-only' && family !== 'encoder-decoder')
    throw new Error(`its family ${String(family)} is unknown`);
  const checked = manifest as unknown as BaseModelManifest;
  const numbers: readonly unknown[] = [
    ...[checked.maxInputTokens, checked.maxTargetTokens, checked.vocabulary, checked.tokens?.endOfTarget],
    ...[checked.blocks?.decoder, checked.blocks?.encoder],
    ...[checked.attention?.heads, checked.attention?.keyValueHeads, checked.attention?.headSize],
  ];
  if (!numbers.every(Number.isInteger)) throw new Error('its manifest lacks a size');
  if (family === 'encoder-decoder' && typeof checked.tokens.decoderStart !== 'number')
    throw new Error('its manifest lacks the token that starts the decoder');
  return checked;
}
