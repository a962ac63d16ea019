/** Neighbours in a row that are rounded together; as in `onnx_export/graph_builder.py`. */
const BLOCK = 32;
/** Where zero lies. */
const ZERO = 128;
const LARGEST = 127;

/** A linear layer in eight bits: `values` is [out, blocks, BLOCK], `scales` [out * blocks]. */
export interface QuantizedLayer {
  readonly values: Uint8Array;
  readonly scales: Float32Array;
}

/** Rounds a linear layer [out, in] to eight bits, symmetric, each block of a row by its own scale. */
export function quantizeLayer(weights: Float32Array, outSize: number, inSize: number): QuantizedLayer {
  const blocks = Math.ceil(inSize / BLOCK);
  const values = new Uint8Array(outSize * blocks * BLOCK).fill(ZERO);
  const scales = new Float32Array(outSize * blocks);
  let block = 0;
  for (let row = 0; row < outSize; row++) {
    for (let first = 0; first < inSize; first += BLOCK, block++) {
      const start = row * inSize + first;
      const end = row * inSize + Math.min(inSize, first + BLOCK);
      let largest = 0;
      for (let at = start; at < end; at++) {
        const magnitude = Math.abs(weights[at] as number);
        if (magnitude > largest) largest = magnitude;
      }
      const scale = largest === 0 ? 1 : largest / LARGEST;
      scales[block] = scale;
      const inverse = 1 / scale;
      for (let at = start, to = block * BLOCK; at < end; at++, to++)
        // To the nearest: all that is cut off here is positive. `Math.round` takes three times as long.
        values[to] = ((weights[at] as number) * inverse + ZERO + 0.5) | 0;
    }
  }
  return { values, scales };
}
