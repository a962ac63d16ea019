import { beforeAll, describe, expect, test } from 'vitest';
import { loadTokenizer, type Tokenizer } from '../../../core/model-input/tokenizer.ts';
import type { BlocksSession as RemoteSession } from '../../../extension/client/blocks.ts';
import { readOwnModel } from '../../../extension/split/own-model.ts';
import { writeSplit } from '../../../extension/split/split-writer.ts';
import { readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { BlocksModel } from '../../../server/generation/blocks-model.ts';
import { BlocksSession } from '../../../server/generation/blocks-session.ts';
import { readGraphDescription } from '../../../server/generation/graph-description.ts';
import { WeightStore } from '../../../server/generation/weight-store.ts';
import { architectures, type Reference, reference } from './reference.ts';

// Split generation against Hugging Face, on tiny random checkpoints of every architecture; what lies between both halves is left out.

describe.each(architectures)('%s', (architecture) => {
  let ref: Reference;
  let model: BlocksModel;
  let tokenizer: Tokenizer;

  beforeAll(async () => {
    ref = await reference(architecture);
    const base = await readBaseModelFolder(ref.baseModelDir);
    const graphs = await readGraphDescription(base.path);
    model = await BlocksModel.load(base, graphs, 'float32', new WeightStore(base), 1);
    tokenizer = await loadTokenizer(base.path);
  }, 300_000);

  const session = (): RemoteSession => {
    const blocks = new BlocksSession(model);
    return {
      encode: async (states) => void (await blocks.run({ stack: 'encoder', states })),
      decode: (firstPosition, states, wantedRows) =>
        blocks.run({ stack: 'decoder', firstPosition, states, wantedRows }),
      end: () => {},
    };
  };

  test.each([null, 'embeddings-output'])('greedy search equals Hugging Face: %s', async (strategy) => {
    const own = await readOwnModel(ref.baseModelDir, strategy === null ? null : ref.adapterDir(strategy));
    const cases = ref.cases.filter((one) => one.strategy === strategy);
    expect(cases.length).toBeGreaterThan(0);
    for (const { source, greedy } of cases) {
      const request = { tokens: source, maxNewTokens: ref.maxNewTokens, atEndOfMethod: false };
      const written = await writeSplit(session(), own, tokenizer, request);
      expect(written.tokens).toEqual(greedy.tokens);
      expect(written.logProbability).toBeCloseTo(greedy.logProbability, 2);
    }
  });

  test('in eight bits the states are nearly the same', async () => {
    const { base } = model;
    const graphs = await readGraphDescription(base.path);
    const rounded = await BlocksModel.load(base, graphs, 'int8', new WeightStore(base), 1);
    const { layers } = await readOwnModel(ref.baseModelDir, null);
    const tokens = [3, 5, 7, 11];
    const [exact = new Float32Array(0), near = new Float32Array(0)] = await Promise.all(
      [model, rounded].map(async (one) => {
        const blocks = new BlocksSession(one);
        if (one.isEncoderDecoder) await blocks.run({ stack: 'encoder', states: layers.embed('encoder', tokens, 0) });
        const states = layers.embed('decoder', tokens, 0);
        return blocks.run({ stack: 'decoder', firstPosition: 0, states, wantedRows: 2 });
      }),
    );
    const product = (a: Float32Array, b: Float32Array) =>
      a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
    expect(exact).toHaveLength(2 * layers.hiddenSize);
    expect(product(exact, near) / Math.sqrt(product(exact, exact) * product(near, near))).toBeGreaterThan(0.99);
  });
});
