import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { canonicalPairLine, parsePairLine } from '../../../core/corpus/canonical-pair.ts';
import { MAX_CHUNK_BYTES, makeChunk, parseChunk } from '../../../core/corpus/chunk.ts';
import { corpusSha256, makeCorpus } from '../../../core/corpus/corpus.ts';
import { distinctPairs, makePair } from '../splits/make-pair.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('canonicalPairLine', () => {
  test('has a fixed order of keys, whatever the order of the input', () => {
    const pair = makePair('Foo', 'adds', 'void adds() {}');
    const reversed = Object.fromEntries(Object.entries(pair).reverse()) as unknown as typeof pair;
    expect(canonicalPairLine(reversed)).toBe(canonicalPairLine(pair));
    expect(canonicalPairLine(pair)).toMatch(
      /^\{"id":"[0-9a-f]{64}","testFile":"src\/test\/java\/p\/FooTest.java","testClass"/,
    );
  });
  test('comes back as it was', () => {
    const pair = makePair('Föö', 'adds', 'void adds() { "\t\u2028😀\\"; }');
    expect(parsePairLine(canonicalPairLine(pair))).toEqual(pair);
  });
  test('replaces half of a surrogate pair, which the wire cannot carry', () => {
    const line = canonicalPairLine(makePair('Foo', 'adds', 'a\ud83db'));
    expect(parsePairLine(line).testSource).toBe('a\ufffdb');
  });
});

describe('makeChunk', () => {
  test('is JSON Lines with its hash', () => {
    const chunk = makeChunk(distinctPairs(1, 3));
    const text = chunk.jsonLines.toString('utf8');
    expect(text.split('\n')).toHaveLength(4);
    expect(text.endsWith('\n')).toBe(true);
    expect(chunk.sha256).toBe(sha256(text));
    expect(parseChunk(chunk.jsonLines)).toEqual(chunk.pairs);
  });
});

describe('makeCorpus', () => {
  test('keeps every pair, in order', () => {
    const pairs = distinctPairs(50, 20);
    const corpus = makeCorpus(pairs);
    expect(corpus.chunks.flatMap((chunk) => chunk.pairs)).toEqual(pairs);
    expect(corpus.pairs).toBe(1000);
    expect(corpus.chunks.length).toBeGreaterThan(5);
    expect(corpus.chunks.length).toBeLessThan(40);
  });
  test('its hash is the hash of the lines of chunk hashes', () => {
    const corpus = makeCorpus(distinctPairs(50, 20));
    expect(corpus.sha256).toBe(sha256(corpus.chunks.map((chunk) => `${chunk.sha256}\n`).join('')));
    expect(corpusSha256([])).toBe(sha256(''));
  });
  test('one edit changes one chunk', () => {
    const pairs = distinctPairs(50, 20);
    const edited = pairs.map((pair, at) => (at === 17 ? { ...pair, confidence: 0.5 } : pair));
    const before = new Set(makeCorpus(pairs).chunks.map((chunk) => chunk.sha256));
    const fresh = makeCorpus(edited).chunks.filter((chunk) => !before.has(chunk.sha256));
    expect(fresh).toHaveLength(1);
  });
  test('no chunk is larger than 1 MiB, and a pair that is alone too large is named', () => {
    const small = Array.from({ length: 40 }, (_, at) => makePair('Foo', `t${at}`, `x${'é'.repeat(50_000)}${at}`));
    const huge = makePair('Foo', 'huge', 'y'.repeat(MAX_CHUNK_BYTES));
    const corpus = makeCorpus([...small.slice(0, 20), huge, ...small.slice(20)]);
    expect(corpus.tooLargePairIds).toEqual([huge.id]);
    expect(corpus.pairs).toBe(40);
    expect(Math.max(...corpus.chunks.map((chunk) => chunk.jsonLines.length))).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
  });
  test('no pairs make no chunk', () => expect(makeCorpus([])).toMatchObject({ chunks: [], pairs: 0 }));
});
