import type { TestPair } from '../../core/mining/test-pair.ts';
import { nearIdenticalGroups } from '../../core/splits/near-identical.ts';

/** Pairs of one library that are left, and how many were not. */
export interface DistinctTests {
  readonly pairs: readonly TestPair[];
  /** Tests that an earlier pair has already, white space ignored. */
  readonly sameTests: number;
  /** Tests that are near-identical to one of an earlier library. */
  readonly nearTests: number;
}

/**
 * Keeps each test once, and drops what a library took over from an earlier one with few changes. Siblings within a library stay, for a
 * repository's tests resemble each other and a model has to learn to use that. Earlier libraries win: put those first that must not
 * leak into the others.
 */
export function distinctTests(libraries: readonly (readonly TestPair[])[]): DistinctTests[] {
  const seen = new Set<string>();
  const once = libraries.map((pairs) =>
    pairs.filter(({ testSource }) => {
      const test = testSource.replace(/\s+/gu, '');
      return !seen.has(test) && seen.add(test);
    }),
  );
  const groups = nearIdenticalGroups(once.flat());
  // A group is named by its first pair, and so by the first library that has one of it.
  const libraryOf = once.flatMap((pairs, library) => pairs.map(() => library));
  let at = 0;
  return once.map((pairs, library) => {
    const kept = pairs.filter(() => libraryOf[groups[at++] ?? 0] === library);
    const before = libraries[library]?.length ?? 0;
    return { pairs: kept, sameTests: before - pairs.length, nearTests: pairs.length - kept.length };
  });
}
