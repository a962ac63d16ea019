import { describe, expect, it } from 'vitest';
import { forwardPetaflopSeconds, trainingPetaflopSeconds } from '../../../core/metrics/compute.ts';
import { finishedRunOf } from '../../../server/experiment/run-record.ts';
import type { RunSetting } from '../../../server/experiment/run-setting.ts';
import { sizesOf } from '../../../server/experiment/transformer-sizes.ts';
import { bleuOf } from './records.ts';

const llama = {
  ...{ architecture: 'llama', blocks: { encoder: 0, decoder: 4 }, vocabulary: 100 },
  attention: { heads: 4, keyValueHeads: 2, headSize: 3 },
};
const sizes = sizesOf(llama, { hidden_size: 12, intermediate_size: 40 });
const lengths = [
  { sourceTokens: 30, targetTokens: 9 },
  { sourceTokens: 12, targetTokens: 5 },
];

const setting: RunSetting = {
  ...{ repository: 'shop', fold: 2, strategy: 'custom', frozenBlocks: null, prefixStart: null },
  ...{ nearestTests: 0, mostPairs: 50 },
};

const blocksChanged = (...names: readonly string[]) => names.map((block) => ({ block, meanAbsoluteChange: 0.1 }));

function finished(changes: Partial<RunSetting>, adapter: object = {}) {
  const events = [
    { kind: 'stage', timeMs: 1, stage: 'load', detail: '' },
    { kind: 'validation', timeMs: 2000, step: 0, epoch: 0, validationLoss: 0.9, best: true, petaflopSeconds: 0.5 },
    { kind: 'progress', timeMs: 2500, step: 3, maxSteps: 20, epoch: 0.75, loss: 1, petaflopSeconds: 1 },
    { kind: 'validation', timeMs: 5500, step: 4, epoch: 1, validationLoss: 0.7, best: true, petaflopSeconds: 1.5 },
    { kind: 'held-out', timeMs: 6000, personalized: true, split: 'by-pair', measurement: {} },
    {
      ...{ kind: 'adapter', timeMs: 7000, bytes: 900, trainedParameters: 96, baseParameters: 1000 },
      ...{ trainingSeconds: 3.5, blockChanges: blocksChanged('decoder.0', 'decoder.1', 'decoder.2', 'decoder.3') },
      ...adapter,
    },
  ];
  const candidate = {
    ...{ split: 'by-pair', model: 'personalized', pairId: 'p', focalFile: 'A.java', focalClass: 'A' },
    ...{ candidate: 'void secret() {}', shown: 'void secret() {}', bleu: bleuOf(9), styleSimilarity: 0.25 },
    ...{ match: { exact: false, abstracted: true }, bestMatch: { exact: true, abstracted: true } },
    ...{ loss: { sum: 3, targetTokens: 4, targetCharacters: 16 }, candidateParses: true, check: null },
  };
  const written = {
    lastLine: JSON.stringify({ pairs: 50, trainPairs: 31, seconds: { mine: 1, check: 2 }, report: '/somewhere' }),
    candidates: [JSON.stringify(candidate)],
    events: events.map((event) => JSON.stringify(event)),
    lengths,
  };
  return finishedRunOf({ ...setting, ...changes }, written, sizes);
}

describe('the record of a run', () => {
  it('says what the training told', () => {
    const { record } = finished({});
    expect(record).toMatchObject({ ...setting, kind: 'run', pairs: 50, trainPairs: 31, maxEpochs: 5 });
    expect(record).toMatchObject({ adapterBytes: 900, trainingSeconds: 3.5, seconds: { mine: 1, check: 2 } });
    expect(record.validation).toEqual([
      { epoch: 0, validationLoss: 0.9, petaflopSeconds: 0.5, seconds: 0 },
      { epoch: 1, validationLoss: 0.7, petaflopSeconds: 1.5, seconds: 3.5 },
    ]);
    expect(JSON.stringify(record)).not.toContain('/somewhere');
  });

  it('has a line for each candidate, without its text', () => {
    const { pairs } = finished({});
    expect(pairs).toHaveLength(1);
    expect(pairs[0]).toMatchObject({ ...setting, kind: 'pair', system: 'personalized', styleSimilarity: 0.25 });
    expect(pairs[0]).toMatchObject({ focalClass: 'A.java#A', bestMatch: { exact: true } });
    expect(JSON.stringify(pairs)).not.toContain('secret');
  });

  it.each([
    ['custom', { strategy: 'custom' }, {}, { strategy: 'custom' }],
    ['the last block', { strategy: 'last-decoder-block' }, {}, { strategy: 'last-decoder-block' }],
    ['telly with its k', { strategy: 'telly', frozenBlocks: 3 }, {}, { strategy: 'telly', frozenBlocks: 3 }],
    [
      'telly with the k that the trainer chose',
      { strategy: 'telly' },
      { blockChanges: blocksChanged('decoder.2', 'decoder.3', 'final-norm') },
      { strategy: 'telly', frozenBlocks: 2 },
    ],
    // 96 numbers: keys and values of 4 blocks, 6 wide, so 2 tokens.
    ['a prefix with its length', { strategy: 'prefix' }, { blockChanges: [] }, { strategy: 'prefix', prefixLength: 2 }],
  ] as const)('counts compute as paper P does for %s', (_, changes, adapter, strategy) => {
    expect(finished(changes, adapter).record.publishedPetaflopSecondsPerEpoch).toBeCloseTo(
      trainingPetaflopSeconds(sizes, strategy, lengths),
      15,
    );
  });

  it('refuses a run that left no adapter', () => {
    expect(() => finished({}, { kind: 'state' })).toThrow('shop.fold-2.custom.nearest-0.pairs-50 told of no adapter');
  });
});

describe('the sizes of a base model', () => {
  it('come from its manifest and its configuration', () => {
    expect(sizes).toEqual({
      ...{ encoderBlocks: 0, decoderBlocks: 4, hiddenSize: 12, attentionSize: 12, keyValueSize: 6 },
      ...{ feedForwardSize: 40, feedForwardMatrices: 3, vocabularyTokens: 100 },
    });
    const bart = { ...llama, architecture: 'bart', blocks: { encoder: 2, decoder: 2 } };
    const two = sizesOf(bart, { d_model: 12, decoder_ffn_dim: 40 });
    expect(two).toMatchObject({ encoderBlocks: 2, hiddenSize: 12, feedForwardSize: 40, feedForwardMatrices: 2 });
    expect(
      sizesOf({ ...bart, architecture: 't5' }, { d_model: 8, d_ff: 9, feed_forward_proj: 'gated-gelu' }),
    ).toMatchObject({
      feedForwardMatrices: 3,
    });
    expect(() => sizesOf(bart, {})).toThrow('does not tell its hidden and feed-forward sizes');
    expect(forwardPetaflopSeconds(sizes, { strategy: 'custom' }, lengths)).toBeGreaterThan(0);
  });
});
