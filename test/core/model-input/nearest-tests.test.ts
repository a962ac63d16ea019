import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { NearestTestIndex, type NearestTestQuery, queryOf } from '../../../core/model-input/nearest-tests.ts';
import { wordsOf } from '../../../core/model-input/words.ts';

describe('words', () => {
  const check = (text: string, expected: string) => expect(wordsOf(text).join(' ')).toBe(expected);
  test.each([
    ['parseHTTPHeader2', 'parse http header'],
    ['XMLHttpRequest', 'xml http request'],
    ['MAX_RETRY_COUNT', 'max retry count'],
    ['int add(int a, int b)', 'int add int int'],
    ['größeÄndern', 'größe ändern'],
    ['a1b2 $x _y', ''],
    ['', ''],
  ])('%s', check);
});

describe('nearest tests', () => {
  const pairs = [
    pair('1', 'Calculator', 'int add(int left, int right) { return left + right; }', 'addTest'),
    pair('2', 'Calculator', 'int subtract(int left, int right) { return left - right; }', 'subtractTest'),
    pair('3', 'Parser', 'Node parse(String source) { return new Node(source); }', 'parseTest'),
    pair('4', 'Parser', 'Node parse(Reader reader) { return parse(read(reader)); }', 'parseReaderTest'),
    pair('5', 'Parser', 'Node parse(String source) { return new Node(source); }', 'parseTest'),
    pair('6', 'Clock', 'long now() { return System.nanoTime(); }', 'nowTest'),
  ];
  const nearestTests = (query: NearestTestQuery, among: readonly TestPair[], count: number) =>
    new NearestTestIndex(among).nearest(query, count, new Set());
  const check = async (id: string, count: number, exclude: readonly string[], expected: readonly string[]) => {
    const query = queryOf(pairs.find((one) => one.id === id) as TestPair);
    const found = await new NearestTestIndex(pairs).nearest(query, count, new Set(exclude));
    expect(found.map((one) => one.id)).toEqual(expected);
  };

  test('a method of the same words comes first', () => check('1', 2, ['1'], ['2', '6']));
  test('the pair itself is not given back', () => check('3', 1, ['3'], ['4']));
  test('nor a pair whose test equals an excluded one', () => check('3', 5, ['3'], ['4', '6', '1', '2']));
  test('of equal tests one is given, ties in the order of ids', () => check('4', 2, ['4'], ['3', '6']));
  test('no more than asked for', () => check('2', 1, ['2'], ['1']));
  test('none where none is asked for', () => check('1', 0, ['1'], []));
  test('nothing in common gives nothing', async () => {
    const query = { focalClass: 'Zebra', focalMethodSource: 'gallop' };
    expect(await nearestTests(query, pairs, 3)).toEqual([]);
    expect(await nearestTests(query, [], 3)).toEqual([]);
  });

  test('the order of the pairs does not matter', async () => {
    const query = queryOf(pairs[3] as TestPair);
    const forward = await nearestTests(query, pairs, 6);
    const backward = await nearestTests(query, [...pairs].reverse(), 6);
    expect(backward.map((one) => one.testSource)).toEqual(forward.map((one) => one.testSource));
  });

  test('one index answers for thousands of pairs', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => {
      const word = `word${'abcdefghij'[index % 10]}${'klmnopqrst'[Math.floor(index / 10) % 10]}`;
      return pair(String(index), `Class${word}`, `void ${word}Method(int value) { use(${word}); }`, `test${index}`);
    });
    const index = new NearestTestIndex(many);
    for (const one of many.slice(0, 500)) {
      const [nearest] = await index.nearest(queryOf(one), 1, new Set([one.id]));
      expect(nearest?.focalClass).toBe(one.focalClass);
    }
  });
});

function pair(id: string, focalClass: string, method: string, testName: string): TestPair {
  return {
    id,
    testFile: `src/test/java/${focalClass}Test.java`,
    testClass: `${focalClass}Test`,
    testMethod: testName,
    focalFile: `src/main/java/${focalClass}.java`,
    focalClass,
    focalMethod: 'method',
    confidence: 1,
    evidence: [],
    focalContext: {
      method,
      classDeclaration: `class ${focalClass}`,
      constructors: [],
      methods: [],
      fields: [],
      relatedTypes: [],
    },
    testSource: `@Test\nvoid ${testName}() { /* ${createHash('md5').update(testName).digest('hex')} */ }`,
  };
}
