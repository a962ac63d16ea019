import type { StackName } from '../extension/split/own-layer-names.ts';
import type { OwnTensors } from '../extension/split/own-layers.ts';

/** Rows of hidden states that a server saw, and what the tokens were. */
export interface SeenRow {
  readonly stack: StackName;
  /** [hidden size] */
  readonly state: Float32Array;
  readonly position: number;
  readonly token: number;
}

/** The share of rows whose token is found by who knows the public base: the token whose embedding, with the position's, is nearest. */
export function recoveredFromEmbeddings(rows: readonly SeenRow[], base: OwnTensors): number {
  const { hiddenSize, scale, firstPlace } = base;
  const found = rows.filter(({ stack, state, position, token }) => {
    const places = base.places[stack];
    const place = (firstPlace + position) * hiddenSize;
    const ofToken = state.map((value, at) => (value - (places?.[place + at] ?? 0)) / scale);
    return nearest(base.embedding[stack], ofToken) === token;
  });
  return found.length / rows.length;
}

/** The share of final states after which the base's own output layer names the token that the client took. */
export function recoveredFromFinalStates(rows: readonly SeenRow[], likeliest: (state: Float32Array) => number): number {
  return rows.filter(({ state, token }) => likeliest(state) === token).length / rows.length;
}

/** The row of a matrix [V, C] that is nearest to a vector [C]. */
function nearest(matrix: Float32Array, vector: Float32Array): number {
  const size = vector.length;
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let row = 0; row * size < matrix.length; row++) {
    let distance = 0;
    for (let at = 0; at < size && distance < least; at++)
      distance += ((matrix[row * size + at] as number) - (vector[at] as number)) ** 2;
    if (distance < least) [best, least] = [row, distance];
  }
  return best;
}
