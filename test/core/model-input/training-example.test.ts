import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadTokenizer, type Tokenizer } from '../../../core/model-input/tokenizer.ts';
import { isWritable, makeTrainingExample } from '../../../core/model-input/training-example.ts';
import { home } from '../../server/support/places.ts';
import { makePair } from '../splits/make-pair.ts';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadTokenizer(join(home, 'base-model', 'smollm2-135m-tests'));
});

const testOf = (statements: number) =>
  makePair('Adder', 'adds', `@Test\nvoid adds() {\n${'  assertEquals(3, adder.add(1, 2));\n'.repeat(statements)}}`);

describe('isWritable', () => {
  test('counts the end token', () => {
    const pair = testOf(3);
    const { length } = tokenizer.encode(pair.testSource);
    expect(isWritable(pair, tokenizer, length)).toBe(false);
    expect(isWritable(pair, tokenizer, length + 1)).toBe(true);
  });

  test('is false for a test that an example would cut', () => {
    const pair = testOf(60);
    expect(tokenizer.encode(pair.testSource).length).toBeGreaterThan(512);
    expect(isWritable(pair, tokenizer, 4096)).toBe(false);
  });
});

describe('makeTrainingExample', () => {
  test('cuts a long test', () => {
    const request = { pair: testOf(60), nearest: [], split: 'train' as const, mostInputTokens: 128 };
    expect(makeTrainingExample(request, tokenizer).target).toHaveLength(512);
  });
});
