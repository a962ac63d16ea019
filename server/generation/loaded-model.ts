import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdapterFolder } from '../adapters/adapter-folder.ts';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import { type DecoderStep, decoderFeeds, feedAll, tensorsOf } from './decoder-step.ts';
import type { DecoderDescription, EncoderDescription, GraphDescription, Precision } from './graph-description.ts';
import { KeyValueCache } from './key-value-cache.ts';
import { GraphSession, type GraphTensor, type Weights } from './onnx-runtime.ts';
import { PartedGraph } from './parted-graph.ts';
import type { WeightStore } from './weight-store.ts';

/** What a decoder step gives. */
export interface DecoderResult {
  /** [R, wanted, vocabulary] */
  readonly logProbabilities: Float32Array;
  /** For each block [R, heads, Q, headSize]. */
  readonly newKeys: readonly GraphTensor[];
  readonly newValues: readonly GraphTensor[];
}

/** What one adapter has for itself where adapters share a model; a request on such a model has one. */
export interface OwnPart {
  readonly decoder: GraphSession;
  readonly encoder: GraphSession | null;
  readonly bytes: number;
  release(): Promise<void>;
}

/** The sessions of a base model, of one adapter on it, or of all adapters that change the same tensors of it. */
export class LoadedModel {
  private constructor(
    readonly base: BaseModelFolder,
    private readonly graphs: GraphDescription,
    private readonly decoder: GraphSession | PartedGraph,
    /** The decoder on one thread, for steps of so few tokens that waking another takes longer than it saves; `null` where none are. */
    private readonly decoderOfFewTokens: GraphSession | null,
    private readonly encoder: GraphSession | PartedGraph | null,
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
    const weightsOf = async (graph: DecoderDescription | EncoderDescription) => {
      const { initializers } = graph.precisions[precision];
      const { weights, ownBytes } =
        adapter === null
          ? { weights: await store.ofBase(initializers), ownBytes: 0 }
          : await store.ofAdapter(initializers, adapter);
      bytes += ownBytes + [...weights.values()].reduce((sum, weight) => sum + weight.byteLength, 0);
      return weights;
    };
    const open = async (graph: DecoderDescription | EncoderDescription, weights: Weights, ownThreads: number) =>
      GraphSession.create(
        await readFile(join(base.path, 'onnx', graph.precisions[precision].file)),
        weights,
        ownThreads,
      );
    const decoderWeights = await weightsOf(graphs.decoder);
    const decoder = await open(graphs.decoder, decoderWeights, threads);
    const isSmall = base.manifest.parameters <= SMALL_PARAMETERS && threads > 1;
    const decoderOfFewTokens = isSmall ? await open(graphs.decoder, decoderWeights, 1) : null;
    const encoder =
      graphs.encoder === null ? null : await open(graphs.encoder, await weightsOf(graphs.encoder), threads);
    return new LoadedModel(base, graphs, decoder, decoderOfFewTokens, encoder, bytes);
  }

  /** The model that adapters share which change these tensors; `ownPart` loads what each has for itself. */
  static async loadShared(
    base: BaseModelFolder,
    graphs: GraphDescription,
    precision: Precision,
    store: WeightStore,
    tensors: ReadonlySet<string>,
    threads: number,
  ): Promise<LoadedModel> {
    const open = async (graph: DecoderDescription | EncoderDescription, result: string | null) => {
      const { file, initializers } = graph.precisions[precision];
      const model = await readFile(join(base.path, 'onnx', file));
      return PartedGraph.open(model, result, initializers, tensors, store, threads);
    };
    const decoder = await open(graphs.decoder, graphs.decoder.outputs.logProbabilities);
    const encoder = graphs.encoder === null ? null : await open(graphs.encoder, null);
    return new LoadedModel(base, graphs, decoder, null, encoder, 0);
  }

  /** Of a model that adapters share. */
  async ownPart(adapter: AdapterFolder): Promise<OwnPart> {
    const open = (graph: GraphSession | PartedGraph) => {
      if (!(graph instanceof PartedGraph)) throw new Error('This model is not for several adapters.');
      return graph.ownSession(adapter);
    };
    const decoder = await open(this.decoder);
    const encoder = this.encoder === null ? null : await open(this.encoder);
    return {
      decoder: decoder.session,
      encoder: encoder?.session ?? null,
      bytes: decoder.bytes + (encoder?.bytes ?? 0),
      release: async () => {
        await decoder.session.release();
        await encoder?.session.release();
      },
    };
  }

  get maxPositions(): number {
    return this.graphs.decoder.maxPositions;
  }

  get isEncoderDecoder(): boolean {
    return this.encoder !== null;
  }

  /** For the decoder's blocks; empty, or made of one tensor [slots, heads, rows, headSize] of keys and of values for each. */
  newCache(rows?: readonly [keys: readonly GraphTensor[], values: readonly GraphTensor[]]): KeyValueCache {
    const { blocks, attention } = this.base.manifest;
    const shape = { blocks: blocks.decoder, heads: attention.keyValueHeads, headSize: attention.headSize };
    return new KeyValueCache(shape, rows);
  }

  /** `own`: of each request, on a model that adapters share. */
  async step(step: DecoderStep, own: readonly (OwnPart | null)[]): Promise<DecoderResult> {
    const { outputs } = this.graphs.decoder;
    const feeds = decoderFeeds(this.graphs.decoder, step);
    const wanted = [outputs.logProbabilities, ...outputs.newKeys, ...outputs.newValues];
    const hasFewTokens = step.requests * step.queries <= FEW_TOKENS;
    const decoder = (hasFewTokens ? this.decoderOfFewTokens : null) ?? this.decoder;
    const results = await decoder.run(
      feeds,
      wanted,
      own.flatMap((part) => part?.decoder ?? []),
    );
    return {
      logProbabilities: results.get(outputs.logProbabilities)?.values as Float32Array,
      newKeys: tensorsOf(results, outputs.newKeys),
      newValues: tensorsOf(results, outputs.newValues),
    };
  }

  /** Encodes one input; `prefix` goes before the keys and values of every encoder block. Returns the cross-attention's. */
  async encode(tokens: readonly number[], prefix: KeyValueCache, own: OwnPart | null): Promise<KeyValueCache> {
    const { encoder } = this.graphs;
    if (encoder === null || this.encoder === null) throw new Error('A decoder-only model has no encoder.');
    const { inputs, outputs } = encoder;
    const { keys, values } = prefix.tensors(1);
    const feeds = new Map<string, GraphTensor>([
      [inputs.tokens, { values: BigInt64Array.from(tokens, BigInt), shape: [1, tokens.length] }],
    ]);
    feedAll(feeds, inputs.prefixKeys, keys);
    feedAll(feeds, inputs.prefixValues, values);
    const wanted = [...outputs.crossKeys, ...outputs.crossValues];
    const results = await this.encoder.run(feeds, wanted, own?.encoder == null ? [] : [own.encoder]);
    return this.newCache([tensorsOf(results, outputs.crossKeys), tensorsOf(results, outputs.crossValues)]);
  }

  async release(): Promise<void> {
    await this.decoder.release();
    await this.decoderOfFewTokens?.release();
    await this.encoder?.release();
  }
}

/** Of a model of so few parameters a step's products are short (measured: 10 million, where 135 million gain from a second thread). */
const SMALL_PARAMETERS = 40_000_000;
const FEW_TOKENS = 12;
