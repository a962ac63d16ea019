import { expect, test } from 'vitest';
import { quantizeBlocks, quantizeColumns } from '../../../server/generation/quantize.ts';

/** Rounds a layer and gives back what its blocks stand for, beside the largest error that rounding may make. */
function check(weights: readonly number[], outSize: number, inSize: number) {
  const { values, scales } = quantizeBlocks(Float32Array.from(weights), outSize, inSize);
  const blocks = Math.ceil(inSize / 32);
  expect(values.length).toBe(outSize * blocks * 32);
  expect(scales.length).toBe(outSize * blocks);
  for (let row = 0; row < outSize; row++)
    for (let column = 0; column < blocks * 32; column++) {
      const at = row * blocks * 32 + column;
      const scale = scales[Math.floor(at / 32)] ?? Number.NaN;
      const meant = column < inSize ? (weights[row * inSize + column] ?? Number.NaN) : 0;
      expect(Math.abs(((values[at] ?? Number.NaN) - 128) * scale - meant)).toBeLessThanOrEqual(scale / 2 + 1e-7);
    }
}

const wave = (count: number, size: number) => Array.from({ length: count }, (_, at) => size * Math.sin(at * 1.7));

test('every weight is at most half a step from its rounded one', () => {
  check(wave(2 * 96, 1), 2, 96);
  check(wave(3 * 50, 0.01), 3, 50);
  check(wave(7, 100), 7, 1);
});

test('a block of zeros stays zero', () => check([...Array(32).fill(0), ...wave(32, 1)], 1, 64));

test('a large weight costs only its own block precision', () => {
  const weights = wave(64, 1);
  weights[0] = 1000;
  const { scales } = quantizeBlocks(Float32Array.from(weights), 1, 64);
  expect(scales[0]).toBeCloseTo(1000 / 127, 5);
  expect(scales[1]).toBeLessThan(1 / 126);
});

test('by columns, every row of a layer has one scale and stands in a column', () => {
  const [outSize, inSize] = [3, 70];
  const weights = wave(outSize * inSize, 1).map((weight, at) => weight * 10 ** Math.floor(at / inSize));
  const { values, scales } = quantizeColumns(Float32Array.from(weights), outSize, inSize);
  expect([values.length, scales.length]).toEqual([outSize * inSize, outSize]);
  for (let row = 0; row < outSize; row++)
    for (let column = 0; column < inSize; column++) {
      const scale = scales[row] ?? Number.NaN;
      const stoodFor = ((values[column * outSize + row] ?? Number.NaN) - 128) * scale;
      expect(Math.abs(stoodFor - (weights[row * inSize + column] ?? Number.NaN))).toBeLessThanOrEqual(scale / 2 + 1e-6);
    }
});
