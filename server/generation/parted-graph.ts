import type { AdapterFolder } from '../adapters/adapter-folder.ts';
import type { InitializerDescription } from './graph-description.ts';
import { type CutGraph, cutGraph, type GraphPart } from './graph-parts.ts';
import { GraphSession, type GraphTensor } from './onnx-runtime.ts';
import type { WeightStore } from './weight-store.ts';

/** A session of the nodes that read an adapter's weights, and what it takes. */
export interface OwnSession {
  readonly session: GraphSession;
  readonly bytes: number;
}

/**
 * A graph of which adapters that change the same tensors, such as those of the last block, share all but the nodes that read them: requests
 * of many run in one batch, and an adapter takes the memory and the loading time of its own weights alone.
 */
export class PartedGraph {
  private constructor(
    private readonly parts: CutGraph,
    private readonly below: GraphSession,
    private readonly above: GraphSession | null,
    private readonly changed: readonly InitializerDescription[],
    private readonly store: WeightStore,
  ) {}

  /** `result` is the output that everything works towards, if there is one; `tensors` are those that adapters change. */
  static async open(
    graph: Uint8Array,
    result: string | null,
    initializers: readonly InitializerDescription[],
    tensors: ReadonlySet<string>,
    store: WeightStore,
    threads: number,
  ): Promise<PartedGraph> {
    const changed = initializers.filter(({ tensor }) => tensors.has(tensor));
    const parts = cutGraph(graph, new Set(changed.map(({ name }) => name)), result);
    const open = async (part: GraphPart) => {
      const weights = await store.ofBase(initializers.filter(({ name }) => part.weights.has(name)));
      return GraphSession.create(part.graph, weights, threads);
    };
    const above = parts.above === null ? null : await open(parts.above);
    return new PartedGraph(parts, await open(parts.below), above, changed, store);
  }

  async ownSession(adapter: AdapterFolder): Promise<OwnSession> {
    const { weights, ownBytes } = await this.store.ofAdapter(this.changed, adapter);
    // A session of several threads would keep them, for each adapter.
    const session = await GraphSession.create(this.parts.changed.graph, weights, 1);
    // ONNX Runtime packs the weights into a form of its own beside.
    return { session, bytes: 2 * ownBytes };
  }

  /** Runs the graph; `own` are the adapters' sessions, one for each request of the batch. */
  async run(
    inputs: ReadonlyMap<string, GraphTensor>,
    outputs: readonly string[],
    own: readonly GraphSession[],
  ): Promise<Map<string, GraphTensor>> {
    const { below, changed, above } = this.parts;
    const values = new Map(inputs);
    const add = (results: ReadonlyMap<string, GraphTensor>) => {
      for (const [name, tensor] of results) values.set(name, tensor);
    };
    add(await this.below.run(chosen(values, below.inputs), below.outputs));
    add(await runEach(own, chosen(values, changed.inputs), changed.outputs));
    if (above !== null) add((await this.above?.run(chosen(values, above.inputs), above.outputs)) ?? new Map());
    return chosen(values, outputs);
  }

  async release(): Promise<void> {
    await this.below.release();
    await this.above?.release();
  }
}

/** Runs each request on its own session; neighbours that have the same one together. */
async function runEach(
  own: readonly GraphSession[],
  inputs: ReadonlyMap<string, GraphTensor>,
  outputs: readonly string[],
): Promise<Map<string, GraphTensor>> {
  const pieces: Map<string, GraphTensor>[] = [];
  for (let from = 0; from < own.length; ) {
    const session = own[from] as GraphSession;
    let to = from + 1;
    while (own[to] === session) to += 1;
    const feeds = new Map([...inputs].map(([name, tensor]) => [name, requestsOf(tensor, from, to, own.length)]));
    pieces.push(await session.run(feeds, outputs));
    from = to;
  }
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  return new Map(outputs.map((name) => [name, joined(pieces.map((piece) => piece.get(name) as GraphTensor))]));
}

/** The rows of some requests; whatever does not have as many for each request is for all of them. */
function requestsOf(tensor: GraphTensor, from: number, to: number, requests: number): GraphTensor {
  const [first = 0, ...rest] = tensor.shape;
  if (first % requests !== 0 || to - from === requests) return tensor;
  const size = tensor.values.length / requests;
  return { values: tensor.values.subarray(from * size, to * size), shape: [(first / requests) * (to - from), ...rest] };
}

/** One after the other along the first dimension. */
function joined(tensors: readonly GraphTensor[]): GraphTensor {
  const values = new Float32Array(tensors.reduce((sum, tensor) => sum + tensor.values.length, 0));
  let end = 0;
  for (const tensor of tensors) {
    values.set(tensor.values as Float32Array, end);
    end += tensor.values.length;
  }
  const [, ...rest] = tensors[0]?.shape ?? [];
  return { values, shape: [tensors.reduce((sum, { shape: [first = 0] }) => sum + first, 0), ...rest] };
}

function chosen(values: ReadonlyMap<string, GraphTensor>, names: readonly string[]): Map<string, GraphTensor> {
  return new Map(names.map((name) => [name, values.get(name) as GraphTensor]));
}
