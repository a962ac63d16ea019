import { InferenceSession, Tensor } from 'onnxruntime-node';

/** A tensor that goes into or comes out of a graph. `values` is used in place: nothing is copied on the way in. */
export interface GraphTensor {
  readonly values: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** A weight's bytes under its initializer's name. They must stay as they are while the session lives. */
export type Weights = ReadonlyMap<string, Uint8Array>;

/** A loaded graph. The only file that knows ONNX Runtime. */
export class GraphSession {
  private constructor(
    private readonly session: InferenceSession,
    /** ONNX Runtime reads these where they lie, so they must outlive the session. */
    private readonly weights: Weights,
  ) {}

  /** `graph` is the model file's content; `threads` work on one step together. */
  static async create(graph: Uint8Array, weights: Weights, threads: number): Promise<GraphSession> {
    const session = await InferenceSession.create(graph, {
      externalData: Array.from(weights, ([path, data]) => ({ path, data })),
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // Errors only: a warning would reach stderr, where the server writes its own log.
      logSeverityLevel: 3,
      // A waiting thread must not burn the core that another process trains on.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    return new GraphSession(session, weights);
  }

  /** Runs the graph. Blocks the thread until it is done, whatever the promise suggests. */
  async run(inputs: ReadonlyMap<string, GraphTensor>, outputs: readonly string[]): Promise<Map<string, GraphTensor>> {
    const feeds: Record<string, Tensor> = {};
    for (const [name, { values, shape }] of inputs)
      feeds[name] =
        values instanceof Float32Array ? new Tensor('float32', values, shape) : new Tensor('int64', values, shape);
    const results = await this.session.run(feeds, outputs);
    const tensors = new Map<string, GraphTensor>();
    for (const name of outputs) {
      const result = results[name];
      if (!(result?.data instanceof Float32Array)) throw new Error(`The graph's output ${name} is no fp32 tensor.`);
      tensors.set(name, { values: result.data, shape: result.dims });
    }
    return tensors;
  }

  async release(): Promise<void> {
    await this.session.release();
    void this.weights;
  }
}
