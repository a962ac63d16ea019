/** Which tensors a client of split serving computes with, and how. Names are those of `model.safetensors`. */
export interface OwnLayerNames {
  /** Embeddings of tokens, [vocabulary, hidden size]: the first of these that exists. */
  readonly embedding: Readonly<Record<StackName, readonly string[]>>;
  /** What embeddings of tokens are multiplied with. */
  readonly scale: number;
  /** Embeddings of positions, [positions, hidden size], and the row of position 0; `null` where the blocks know positions by themselves. */
  readonly positions: { readonly tensor: Readonly<Record<StackName, string>>; readonly firstRow: number } | null;
  /** The output layer, [vocabulary, hidden size]: the first of these that exists, else the decoder's embedding, to which it is tied. */
  readonly output: readonly string[];
  /** Added to its results, [vocabulary], where one of these exists. */
  readonly outputBias: readonly string[];
}

export type StackName = 'encoder' | 'decoder';

/** What is read of `config.json`. */
export interface ModelConfiguration {
  readonly model_type: string;
  readonly d_model?: number;
  readonly scale_embedding?: boolean;
}

/** As `onnx_export` embeds tokens and ends its graphs. Throws an error whose message is a clause for a model that it does not export. */
export function ownLayerNames(configuration: ModelConfiguration): OwnLayerNames {
  const { model_type: kind, d_model: hiddenSize = 1, scale_embedding: isScaled = false } = configuration;
  switch (kind) {
    case 'llama':
    case 'qwen2':
    case 'starcoder2':
      return {
        embedding: { encoder: [], decoder: ['model.embed_tokens.weight'] },
        ...{ scale: 1, positions: null, output: ['lm_head.weight'], outputBias: [] },
      };
    case 'bart':
    case 'plbart':
      return {
        embedding: {
          encoder: ['model.encoder.embed_tokens.weight', 'model.shared.weight'],
          decoder: ['model.decoder.embed_tokens.weight', 'model.shared.weight'],
        },
        scale: isScaled ? Math.sqrt(hiddenSize) : 1,
        positions: {
          tensor: { encoder: 'model.encoder.embed_positions.weight', decoder: 'model.decoder.embed_positions.weight' },
          firstRow: 2,
        },
        ...{ output: ['lm_head.weight'], outputBias: ['final_logits_bias'] },
      };
    case 't5':
      return {
        embedding: {
          encoder: ['encoder.embed_tokens.weight', 'shared.weight'],
          decoder: ['decoder.embed_tokens.weight', 'shared.weight'],
        },
        ...{ scale: 1, positions: null, output: ['lm_head.weight'], outputBias: [] },
      };
    default:
      throw new Error(`its architecture ${kind} is not known to this version`);
  }
}
