import type { TestPair } from '../../core/mining/test-pair.ts';
import { seededFraction } from './seeded.ts';

/**
 * Orders the pairs of a library so that its first N are a good sample of N: as many different focal methods and classes as there are
 * before a second test of one, name-matched tests before others, and by the seed where nothing else decides.
 */
export function rankPairs(pairs: readonly TestPair[], seed: number): TestPair[] {
  const ranked = [...pairs]
    .map((pair) => ({ pair, named: isNameMatched(pair), chance: seededFraction(seed, pair.id) }))
    .sort((a, b) => Number(b.named) - Number(a.named) || a.chance - b.chance);
  const testsOfMethod = new Map<string, number>();
  const testsOfClass = new Map<string, number>();
  return ranked
    .map((entry) => {
      const { pair, named } = entry;
      // A second test that is surely of its method is worth as much as a first one that may not be.
      const ofMethod = countUp(testsOfMethod, `${classOf(pair)}#${pair.focalMethod}`) + (named ? 0 : 1);
      return { ...entry, ofMethod };
    })
    .sort((a, b) => a.ofMethod - b.ofMethod)
    .map((entry) => ({ ...entry, ofClass: countUp(testsOfClass, `${entry.ofMethod} ${classOf(entry.pair)}`) }))
    .sort((a, b) => a.ofMethod - b.ofMethod || a.ofClass - b.ofClass || a.chance - b.chance)
    .map(({ pair }) => pair);
}

/** Whether the test's name says which method it tests. */
export function isNameMatched({ evidence }: TestPair): boolean {
  return evidence.some((one) => one === 'method-name' || one === 'name-contains-call');
}

/** Names the focal class within a library. */
export const classOf = ({ focalFile, focalClass }: TestPair) => `${focalFile}#${focalClass}`;

/** How often the key was counted before. */
function countUp(counts: Map<string, number>, key: string): number {
  const before = counts.get(key) ?? 0;
  counts.set(key, before + 1);
  return before;
}
