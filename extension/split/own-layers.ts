import type { StackName } from './own-layer-names.ts';
import type { RowProducts } from './row-products.ts';

/** Weights of embeddings and output layer; V vocabulary, C hidden size. */
export interface OwnTensors {
  readonly hiddenSize: number;
  /** [V, C] */
  readonly embedding: Readonly<Record<StackName, Float32Array>>;
  /** What embeddings of tokens are multiplied with. */
  readonly scale: number;
  /** Embeddings of positions, [positions, C]; not set where the blocks know positions by themselves. */
  readonly places: Readonly<Record<StackName, Float32Array | undefined>>;
  /** The row of position 0 in `places`. */
  readonly firstPlace: number;
  /** [V, C] */
  readonly output: RowProducts;
  /** [V] */
  readonly outputBias: Float32Array | undefined;
}

/** Embeddings and output layer: all that `embeddings-output` trains, and all that knows tokens. */
export class OwnLayers {
  constructor(readonly tensors: OwnTensors) {}

  get hiddenSize(): number {
    return this.tensors.hiddenSize;
  }

  /** What the first block reads of tokens at the positions from `firstPosition` on, [tokens, C]. */
  embed(stack: StackName, tokens: readonly number[], firstPosition: number): Float32Array {
    const { hiddenSize, scale, firstPlace } = this.tensors;
    const embedding = this.tensors.embedding[stack];
    const places = this.tensors.places[stack];
    const states = new Float32Array(tokens.length * hiddenSize);
    for (const [row, token] of tokens.entries()) {
      const place = (firstPlace + firstPosition + row) * hiddenSize;
      for (let at = 0; at < hiddenSize; at++) {
        // Rounded after each operation, as the graph rounds.
        const scaled = Math.fround((embedding[token * hiddenSize + at] as number) * scale);
        states[row * hiddenSize + at] = places === undefined ? scaled : scaled + (places[place + at] as number);
      }
    }
    return states;
  }

  /** Log-probabilities [V] after a row of final states [C]. */
  logProbabilities(state: Float32Array): Float32Array {
    const { output, outputBias } = this.tensors;
    const values = output.with(state);
    let largest = Number.NEGATIVE_INFINITY;
    for (let token = 0; token < values.length; token++) {
      if (outputBias !== undefined) values[token] = (values[token] as number) + (outputBias[token] as number);
      largest = Math.max(largest, values[token] as number);
    }
    let sum = 0;
    for (let token = 0; token < values.length; token++) sum += Math.exp((values[token] as number) - largest);
    const shift = largest + Math.log(sum);
    for (let token = 0; token < values.length; token++) values[token] = (values[token] as number) - shift;
    return values;
  }
}
