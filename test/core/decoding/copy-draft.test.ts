import { expect, test } from 'vitest';
import { copyDraft } from '../../../core/decoding/copy-draft.ts';

function check(tokens: readonly number[], expected: readonly number[], most = 3) {
  expect(copyDraft(tokens, most)).toEqual(expected);
}

test('what followed the same tokens before follows again', () => check([1, 2, 3, 4, 5, 9, 1, 2], [3, 4, 5]));
test('the longest agreement decides', () => check([7, 1, 2, 3, 8, 1, 2, 4, 7, 1, 2], [3, 8, 1]));
test('of equally long agreements the latest decides', () => check([1, 2, 3, 9, 1, 2, 4, 9, 9, 1, 2], [4, 9, 9]));
test('a guess goes one token further than the agreement', () => {
  check([1, 2, 3, 9, 2], [3, 9]);
  check([1, 2, 3, 4, 5, 9, 1, 2], [3, 4, 5], 9);
});
test('nothing is guessed for what was never there', () => check([1, 2, 3, 4], []));
test('a text that repeats itself goes on', () => check([5, 5, 5, 5], [5]));
test('a guess has at most so many tokens', () => check([1, 2, 3, 4, 5, 9, 1, 2], [3], 1));
test('an empty text has no end', () => check([], []));
