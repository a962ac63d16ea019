/**
 * Compute by the accounting of paper P (RQ3), which needs no run: Table 1 of Kaplan et al. (2020, arXiv 2001.08361) counts the
 * multiplications and additions of one forward pass, a backward pass costs twice the forward, and below the lowest trained block there
 * is none. What a run really spent, which knows of cached activations and of weights without gradients, its trainer counts
 * (server/trainer/bespoke_trainer/compute.py).
 */

/** Sizes of a Transformer, with the names of Table 1. Biases and norms are left out there, and here. */
export interface TransformerSizes {
  /** 0: decoder-only. */
  readonly encoderBlocks: number;
  readonly decoderBlocks: number;
  /** d_model. */
  readonly hiddenSize: number;
  /** d_attn: width of all query heads together. */
  readonly attentionSize: number;
  /** Width of all key heads together, as of all value heads; less than `attentionSize` where query heads share them. */
  readonly keyValueSize: number;
  /** d_ff. */
  readonly feedForwardSize: number;
  /** Matrices [hiddenSize, feedForwardSize] of a block: 2, or 3 where the feed-forward layer has a gate. */
  readonly feedForwardMatrices: 2 | 3;
  /** n_vocab. */
  readonly vocabularyTokens: number;
}

/** Lengths of one example, special tokens included. */
export interface ExampleLengths {
  readonly sourceTokens: number;
  /** Tokens that are learned: only for them logits are computed. */
  readonly targetTokens: number;
}

/** A strategy as far as compute depends on it. `frozenBlocks` is Telly's k. */
export type ComputedStrategy =
  | { readonly strategy: 'custom' | 'embeddings-output' | 'last-decoder-block' }
  | { readonly strategy: 'prefix'; readonly prefixLength: number }
  | { readonly strategy: 'telly'; readonly frozenBlocks: number };

/** PetaFLOP-seconds of training once on each of the examples: forward and backward. */
export function trainingPetaflopSeconds(
  sizes: TransformerSizes,
  strategy: ComputedStrategy,
  examples: readonly ExampleLengths[],
): number {
  const lowest = lowestTrainedBlock(sizes, strategy);
  const trainsEmbedding = strategy.strategy === 'custom' || strategy.strategy === 'embeddings-output';
  return petaflopSeconds(sizes, strategy, examples, ({ embedding, blocks, output }) => {
    const forward = embedding + sum(blocks) + output;
    return forward + 2 * ((trainsEmbedding ? embedding : 0) + sum(blocks.slice(lowest)) + output);
  });
}

/** PetaFLOP-seconds of a forward pass over each of the examples, as validation takes one. */
export function forwardPetaflopSeconds(
  sizes: TransformerSizes,
  strategy: ComputedStrategy,
  examples: readonly ExampleLengths[],
): number {
  return petaflopSeconds(
    sizes,
    strategy,
    examples,
    ({ embedding, blocks, output }) => embedding + sum(blocks) + output,
  );
}

function petaflopSeconds(
  sizes: TransformerSizes,
  strategy: ComputedStrategy,
  examples: readonly ExampleLengths[],
  operationsOf: (forward: ForwardOperations) => number,
): number {
  const prefixLength = strategy.strategy === 'prefix' ? strategy.prefixLength : 0;
  return sum(examples.map((lengths) => operationsOf(forwardOperations(sizes, lengths, prefixLength)))) / 1e15;
}

/** Floating-point operations of one forward pass. */
interface ForwardOperations {
  readonly embedding: number;
  /** From the bottom up, encoder blocks first. */
  readonly blocks: readonly number[];
  readonly output: number;
}

/**
 * The rows of Table 1 for one example: its context is the example itself, and the prefix where there is one. Cross-attention, which
 * the table has not, counts alike: queries and projection for target tokens, keys and values for source tokens.
 */
function forwardOperations(
  sizes: TransformerSizes,
  { sourceTokens, targetTokens }: ExampleLengths,
  prefixLength: number,
): ForwardOperations {
  const { hiddenSize, attentionSize, keyValueSize } = sizes;
  const queriesAndProjection = 2 * hiddenSize * attentionSize;
  const keysAndValues = 2 * hiddenSize * keyValueSize;
  const feedForward = sizes.feedForwardMatrices * hiddenSize * sizes.feedForwardSize;
  const weights = queriesAndProjection + keysAndValues + feedForward;
  const block = (tokens: number) => 2 * tokens * (weights + (tokens + prefixLength) * attentionSize);
  const crossAttention =
    2 * targetTokens * (queriesAndProjection + sourceTokens * attentionSize) + 2 * sourceTokens * keysAndValues;
  const decoderBlock =
    sizes.encoderBlocks === 0 ? block(sourceTokens + targetTokens) : block(targetTokens) + crossAttention;
  return {
    embedding: 4 * hiddenSize * (sourceTokens + targetTokens),
    blocks: [
      ...new Array<number>(sizes.encoderBlocks).fill(block(sourceTokens)),
      ...new Array<number>(sizes.decoderBlocks).fill(decoderBlock),
    ],
    output: 2 * hiddenSize * sizes.vocabularyTokens * targetTokens,
  };
}

/** Its number from the bottom. Embeddings lie below all blocks, and so does a prefix, which enters the bottom one. */
function lowestTrainedBlock({ encoderBlocks, decoderBlocks }: TransformerSizes, chosen: ComputedStrategy): number {
  const blocks = encoderBlocks + decoderBlocks;
  switch (chosen.strategy) {
    case 'custom':
    case 'embeddings-output':
    case 'prefix':
      return 0;
    case 'last-decoder-block':
      return blocks - 1;
    case 'telly':
      if (chosen.frozenBlocks >= blocks) {
        throw new Error(`Telly cannot freeze ${chosen.frozenBlocks} of ${blocks} blocks; leave at least one to train.`);
      }
      return chosen.frozenBlocks;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
