import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SafetensorsFile } from '../../core/tensors/safetensors-file.ts';
import { type ModelConfiguration, type OwnLayerNames, ownLayerNames, type StackName } from './own-layer-names.ts';
import { OwnLayers, type OwnTensors } from './own-layers.ts';
import { RowProducts } from './row-products.ts';
import { SplitError } from './split-error.ts';

/** What is read of a base model's `manifest.json`; sizes in tokens. */
export interface BaseManifest {
  readonly family: 'decoder-only' | 'encoder-decoder';
  readonly maxInputTokens: number;
  readonly maxTargetTokens: number;
  readonly tokens: {
    readonly endOfTarget: number;
    readonly endOfSource: number | null;
    readonly decoderStart: number | null;
    readonly pad: number;
  };
}

/** The part of a personalized model that stays on this machine. */
export interface OwnModel {
  readonly layers: OwnLayers;
  readonly base: BaseManifest;
  /** SHA-256 of the base's manifest: a server that runs the blocks must have the same base. */
  readonly baseModelSha256: string;
}

/**
 * Reads an adapter of the strategy `embeddings-output` (`null`: none), and from its base's folder what the adapter leaves as it was.
 * Throws `SplitError`.
 */
export async function readOwnModel(baseModelDir: string, adapterDir: string | null): Promise<OwnModel> {
  const files: SafetensorsFile[] = [];
  try {
    const manifest = await readFile(join(baseModelDir, 'manifest.json'));
    const baseModelSha256 = createHash('sha256').update(manifest).digest('hex');
    if (adapterDir !== null) {
      await checkAdapter(adapterDir, baseModelSha256);
      files.push(await SafetensorsFile.open(join(adapterDir, 'adapter.safetensors')));
    }
    files.push(await SafetensorsFile.open(join(baseModelDir, 'model.safetensors')));
    const configuration = JSON.parse(await readFile(join(baseModelDir, 'config.json'), 'utf8')) as ModelConfiguration;
    const layers = new OwnLayers(await readTensors(files, ownLayerNames(configuration)));
    return { layers, base: JSON.parse(manifest.toString('utf8')) as BaseManifest, baseModelSha256 };
  } catch (cause) {
    const clause = cause instanceof Error ? cause.message : String(cause);
    throw new SplitError(`The model cannot be split, because ${clause}: choose another model.`, { cause });
  } finally {
    for (const file of files) await file.close();
  }
}

async function checkAdapter(folder: string, baseModelSha256: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Record<string, unknown>;
  if (manifest.strategy !== 'embeddings-output')
    throw new Error(`it was trained with the strategy ${manifest.strategy}, which changes more than embeddings-output`);
  if (manifest.baseModelSha256 !== baseModelSha256) throw new Error('it was trained on another base model');
}

/** Each tensor from the first file that has it. An output layer that is tied to the embedding lies in memory once. */
async function readTensors(files: readonly SafetensorsFile[], names: OwnLayerNames): Promise<OwnTensors> {
  const fileOf = (name: string) => files.find(({ tensors }) => tensors.has(name));
  const find = (candidates: readonly string[]) => candidates.find((name) => fileOf(name) !== undefined);
  const known = new Map<string, Float32Array>();
  const read = async (candidates: readonly string[]): Promise<Float32Array | undefined> => {
    const name = find(candidates);
    if (name === undefined) return undefined;
    const bytes = known.has(name) ? undefined : await fileOf(name)?.read(name);
    if (bytes !== undefined) known.set(name, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));
    return known.get(name);
  };
  const outputName = find([...names.output, ...names.embedding.decoder]) ?? '';
  const [vocabulary = 0, hiddenSize = 0] = fileOf(outputName)?.tensors.get(outputName)?.shape ?? [];
  if (vocabulary * hiddenSize === 0) throw new Error('it has no output layer where it belongs');
  const output = new RowProducts(vocabulary, hiddenSize);
  output.matrix.set((await read([outputName])) ?? []);
  known.set(outputName, output.matrix);
  const embedding = async (stack: StackName) => (await read(names.embedding[stack])) ?? new Float32Array(0);
  const places = async (stack: StackName) => read(names.positions === null ? [] : [names.positions.tensor[stack]]);
  return {
    ...{ hiddenSize, scale: names.scale, firstPlace: names.positions?.firstRow ?? 0, output },
    embedding: { encoder: await embedding('encoder'), decoder: await embedding('decoder') },
    places: { encoder: await places('encoder'), decoder: await places('decoder') },
    outputBias: await read(names.outputBias),
  };
}
