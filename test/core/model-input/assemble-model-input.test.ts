import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import {
  assembleModelInput,
  type ModelInputParts,
  USUAL_INPUT_TOKENS,
} from '../../../core/model-input/assemble-model-input.ts';
import { loadTokenizer, type Tokenizer } from '../../../core/model-input/tokenizer.ts';
import { makeTrainingExample } from '../../../core/model-input/training-example.ts';
import { home } from '../../server/support/places.ts';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadTokenizer(join(home, 'base-model', 'smollm2-135m-tests'));
});

const parts: ModelInputParts = {
  focalClass: 'Basket',
  focalMethod: 'add',
  focalContext: {
    method: `public Basket add(Item item,\n        int count) {\n${Array.from({ length: 12 }, (_, n) => `    items.add(item, count + ${n});`).join('\n')}\n    return this;\n}`,
    classDeclaration: 'public class Basket implements Iterable<Item>',
    constructors: ['public Basket()', 'public Basket(Currency currency)'],
    methods: ['public Money total()', 'public int size()'],
    fields: ['public static final int MAX = 99'],
    relatedTypes: [],
  },
  nearestTests: [
    {
      focalClass: 'Basket',
      focalMethodSource: 'public void remove(Item item) {\n    items.remove(item);\n}',
      testSource: '@Test\nvoid removes_nearest() {\n}',
    },
    {
      focalClass: 'Shelf',
      focalMethodSource: 'public void put(Item item) {\n    items.add(item);\n}',
      testSource: '@Test\nvoid puts_second() {\n}',
    },
    {
      focalClass: 'Till',
      focalMethodSource: 'public Money pay() {\n    return null;\n}',
      testSource: '@Test\nvoid pays_farthest() {\n}',
    },
  ],
};

const assembled = (budget: number, changes: Partial<ModelInputParts> = {}) => {
  const input = assembleModelInput({ ...parts, ...changes }, tokenizer, budget);
  return { text: tokenizer.decode(input.tokens), tokens: input.tokens.length, nearest: input.nearestTests.length };
};

test('tells where the nearest tests stand', () => {
  for (const budget of [2000, 400, 300]) {
    const { tokens, nearestTests } = assembleModelInput(parts, tokenizer, budget);
    expect(nearestTests.length).toBeGreaterThan(0);
    for (const { index, start, end } of nearestTests)
      expect(tokenizer.decode(tokens.slice(start, end))).toBe(parts.nearestTests[index]?.testSource);
  }
});

test('an input grows beyond the usual only to show the nearest test whole', () => {
  const statements = (count: number) =>
    Array.from({ length: count }, (_, n) => `    basket.add(item, ${n});\n`).join('');
  const nearestOf = (count: number) => ({
    ...{ focalClass: 'Basket', focalMethodSource: 'public void add(Item item) {\n}' },
    testSource: `@Test\nvoid adds() {\n${statements(count)}}`,
  });
  const whole = (count: number, mostTokens: number) => {
    const nearestTests = [nearestOf(count), nearestOf(count)];
    const input = assembleModelInput({ ...parts, nearestTests }, tokenizer, mostTokens);
    return { shown: input.nearestTests.map(({ isWhole }) => isWhole), tokens: input.tokens.length };
  };
  expect(whole(10, 1024)).toEqual(whole(10, USUAL_INPUT_TOKENS));
  expect(whole(50, USUAL_INPUT_TOKENS)).toMatchObject({ shown: [false] });
  const grown = whole(50, 1024);
  expect(grown.shown).toEqual([true]);
  expect(grown.tokens).toBeGreaterThan(USUAL_INPUT_TOKENS);
  expect(grown.tokens).toBeLessThan(1024);
  expect(whole(400, 1024)).toEqual(whole(400, USUAL_INPUT_TOKENS));
});

describe('the layout', () => {
  test('everything, farthest first, the focal method last', () => {
    const { text, nearest } = assembled(2000);
    expect(nearest).toBe(3);
    const order = [
      'pays_farthest',
      'puts_second',
      'removes_nearest',
      'class Basket',
      'Basket(Currency',
      'MAX',
      'Basket add(Item',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  test('without nearest tests it is the focal class and the cue', () => {
    const { text } = assembled(2000, {
      nearestTests: [],
      focalContext: { ...parts.focalContext, constructors: [], methods: [], fields: [] },
    });
    expect(text.startsWith('// Class under test\npublic class Basket implements Iterable<Item> {\n')).toBe(true);
    expect(text).toMatch(/add[^\n]*\n$/);
  });
});

describe('the focal class', () => {
  const withContext = (changes: Partial<ModelInputParts['focalContext']>, budget = 2000) =>
    assembled(budget, { focalContext: { ...parts.focalContext, ...changes } }).text;

  test.each([
    ['public class Basket implements Iterable<Item>', true],
    ['class Basket', true],
    ['public abstract class Basket', false],
    ['public interface Basket', false],
    ['public enum Basket', false],
    ['public record Basket(int size)', false],
  ])('%s: implied constructor %s', (classDeclaration, isShown) => {
    expect(withContext({ classDeclaration, constructors: [] }).includes('    public Basket();')).toBe(isShown);
    expect(withContext({ classDeclaration, constructors: ['Basket(int n)'] })).not.toContain('    public Basket();');
  });

  test('related types stand between the nearest tests and the class', () => {
    const text = withContext({ relatedTypes: ['class Item { Item(String); }', 'record Money(long amount) { }'] });
    expect(text).toContain(
      '}\n\n// Used types\nclass Item { Item(String); }\nrecord Money(long amount) { }\n// Class under test\n',
    );
    expect(text.indexOf('removes_nearest')).toBeLessThan(text.indexOf('// Used types'));
  });

  test('related types take no more than their share', () => {
    const line = (n: number) =>
      `class Item${n} { Item${n}(String, java.util.List<String>); static Item${n} of(String); }`;
    const text = withContext({ relatedTypes: Array.from({ length: 20 }, (_, n) => line(n)) });
    expect(text).toContain(line(0));
    expect(text).not.toContain(line(10));
    expect(text).toContain('pays_farthest');
  });
});

describe('the budget', () => {
  test.each([2000, 640, 400, 300, 250, 200, 150, 120, 100])('%i tokens are never exceeded', (budget) => {
    const { tokens, text } = assembled(budget);
    expect(tokens).toBeLessThanOrEqual(budget);
    expect(text).toContain('public Basket add(Item item,\n            int count) {');
  });

  test('the farthest test goes first, the nearest last', () => {
    const used = [400, 300, 250, 200, 150, 120].map((budget) => assembled(budget).nearest);
    expect([...used].sort((a, b) => b - a)).toEqual(used);
    expect(used[0]).toBe(3);
    const { text, nearest } = assembled(270);
    expect(nearest).toBeGreaterThan(0);
    expect(text).toContain('removes_nearest');
  });

  test('of a nearest test that is too long the end is cut off, and it is no lesson', () => {
    const statements = Array.from({ length: 40 }, (_, n) => `    basket.remove(item${n});`).join('\n');
    const testSource = `@Test\nvoid removes_many() {\n${statements}\n}`;
    const nearestTests = parts.nearestTests.map((one, at) => (at === 0 ? { ...one, testSource } : one));
    const { tokens, nearestTests: shown } = assembleModelInput({ ...parts, nearestTests }, tokenizer, 512);
    const [longest] = shown.filter(({ index }) => index === 0);
    expect(longest?.isWhole).toBe(false);
    const text = tokenizer.decode(tokens);
    expect(text).toMatch(/void removes_many\(\) \{\n {4}basket\.remove\(item0\);\n[^}]*\/\/ and so on\n\}\n\n/);
    expect(text).not.toContain('item39');
    expect(tokens.length).toBeLessThanOrEqual(512);
    // It has the whole of a larger budget.
    expect(assembleModelInput({ ...parts, nearestTests }, tokenizer, 2000).nearestTests.at(-1)?.isWhole).toBe(true);
  });

  test('the signature stays even when nothing fits', () => {
    const { text } = assembled(1);
    expect(text).toContain('public Basket add(Item item,\n            int count) {');
    expect(text).not.toContain('items.add(item, count + 0)');
  });

  test('a giant body is cut at the end of a line', () => {
    const { text } = assembled(160);
    expect(text).toContain('items.add(item, count + 0);');
    expect(text).not.toContain('items.add(item, count + 11);');
  });

  test('a larger input is never a worse one', () => {
    let before = 0;
    for (let budget = 60; budget < 700; budget += 20) {
      const { tokens } = assembled(budget);
      expect(tokens).toBeGreaterThanOrEqual(before - 40);
      before = tokens;
    }
  });
});

test('a training example has the input of generation and the test as its target', () => {
  const pair = {
    id: 'id',
    focalClass: parts.focalClass,
    focalMethod: parts.focalMethod,
    focalContext: parts.focalContext,
    testSource: '@Test\nvoid adds() {\n    assertTrue(true);\n}\n',
  } as unknown as TestPair;
  const example = makeTrainingExample({ pair, nearest: [], split: 'train', mostInputTokens: 500 }, tokenizer);
  expect(example.source).toEqual(assembleModelInput({ ...parts, nearestTests: [] }, tokenizer, 500).tokens);
  expect(tokenizer.decode(example.target)).toBe('@Test\nvoid adds() {\n    assertTrue(true);\n}');
  const long = { ...pair, testSource: 'int a;\n'.repeat(900) };
  expect(
    makeTrainingExample({ pair: long, nearest: [], split: 'train', mostInputTokens: 500 }, tokenizer).target.length,
  ).toBe(512);
});
