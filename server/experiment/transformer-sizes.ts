import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddedBase } from '../../core/base-model/embedded-bases.ts';
import type { TransformerSizes } from '../../core/metrics/compute.ts';
import { baseModelDirOf } from '../base/home-option.ts';
import type { BaseModelManifest } from '../base-model/base-model-folder.ts';

/** The sizes of an embedded base model in a home folder: what compute is counted from. */
export async function transformerSizes(home: string, base: EmbeddedBase): Promise<TransformerSizes> {
  const folder = baseModelDirOf(home, base);
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  return sizesOf((await read('manifest.json')) as BaseModelManifest, (await read('config.json')) as ModelConfig);
}

/** Hidden and feed-forward sizes, under the names that the families give them. */
export interface ModelConfig {
  readonly hidden_size?: number;
  readonly d_model?: number;
  readonly intermediate_size?: number;
  readonly decoder_ffn_dim?: number;
  readonly d_ff?: number;
  /** Of T5: `relu`, or `gated-gelu`. */
  readonly feed_forward_proj?: string;
}

export function sizesOf(
  {
    blocks,
    attention,
    vocabulary,
    architecture,
  }: Pick<BaseModelManifest, 'blocks' | 'attention' | 'vocabulary' | 'architecture'>,
  config: ModelConfig,
): TransformerSizes {
  const hiddenSize = config.hidden_size ?? config.d_model;
  const feedForwardSize = config.intermediate_size ?? config.decoder_ffn_dim ?? config.d_ff;
  if (hiddenSize === undefined || feedForwardSize === undefined)
    throw new Error('The base model does not tell its hidden and feed-forward sizes: set it up again.');
  const hasGate = GATED.includes(architecture) || (config.feed_forward_proj ?? '').startsWith('gated');
  return {
    encoderBlocks: blocks.encoder,
    decoderBlocks: blocks.decoder,
    hiddenSize,
    attentionSize: attention.heads * attention.headSize,
    keyValueSize: attention.keyValueHeads * attention.headSize,
    feedForwardSize,
    feedForwardMatrices: hasGate ? 3 : 2,
    vocabularyTokens: vocabulary,
  };
}

const GATED = ['llama', 'qwen2'];
