import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdapterFolder } from '../adapters/adapter-folder.ts';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import type { DecoderDescription, EncoderDescription, GraphDescription, Precision } from './graph-description.ts';
import { KeyValueCache } from './key-value-cache.ts';
import { GraphSession, type GraphTensor } from './onnx-runtime.ts';
import type { WeightStore } from './weight-store.ts';

/** What a decoder step reads; R requests, Q new tokens each, S cached rows. */
export interface DecoderStep {
  /** [R, Q] */
  readonly tokens: BigInt64Array;
  /** [R, Q] */
  readonly positions: BigInt64Array;
  /** [R, Q, S + Q]: 0 where a token sees a row, minus infinity where not. */
  readonly visibility: Float32Array;
  readonly requests: number;
  readonly queries: number;
  /** Log-probabilities are wanted from this one of the Q tokens on. */
  readonly wantedFrom: number;
  readonly past: KeyValueCache;
  /** [R, S] positions of the cached rows; only some models ask for them. */
  readonly pastPositions: () => BigInt64Array;
  /** Encoder-decoder only: keys and values of the cross-attention, and [R, E] which of them are padding. */
  readonly cross?: { readonly cache: KeyValueCache; readonly visibility: Float32Array };
}

/** What a decoder step gives. */
export interface DecoderResult {
  /** [R, wanted, vocabulary] */
  readonly logProbabilities: Float32Array;
  /** For each block [R, heads, Q, headSize]. */
  readonly newKeys: readonly GraphTensor[];
  readonly newValues: readonly GraphTensor[];
}

/** The sessions of a base model or of one adapter on it. */
export class LoadedModel {
  private constructor(
    readonly base: BaseModelFolder,
    private readonly graphs: GraphDescription,
    private readonly decoder: GraphSession,
    private readonly encoder: GraphSession | null,
    /** What the sessions take, roughly: ONNX Runtime packs the weights into a form of its own. */
    readonly bytes: number,
  ) {}

  static async load(
    base: BaseModelFolder,
    graphs: GraphDescription,
    precision: Precision,
    store: WeightStore,
    adapter: AdapterFolder | null,
    threads: number,
  ): Promise<LoadedModel> {
    let bytes = 0;
    const open = async (graph: DecoderDescription | EncoderDescription) => {
      const { file, initializers } = graph.precisions[precision];
      const { weights, ownBytes } =
        adapter === null
          ? { weights: await store.ofBase(initializers), ownBytes: 0 }
          : await store.ofAdapter(initializers, adapter);
      bytes += ownBytes + [...weights.values()].reduce((sum, weight) => sum + weight.byteLength, 0);
      return GraphSession.create(await readFile(join(base.path, 'onnx', file)), weights, threads);
    };
    const decoder = await open(graphs.decoder);
    const encoder = graphs.encoder === null ? null : await open(graphs.encoder);
    return new LoadedModel(base, graphs, decoder, encoder, bytes);
  }

  get maxPositions(): number {
    return this.graphs.decoder.maxPositions;
  }

  get isEncoderDecoder(): boolean {
    return this.encoder !== null;
  }

  newCache(): KeyValueCache {
    const { blocks, attention } = this.base.manifest;
    return new KeyValueCache({
      blocks: blocks.decoder,
      heads: attention.keyValueHeads,
      headSize: attention.headSize,
    });
  }

  async step(step: DecoderStep): Promise<DecoderResult> {
    const { inputs, outputs } = this.graphs.decoder;
    const { requests, queries, past, cross } = step;
    const { keys, values } = past.tensors(requests);
    const feeds = new Map<string, GraphTensor>([
      [inputs.tokens, { values: step.tokens, shape: [requests, queries] }],
      [inputs.positions, { values: step.positions, shape: [requests, queries] }],
      [inputs.visibility, { values: step.visibility, shape: [requests, queries, past.capacity + queries] }],
      [inputs.wantedFrom, { values: BigInt64Array.of(BigInt(step.wantedFrom)), shape: [1] }],
    ]);
    feedAll(feeds, inputs.pastKeys, keys);
    feedAll(feeds, inputs.pastValues, values);
    if (inputs.pastPositions !== undefined)
      feeds.set(inputs.pastPositions, { values: step.pastPositions(), shape: [requests, past.capacity] });
    if (cross !== undefined && inputs.crossVisibility !== undefined) {
      const crossTensors = cross.cache.tensors(requests);
      feeds.set(inputs.crossVisibility, { values: cross.visibility, shape: [requests, cross.cache.capacity] });
      feedAll(feeds, inputs.crossKeys ?? [], crossTensors.keys);
      feedAll(feeds, inputs.crossValues ?? [], crossTensors.values);
    }
    const results = await this.decoder.run(feeds, [outputs.logProbabilities, ...outputs.newKeys, ...outputs.newValues]);
    const tensors = (names: readonly string[]) => names.map((name) => results.get(name) as GraphTensor);
    return {
      logProbabilities: results.get(outputs.logProbabilities)?.values as Float32Array,
      newKeys: tensors(outputs.newKeys),
      newValues: tensors(outputs.newValues),
    };
  }

  /** Encodes one input; `prefix` goes before the keys and values of every encoder block. Returns the cross-attention's. */
  async encode(tokens: readonly number[], prefix: KeyValueCache): Promise<KeyValueCache> {
    const { encoder } = this.graphs;
    if (encoder === null || this.encoder === null) throw new Error('A decoder-only model has no encoder.');
    const { inputs, outputs } = encoder;
    const { keys, values } = prefix.tensors(1);
    const feeds = new Map<string, GraphTensor>([
      [inputs.tokens, { values: BigInt64Array.from(tokens, BigInt), shape: [1, tokens.length] }],
    ]);
    feedAll(feeds, inputs.prefixKeys, keys);
    feedAll(feeds, inputs.prefixValues, values);
    const results = await this.encoder.run(feeds, [...outputs.crossKeys, ...outputs.crossValues]);
    const cache = this.newCache();
    cache.resize(1, tokens.length);
    const tensors = (names: readonly string[]) => names.map((name) => results.get(name) as GraphTensor);
    cache.append(0, 0, tensors(outputs.crossKeys), tensors(outputs.crossValues), 0);
    return cache;
  }

  async release(): Promise<void> {
    await this.decoder.release();
    await this.encoder?.release();
  }
}

function feedAll(feeds: Map<string, GraphTensor>, names: readonly string[], tensors: readonly GraphTensor[]): void {
  for (const [index, name] of names.entries()) feeds.set(name, tensors[index] as GraphTensor);
}
