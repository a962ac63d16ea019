/** Neighbours in a row that are rounded together; as in `onnx_export/graph_builder.py`. */
const BLOCK = 32;
/** Where zero lies. */
const ZERO = 128;
const LARGEST = 127;

/** A linear layer in eight bits. */
export interface QuantizedLayer {
  readonly values: Uint8Array;
  readonly scales: Float32Array;
}

/** Rounds a linear layer [out, in] symmetrically, each block of a row by its own scale: values [out, blocks, BLOCK], scales [out * blocks]. */
export function quantizeBlocks(weights: Float32Array, outSize: number, inSize: number): QuantizedLayer {
  const blocks = Math.ceil(inSize / BLOCK);
  const values = new Uint8Array(outSize * blocks * BLOCK).fill(ZERO);
  const scales = new Float32Array(outSize * blocks);
  let block = 0;
  for (let row = 0; row < outSize; row++) {
    for (let first = 0; first < inSize; first += BLOCK, block++) {
      const start = row * inSize + first;
      const end = row * inSize + Math.min(inSize, first + BLOCK);
      const scale = scaleOf(weights, start, end);
      scales[block] = scale;
      const inverse = 1 / scale;
      for (let at = start, to = block * BLOCK; at < end; at++, to++)
        // To the nearest: all that is cut off here is positive. `Math.round` takes three times as long.
        values[to] = ((weights[at] as number) * inverse + ZERO + 0.5) | 0;
    }
  }
  return { values, scales };
}

/** Rounds a linear layer [out, in] symmetrically, each row by one scale, and turns it: values [in, out], scales [out]. */
export function quantizeColumns(weights: Float32Array, outSize: number, inSize: number): QuantizedLayer {
  const values = new Uint8Array(outSize * inSize);
  const scales = new Float32Array(outSize);
  for (let row = 0; row < outSize; row++) {
    const start = row * inSize;
    const scale = scaleOf(weights, start, start + inSize);
    scales[row] = scale;
    const inverse = 1 / scale;
    for (let at = 0, to = row; at < inSize; at++, to += outSize)
      values[to] = ((weights[start + at] as number) * inverse + ZERO + 0.5) | 0;
  }
  return { values, scales };
}

/** With which the largest of these is the largest in eight bits. */
function scaleOf(weights: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let at = start; at < end; at++) {
    const magnitude = Math.abs(weights[at] as number);
    if (magnitude > largest) largest = magnitude;
  }
  return largest === 0 ? 1 : largest / LARGEST;
}
