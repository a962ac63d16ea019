import { expect, test } from 'vitest';
import { RowProducts } from '../../../extension/split/row-products.ts';
import { SeededRandom } from '../../seeded-random.ts';

test.each([
  [1, 16],
  [7, 32],
  [300, 576],
])('%i rows of %i numbers', (rows, size) => {
  const random = new SeededRandom(rows);
  const products = new RowProducts(rows, size);
  products.matrix.set(Float32Array.from({ length: rows * size }, () => random.next() - 0.5));
  for (const vector of [0, 1].map(() => Float32Array.from({ length: size }, () => random.next() - 0.5))) {
    const seen = products.with(vector);
    expect(seen).toHaveLength(rows);
    for (const [row, value] of seen.entries())
      expect(value).toBeCloseTo(
        vector.reduce((sum, factor, at) => sum + factor * (products.matrix[row * size + at] as number), 0),
        4,
      );
  }
});

test('a size that is no multiple of 16 is refused', () => {
  expect(() => new RowProducts(2, 24)).toThrow('its hidden size 24 is no multiple of 16');
});
