import { expect, it } from 'vitest';
import { distributionOf } from '../../../core/metrics/distribution.ts';

it.each([
  ['quartiles between values', [4, 1, 3, 2], [2.5, 1, 1.75, 2.5, 3.25, 4]],
  ['quartiles on values', [10, 0, 0, 30, 0], [8, 0, 0, 0, 10, 30]],
  ['one value', [0.5], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
])('%s', (_, values, [mean, minimum, lowerQuartile, median, upperQuartile, maximum]) => {
  const count = values.length;
  expect(distributionOf(values)).toEqual({ count, mean, minimum, lowerQuartile, median, upperQuartile, maximum });
});

it('refuses no values', () => {
  expect(() => distributionOf([])).toThrow('at least one value');
});
