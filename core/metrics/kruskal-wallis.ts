import { chiSquareSurvival } from './chi-square.ts';

/** Whether groups of values come from one distribution. */
export interface KruskalWallisTest {
  /** H, corrected for ties. `NaN` where all values are equal: nothing can be ranked then. */
  readonly statistic: number;
  /** By the chi-square distribution with one degree of freedom less than there are groups; `NaN` with the statistic. */
  readonly pValue: number;
}

/** A test of two systems. */
export interface PairwiseTest extends KruskalWallisTest {
  readonly systems: readonly [string, string];
}

/**
 * The Kruskal-Wallis test of every two systems (paper P, RQ1), each with one value per repository, in the order of the systems. The
 * p-values are not corrected for the number of tests.
 */
export function pairwiseKruskalWallis(systems: Readonly<Record<string, readonly number[]>>): PairwiseTest[] {
  const entries = Object.entries(systems);
  return entries.flatMap(([one, ones], at) =>
    entries
      .slice(at + 1)
      .map(([other, others]) => ({ systems: [one, other] as const, ...kruskalWallis([ones, others]) })),
  );
}

/** The test of two or more groups (Kruskal and Wallis, "Use of ranks in one-criterion variance analysis", 1952), as SciPy's `kruskal`. */
export function kruskalWallis(groups: readonly (readonly number[])[]): KruskalWallisTest {
  if (groups.length < 2) throw new Error('A Kruskal-Wallis test needs at least two groups.');
  if (groups.some((group) => group.length === 0 || group.some(Number.isNaN))) {
    throw new Error('A Kruskal-Wallis test needs groups of numbers, with at least one in each.');
  }
  const values = groups.flat();
  const { rankOf, tieCorrection } = rank(values);
  const middle = (values.length + 1) / 2;
  let spread = 0;
  for (const group of groups) {
    const meanRank = group.reduce((sum, value) => sum + (rankOf.get(value) ?? Number.NaN), 0) / group.length;
    spread += group.length * (meanRank - middle) ** 2;
  }
  const statistic = (12 * spread) / (values.length * (values.length + 1)) / tieCorrection;
  return { statistic, pValue: chiSquareSurvival(statistic, groups.length - 1) };
}

/** The rank of each value from 1, equal values sharing the mean of theirs, and 1 - Σ(t³ - t) / (n³ - n) over ties of t values. */
function rank(values: readonly number[]): { rankOf: ReadonlyMap<number, number>; tieCorrection: number } {
  const sorted = values.toSorted((left, right) => left - right);
  const rankOf = new Map<number, number>();
  let ties = 0;
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (sorted[end] === sorted[start] && end < sorted.length) end++;
    rankOf.set(sorted[start] ?? Number.NaN, (start + 1 + end) / 2);
    ties += (end - start) ** 3 - (end - start);
  }
  return { rankOf, tieCorrection: 1 - ties / (sorted.length ** 3 - sorted.length) };
}
