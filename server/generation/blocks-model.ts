import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import { type BlocksGraph, blocksGraph } from './blocks-graph.ts';
import { type DecoderStep, decoderFeeds, feedAll, tensorsOf } from './decoder-step.ts';
import type { DecoderDescription, EncoderDescription, GraphDescription, Precision } from './graph-description.ts';
import { KeyValueCache } from './key-value-cache.ts';
import { GraphSession, type GraphTensor } from './onnx-runtime.ts';
import { loadPrefix, type Prefix } from './prefix.ts';
import type { WeightStore } from './weight-store.ts';

/** What the decoder's blocks give; R requests, Q new rows each. */
export interface BlocksResult {
  /** [R * wanted, hidden size], as the output layer takes them. */
  readonly states: Float32Array;
  /** For each block [R, heads, Q, headSize]. */
  readonly newKeys: readonly GraphTensor[];
  readonly newValues: readonly GraphTensor[];
}

interface Stack<Description> {
  readonly graph: Description;
  readonly cut: BlocksGraph;
  readonly session: GraphSession;
}

/** The blocks of a base model without its embeddings and its output layer. */
export class BlocksModel {
  private constructor(
    readonly base: BaseModelFolder,
    readonly hiddenSize: number,
    private readonly decoder: Stack<DecoderDescription>,
    private readonly encoder: Stack<EncoderDescription> | null,
    /** Empty: a prefix is no part of the blocks. */
    private readonly prefix: Prefix,
  ) {}

  static async load(
    base: BaseModelFolder,
    graphs: GraphDescription,
    precision: Precision,
    store: WeightStore,
    threads: number,
  ): Promise<BlocksModel> {
    const open = async <Description extends DecoderDescription | EncoderDescription>(
      graph: Description,
      logProbabilities: string | null,
    ): Promise<Stack<Description>> => {
      const { file, initializers } = graph.precisions[precision];
      const cut = blocksGraph(await readFile(join(base.path, 'onnx', file)), graph.inputs.tokens, logProbabilities);
      const weights = await store.ofBase(initializers.filter(({ name }) => cut.weights.has(name)));
      return { graph, cut, session: await GraphSession.create(cut.file, weights, threads) };
    };
    const decoder = await open(graphs.decoder, graphs.decoder.outputs.logProbabilities);
    const encoder = graphs.encoder === null ? null : await open(graphs.encoder, null);
    // Embeddings are never rounded, so the initializer has the tensor's name.
    const [, hiddenSize = 0] = base.tensors.get(decoder.cut.embedding)?.shape ?? [];
    return new BlocksModel(base, hiddenSize, decoder, encoder, await loadPrefix(base, null));
  }

  get maxPositions(): number {
    return this.decoder.graph.maxPositions;
  }

  get isEncoderDecoder(): boolean {
    return this.encoder !== null;
  }

  newCache(): KeyValueCache {
    const { blocks, attention } = this.base.manifest;
    return new KeyValueCache({ blocks: blocks.decoder, heads: attention.keyValueHeads, headSize: attention.headSize });
  }

  /** `states` [R * Q, hidden size] take the place of the tokens. */
  async step(states: Float32Array, step: Omit<DecoderStep, 'tokens'>): Promise<BlocksResult> {
    const { graph, cut, session } = this.decoder;
    const rows = step.requests * step.queries;
    const feeds = decoderFeeds(graph, { ...step, tokens: new BigInt64Array(rows) });
    feeds.set(cut.statesIn, { values: states, shape: [rows, this.hiddenSize] });
    const { newKeys, newValues } = graph.outputs;
    const results = await session.run(feeds, [...cut.statesOut, ...newKeys, ...newValues]);
    return {
      states: results.get(cut.statesOut[0] ?? '')?.values as Float32Array,
      newKeys: tensorsOf(results, newKeys),
      newValues: tensorsOf(results, newValues),
    };
  }

  /** Runs the encoder's blocks over one input, [E, hidden size]. Returns the cross-attention's keys and values, in one slot. */
  async encode(states: Float32Array): Promise<KeyValueCache> {
    if (this.encoder === null) throw new Error('A decoder-only model has no encoder.');
    const { graph, cut, session } = this.encoder;
    const rows = states.length / this.hiddenSize;
    const { keys, values } = this.prefix.encoder.tensors(1);
    const feeds = new Map<string, GraphTensor>([
      [graph.inputs.tokens, { values: new BigInt64Array(rows), shape: [1, rows] }],
      [cut.statesIn, { values: states, shape: [rows, this.hiddenSize] }],
    ]);
    feedAll(feeds, graph.inputs.prefixKeys, keys);
    feedAll(feeds, graph.inputs.prefixValues, values);
    const { crossKeys, crossValues } = graph.outputs;
    const results = await session.run(feeds, [...crossKeys, ...crossValues]);
    const cache = this.newCache();
    cache.resize(1, rows);
    cache.append(0, 0, tensorsOf(results, crossKeys), tensorsOf(results, crossValues), 0);
    return cache;
  }

  async release(): Promise<void> {
    await this.decoder.session.release();
    await this.encoder?.session.release();
  }
}
