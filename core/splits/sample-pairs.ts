import { createHash } from 'node:crypto';
import type { TestPair } from '../mining/test-pair.ts';

/**
 * At most this many pairs, in the corpus's order: whole focal classes as far as they fit, so that what is left is like a smaller
 * repository and not like a thinned one. Classes follow hashes of their names, so the same corpus gives the same sample.
 */
export function samplePairs(pairs: readonly TestPair[], most: number): readonly TestPair[] {
  if (pairs.length <= most) return pairs;
  const sizes = new Map<string, number>();
  for (const pair of pairs) sizes.set(classOf(pair), (sizes.get(classOf(pair)) ?? 0) + 1);
  const ranked = [...sizes].sort(([one], [two]) => (rankOf(one) < rankOf(two) ? -1 : 1));
  const kept = new Set<string>();
  let left = most;
  for (const [name, size] of ranked) {
    if (size > left) continue;
    kept.add(name);
    left -= size;
  }
  return pairs.filter((pair) => kept.has(classOf(pair)));
}

const classOf = ({ focalFile, focalClass }: TestPair) => `${focalFile}#${focalClass}`;
const rankOf = (name: string) => createHash('sha256').update(name).digest('hex');
