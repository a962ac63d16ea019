import type { TestPair } from '../mining/test-pair.ts';

/** Java source has 3 to 4 characters a token; counting with fewer leaves room for tests full of numbers and signs. */
const FEWEST_CHARACTERS_PER_TOKEN = 2.5;
const FEWEST_TOKENS = 64;
/** One long test in a hundred does not decide how long a model may run on. */
const SHARE_OF_TESTS = 0.99;

/**
 * Most tokens that a candidate may have: what the repository's own tests need. A model that goes on beyond that has lost its way, and
 * every further token costs time. 0, the server's own limit, for a repository without tests.
 */
export function mostCandidateTokens(pairs: readonly TestPair[]): number {
  if (pairs.length === 0) return 0;
  const lengths = pairs.map(({ testSource }) => testSource.length).sort((a, b) => a - b);
  const long = lengths[Math.ceil(lengths.length * SHARE_OF_TESTS) - 1] as number;
  return Math.max(FEWEST_TOKENS, Math.ceil(long / FEWEST_CHARACTERS_PER_TOKEN));
}
