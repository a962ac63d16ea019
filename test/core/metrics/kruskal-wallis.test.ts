import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chiSquareSurvival } from '../../../core/metrics/chi-square.ts';
import { type KruskalWallisTest, kruskalWallis, pairwiseKruskalWallis } from '../../../core/metrics/kruskal-wallis.ts';

/** What SciPy computed, and how. */
interface Golden {
  readonly madeWith: string;
  readonly tests: readonly (KruskalWallisTest & { readonly groups: readonly (readonly number[])[] })[];
  readonly paper: readonly {
    readonly metric: string;
    readonly systems: Readonly<Record<string, readonly number[]>>;
    readonly tests: readonly (KruskalWallisTest & { readonly systems: readonly string[] })[];
  }[];
  readonly tails: readonly { readonly value: number; readonly degreesOfFreedom: number; readonly survival: number }[];
}

const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, 'kruskal-wallis-golden.json'), 'utf8'));

/** To 1e-9 of the larger of the figure and `floor`: p-values are small, so they are compared by their ratio. */
function check(seen: number, expected: number, floor = 0): void {
  expect(Math.abs(seen - expected)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(expected), floor));
}

describe('Kruskal-Wallis', () => {
  it.each(golden.tests.map((one) => [JSON.stringify(one.groups).slice(0, 60), one] as const))(
    'equals SciPy on %s',
    (_, { groups, statistic, pValue }) => {
      const seen = kruskalWallis(groups);
      check(seen.statistic, statistic, 1);
      check(seen.pValue, pValue);
    },
  );

  it.each(golden.paper)('equals SciPy on every two systems of paper P, $metric', ({ systems, tests }) => {
    const seen = pairwiseKruskalWallis(systems);
    expect(seen.map((one) => one.systems)).toEqual(tests.map((one) => one.systems));
    for (const [at, { statistic, pValue }] of tests.entries()) {
      check(seen[at]?.statistic ?? Number.NaN, statistic, 1);
      check(seen[at]?.pValue ?? Number.NaN, pValue);
    }
  });

  it('finds in the figures of paper P what the paper says', () => {
    for (const { systems } of golden.paper) {
      for (const { systems: names, pValue } of pairwiseKruskalWallis(systems)) {
        if (names.includes('base')) expect(pValue).toBeLessThan(1e-7);
        else expect(pValue).toBeGreaterThan(0.4);
      }
    }
  });

  it.each([
    // Mean ranks 2.5 and 6.5: H = 12 / (8·9) · 2 · 4 · 2².
    [4, 16 / 3, 0.0209],
    // Mean ranks 4 and 11: H = 12 / (14·15) · 2 · 7 · 3.5².
    [7, 9.8, 0.0017],
    // Mean ranks 4.5 and 12.5: H = 12 / (16·17) · 2 · 8 · 4².
    [8, 192 / 17, 0.0008],
  ])('says of %d repositories, all better, H = %d and p = %d', (repositories, statistic, pValue) => {
    const worse = Array.from({ length: repositories }, (_, at) => at);
    const seen = kruskalWallis([worse, worse.map((value) => value + 100)]);
    expect(seen.statistic).toBeCloseTo(statistic, 12);
    expect(seen.pValue).toBeCloseTo(pValue, 4);
  });

  it('cannot rank equal values', () => {
    expect(kruskalWallis([[1, 1], [1]])).toEqual({ statistic: Number.NaN, pValue: Number.NaN });
  });

  it('refuses what is no comparison', () => {
    expect(() => kruskalWallis([[1, 2]])).toThrow('at least two groups');
    expect(() => kruskalWallis([[1, 2], []])).toThrow('groups of numbers');
    expect(() => kruskalWallis([[1, Number.NaN], [2]])).toThrow('groups of numbers');
  });
});

describe('the tail of the chi-square distribution', () => {
  it.each(golden.tails)('equals SciPy at $value with $degreesOfFreedom degrees', (tail) => {
    check(chiSquareSurvival(tail.value, tail.degreesOfFreedom), tail.survival);
  });

  it('is elementary for an even number of degrees', () => {
    for (const value of [0, 0.5, 3, 4, 20, 600]) {
      const half = value / 2;
      check(chiSquareSurvival(value, 2), Math.exp(-half));
      check(chiSquareSurvival(value, 6), Math.exp(-half) * (1 + half + half ** 2 / 2));
    }
  });
});
