import { expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { mostCandidateTokens } from '../../../core/model-input/most-candidate-tokens.ts';

function check(lengths: readonly number[], expected: number): void {
  expect(mostCandidateTokens(lengths.map((length) => ({ testSource: 'x'.repeat(length) }) as TestPair))).toBe(expected);
}

test("the server's limit without tests", () => check([], 0));
test('room for the longest test', () => check([100, 500, 250], 200));
test('never less than a short test needs', () => check([10], 64));
test('one outlier in a hundred does not count', () => check([...new Array(99).fill(300), 9_000], 120));
test('two do', () => check([...new Array(98).fill(300), 9_000, 9_000], 3_600));
