import { expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { rankPairs } from '../../../server/base/rank-pairs.ts';
import { pairOf } from './pairs.ts';

const pairs: readonly TestPair[] = [
  ...['1', '2', '3'].map((size) => pairOf('A', 'read', `check(${size});`)),
  ...['4', '5'].map((size) => pairOf('A', 'write', `check(${size});`)),
  pairOf('B', 'read', 'check(6);'),
  pairOf('C', 'read', 'check(7);', ['asserted-call']),
  pairOf('A', 'read', 'check(8);', ['asserted-call']),
];
const methodOf = ({ focalClass, focalMethod }: TestPair) => `${focalClass}.${focalMethod}`;

test('takes every class, then every method, before a second test of one', () => {
  const first = rankPairs(pairs, 1).slice(0, 3);
  expect(new Set(first.map(methodOf))).toEqual(new Set(['A.read', 'A.write', 'B.read']));
  expect(new Set(first.slice(0, 2).map(({ focalClass }) => focalClass))).toEqual(new Set(['A', 'B']));
});

test('takes a test that is not named after its method with the second ones, and after its named siblings', () => {
  const tests = rankPairs(pairs, 1).map(({ testSource }) => /\d/.exec(testSource)?.[0]);
  expect(tests.indexOf('7')).toBeGreaterThanOrEqual(3);
  expect(tests.indexOf('7')).toBeLessThan(6);
  expect(tests.at(-1)).toBe('8');
});

test('depends on the seed and the pairs alone', () => {
  const ids = (seed: number, from = pairs) => rankPairs(from, seed).map(({ id }) => id);
  expect(ids(1, [...pairs].reverse())).toEqual(ids(1));
  expect(ids(2)).not.toEqual(ids(1));
  expect([...ids(2)].sort()).toEqual(pairs.map(({ id }) => id).sort());
});
