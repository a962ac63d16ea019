import { describe, expect, it } from 'vitest';
import {
  type ComputedStrategy,
  type ExampleLengths,
  forwardPetaflopSeconds,
  type TransformerSizes,
  trainingPetaflopSeconds,
} from '../../../core/metrics/compute.ts';

const example: ExampleLengths = { sourceTokens: 3, targetTokens: 2 };

// A block's weights: queries and projection 2·4·6, keys and values 2·4·2, feed-forward 3·4·5, together 124.
// A block: 2·5·(124 + 5·6) = 1,540. Embedding: 4·4·5 = 80. Output: 2·4·7·2 = 112. Forward: 80 + 3·1,540 + 112 = 4,812.
const decoderOnly: TransformerSizes = {
  encoderBlocks: 0,
  decoderBlocks: 3,
  hiddenSize: 4,
  attentionSize: 6,
  keyValueSize: 2,
  feedForwardSize: 5,
  feedForwardMatrices: 3,
  vocabularyTokens: 7,
};

// A block's weights: queries and projection 2·4·4, keys and values 2·4·4, feed-forward 2·4·8, together 128.
// An encoder block: 2·3·(128 + 3·4) = 840. A decoder block: 2·2·(128 + 2·4) = 544, and across 2·2·(32 + 3·4) + 2·3·32 = 368.
// Embedding: 4·4·5 = 80. Output: 2·4·10·2 = 160. Forward: 80 + 2·840 + 2·912 + 160 = 3,744.
const encoderDecoder: TransformerSizes = {
  encoderBlocks: 2,
  decoderBlocks: 2,
  hiddenSize: 4,
  attentionSize: 4,
  keyValueSize: 4,
  feedForwardSize: 8,
  feedForwardMatrices: 2,
  vocabularyTokens: 10,
};

function check(sizes: TransformerSizes, strategy: ComputedStrategy, operations: number): void {
  expect(trainingPetaflopSeconds(sizes, strategy, [example]) * 1e15).toBeCloseTo(operations, 6);
}

describe('training a decoder-only model costs', () => {
  it.each<[ComputedStrategy, number]>([
    [{ strategy: 'custom' }, 3 * 4812],
    [{ strategy: 'embeddings-output' }, 3 * 4812],
    [{ strategy: 'last-decoder-block' }, 4812 + 2 * (1540 + 112)],
    [{ strategy: 'telly', frozenBlocks: 2 }, 4812 + 2 * (1540 + 112)],
    [{ strategy: 'telly', frozenBlocks: 1 }, 4812 + 2 * (2 * 1540 + 112)],
    // All but the embedding.
    [{ strategy: 'telly', frozenBlocks: 0 }, 3 * 4812 - 2 * 80],
    // A block sees 10 more: 2·5·(124 + 15·6) = 2,140.
    [{ strategy: 'prefix', prefixLength: 10 }, 80 + 3 * (3 * 2140 + 112)],
  ])('%o: %d', (strategy, operations) => check(decoderOnly, strategy, operations));
});

describe('training an encoder-decoder model costs', () => {
  it.each<[ComputedStrategy, number]>([
    [{ strategy: 'custom' }, 3 * 3744],
    [{ strategy: 'embeddings-output' }, 3 * 3744],
    [{ strategy: 'last-decoder-block' }, 3744 + 2 * (912 + 160)],
    [{ strategy: 'telly', frozenBlocks: 3 }, 3744 + 2 * (912 + 160)],
    [{ strategy: 'telly', frozenBlocks: 2 }, 3744 + 2 * (2 * 912 + 160)],
    [{ strategy: 'telly', frozenBlocks: 1 }, 3744 + 2 * (840 + 2 * 912 + 160)],
    // Encoder: 2·3·(128 + 13·4) = 1,080. Decoder: 2·2·(128 + 12·4) = 704, and across 368 as before.
    [{ strategy: 'prefix', prefixLength: 10 }, 80 + 3 * (2 * 1080 + 2 * 1072 + 160)],
  ])('%o: %d', (strategy, operations) => check(encoderDecoder, strategy, operations));
});

describe('a forward pass', () => {
  it('of SmolLM2-135M costs the total of Table 1', () => {
    const smolLm2: TransformerSizes = {
      encoderBlocks: 0,
      decoderBlocks: 30,
      hiddenSize: 576,
      attentionSize: 576,
      keyValueSize: 192,
      feedForwardSize: 1536,
      feedForwardMatrices: 3,
      vocabularyTokens: 49_152,
    };
    // Its 134,515,008 parameters without the embedding's 49,152·576 and the norms' 61·576.
    const parameters = 106_168_320;
    const context = 1000;
    const perToken = 2 * parameters + 2 * 30 * context * 576 + 4 * 576 + 2 * 576 * 49_152;
    const all = { sourceTokens: 0, targetTokens: context };
    expect(forwardPetaflopSeconds(smolLm2, { strategy: 'custom' }, [all])).toBeCloseTo((context * perToken) / 1e15, 15);
  });

  it('of BART-large passes every matrix once where source and target are equally long', () => {
    const bartLarge: TransformerSizes = {
      encoderBlocks: 12,
      decoderBlocks: 12,
      hiddenSize: 1024,
      attentionSize: 1024,
      keyValueSize: 1024,
      feedForwardSize: 4096,
      feedForwardMatrices: 2,
      vocabularyTokens: 50_265,
    };
    const parameters = 12 * (12 + 16) * 1024 ** 2;
    const tokens = 512;
    // 36 attentions: one in an encoder block, two in a decoder block.
    const perPair = 2 * parameters + 2 * 36 * tokens * 1024 + 2 * 4 * 1024 + 2 * 1024 * 50_265;
    const even = { sourceTokens: tokens, targetTokens: tokens };
    const forward = forwardPetaflopSeconds(bartLarge, { strategy: 'custom' }, [even]);
    expect(forward).toBeCloseTo((tokens * perPair) / 1e15, 15);
  });

  it('sees the prefix, and costs the sum of its examples', () => {
    const longer = { sourceTokens: 30, targetTokens: 20 };
    const cost = (...examples: ExampleLengths[]) =>
      forwardPetaflopSeconds(encoderDecoder, { strategy: 'prefix', prefixLength: 10 }, examples) * 1e15;
    expect(cost(example)).toBeCloseTo(80 + 2 * 1080 + 2 * 1072 + 160, 6);
    expect(cost(example, longer)).toBeCloseTo(cost(example) + cost(longer), 6);
  });
});

it('refuses to freeze every block', () => {
  expect(() => trainingPetaflopSeconds(decoderOnly, { strategy: 'telly', frozenBlocks: 3 }, [example])).toThrow(
    'leave at least one',
  );
});
