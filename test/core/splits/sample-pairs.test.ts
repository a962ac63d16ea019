import { expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { samplePairs } from '../../../core/splits/sample-pairs.ts';

/** Classes `A` to `F` with 1 to 6 pairs. */
const pairs = [...'ABCDEF'].flatMap((focalClass, index) =>
  Array.from({ length: index + 1 }, (_, n) => ({
    id: `${focalClass}${n}`,
    focalClass,
    focalFile: `${focalClass}.java`,
  })),
) as unknown as TestPair[];

function check(most: number): void {
  const sample = samplePairs(pairs, most);
  expect(sample.length).toBeLessThanOrEqual(most);
  expect(sample).toEqual(pairs.filter((pair) => sample.includes(pair)));
  const sizeOf = (of: readonly TestPair[], name: string) => of.filter(({ focalClass }) => focalClass === name).length;
  for (const { focalClass } of sample) expect(sizeOf(sample, focalClass)).toBe(sizeOf(pairs, focalClass));
}

test('whole classes, in the order of the corpus', () => [1, 3, 7, 12, 20].forEach(check));
test('all of a small corpus', () => expect(samplePairs(pairs, 21)).toBe(pairs));
test('as many as classes of these sizes allow', () => expect(samplePairs(pairs, 20).length).toBeGreaterThan(14));
