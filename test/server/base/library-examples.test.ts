import { expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import type { Tokenizer } from '../../../core/model-input/tokenizer.ts';
import { type ExampleOptions, libraryExamples } from '../../../server/base/library-examples.ts';
import { pairOf } from './pairs.ts';

/** A stand-in for a tokenizer: one token for each run of letters, digits or anything else. */
const tokenizer: Tokenizer = {
  encode: (text) => Array.from(text.matchAll(/\w+|\W/gu), ([piece]) => piece.length),
  decode: () => '',
};

const make = (pairs: readonly TestPair[], options: Partial<ExampleOptions> = {}) =>
  libraryExamples(pairs, {
    tokenizer,
    seed: 1,
    split: 'train',
    mostInputTokens: 512,
    teachesShownTests: true,
    mostPairs: 10,
    signal: new AbortController().signal,
    ...options,
  });

const pairs = Array.from({ length: 12 }, (_, at) => pairOf(`Class${at}`, 'size', `check(${at});`));

test('makes as many examples as the cap allows and counts the others', async () => {
  const { examples, drops } = await make(pairs);
  expect(examples).toHaveLength(10);
  expect(drops).toEqual({ 'long-test': 0, 'long-input': 0, 'over-cap': 2 });
  expect(new Set(examples.map(({ example }) => example.split))).toEqual(new Set(['train']));
});

test('drops long tests, which take no place of others', async () => {
  const long = pairOf('Long', 'size', 'check(1);'.repeat(80));
  const { examples, drops } = await make([long, ...pairs.slice(0, 3)], { mostPairs: 4 });
  expect(examples.map(({ pair }) => pair.id).sort()).toEqual(
    pairs
      .slice(0, 3)
      .map(({ id }) => id)
      .sort(),
  );
  expect(drops['long-test']).toBe(1);
});

test('drops a pair whose frame alone exceeds the budget', async () => {
  const { examples, drops } = await make(pairs.slice(0, 2), { mostInputTokens: 8 });
  expect(examples).toEqual([]);
  expect(drops['long-input']).toBe(2);
});

test('gives the same examples again', async () => {
  expect(await make([...pairs].reverse())).toEqual(await make(pairs));
});

test('stops when asked', async () => {
  await expect(make(pairs, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
});

test('teaches each shown test once, and none where the model does not predict its input', async () => {
  const spans = async (teachesShownTests: boolean) => {
    const { examples } = await make(pairs, { teachesShownTests });
    return examples.flatMap(({ example }) => example.taughtSpans ?? []);
  };
  expect((await spans(true)).length).toBeGreaterThan(0);
  expect(await spans(false)).toEqual([]);
});
