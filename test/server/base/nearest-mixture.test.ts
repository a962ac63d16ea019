import { expect, test } from 'vitest';
import { NearestMixture } from '../../../server/base/nearest-mixture.ts';
import { pairOf } from './pairs.ts';

const pairs = Array.from({ length: 1000 }, (_, at) => pairOf(`Class${at % 20}`, 'size', `check(${at});`));
const mixture = new NearestMixture(pairs, 7);

test('deals the three kinds by their shares', () => {
  const kinds = pairs.map((pair) => mixture.kindOf(pair));
  const share = (kind: string) => kinds.filter((one) => one === kind).length / pairs.length;
  expect(share('any')).toBeCloseTo(0.5, 1);
  expect(share('other-classes')).toBeCloseTo(0.35, 1);
  expect(share('none')).toBeCloseTo(0.15, 1);
});

test('deals the same again with the same seed, and otherwise with another', () => {
  const kinds = (seed: number) => pairs.map((pair) => new NearestMixture([], seed).kindOf(pair));
  expect(kinds(7)).toEqual(pairs.map((pair) => mixture.kindOf(pair)));
  expect(kinds(8)).not.toEqual(kinds(7));
});

test('shows what the kind allows and never the pair itself', async () => {
  for (const pair of pairs.slice(0, 100)) {
    const nearest = await mixture.nearest(pair);
    const kind = mixture.kindOf(pair);
    expect(nearest.map(({ id }) => id)).not.toContain(pair.id);
    expect(nearest).toHaveLength(kind === 'none' ? 0 : 4);
    if (kind === 'other-classes') expect(nearest.map(({ focalClass }) => focalClass)).not.toContain(pair.focalClass);
  }
});

test('finds siblings of the same class where they are allowed', async () => {
  const anyPairs = pairs.filter((pair) => mixture.kindOf(pair) === 'any');
  const shown = await Promise.all(anyPairs.map(async (pair) => ({ pair, nearest: await mixture.nearest(pair) })));
  const withSibling = shown.filter(({ pair, nearest }) =>
    nearest.some(({ focalClass }) => focalClass === pair.focalClass),
  );
  expect(withSibling.length).toBeGreaterThan(0);
});
