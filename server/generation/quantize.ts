/** A linear layer in eight bits: `columns` is [in, out], `scales` [out]. */
export interface QuantizedLayer {
  readonly columns: Int8Array;
  readonly scales: Float32Array;
}

/**
 * Rounds a linear layer [out, in], its columns times the smoothing factors [in], to eight bits, symmetric, each output row by its own scale,
 * and turns it to the layout that integer multiplication wants. `levels` is the largest magnitude of a rounded weight.
 */
export function quantizeLayer(
  weights: Float32Array,
  outSize: number,
  inSize: number,
  smoothing: Float32Array,
  levels: number,
): QuantizedLayer {
  const scales = new Float32Array(outSize);
  const columns = new Int8Array(weights.length);
  // Transposing in square tiles keeps both sides in the processor's cache.
  for (let row = 0; row < outSize; row++) {
    let largest = 0;
    const start = row * inSize;
    for (let column = 0; column < inSize; column++) {
      const magnitude = Math.abs((weights[start + column] as number) * (smoothing[column] as number));
      if (magnitude > largest) largest = magnitude;
    }
    scales[row] = largest === 0 ? 1 : largest / levels;
  }
  for (let firstRow = 0; firstRow < outSize; firstRow += TILE) {
    const endRow = Math.min(outSize, firstRow + TILE);
    for (let firstColumn = 0; firstColumn < inSize; firstColumn += TILE) {
      const endColumn = Math.min(inSize, firstColumn + TILE);
      for (let row = firstRow; row < endRow; row++) {
        const inverse = 1 / (scales[row] as number);
        const start = row * inSize;
        for (let column = firstColumn; column < endColumn; column++)
          columns[column * outSize + row] = Math.round(
            (weights[start + column] as number) * (smoothing[column] as number) * inverse,
          );
      }
    }
  }
  return { columns, scales };
}

const TILE = 64;
