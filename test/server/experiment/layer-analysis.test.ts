import { afterAll, beforeAll, expect, it } from 'vitest';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { probedMethods } from '../../../server/experiment/layer-analysis.ts';
import { makePair } from '../../core/splits/make-pair.ts';

let parser: JavaParser;
beforeAll(async () => {
  parser = await JavaParser.create();
});
afterAll(() => parser.delete());

/** A token a word. */
const tokenizer = { encode: (text: string) => text.split(' ').map((word) => word.length), decode: () => '' };

const pairsOf = (...methods: readonly string[]) =>
  methods.map((method, at) => {
    const pair = makePair('Shelf', `test${at}`, '');
    return { ...pair, focalContext: { ...pair.focalContext, method } };
  });

it('probes each focal method once, with its properties', () => {
  const found = probedMethods(
    parser,
    pairsOf('int a() { return 1; }', 'void b() { throw new E(); }', 'int a() { return 1; }'),
    tokenizer,
  );
  expect(found).toHaveLength(2);
  expect(found[0]).toMatchObject({ tokens: [3, 3, 1, 6, 2, 1], labels: { syntactic: 'return', semantic: 'neither' } });
  expect(found[1]?.labels.semantic).toBe('throws');
});

it('leaves out what cannot be read, and what is too short to have a state before it', () => {
  expect(probedMethods(parser, pairsOf('abstract int a();', 'not Java {', 'A(){}'), tokenizer)).toEqual([]);
});

it('takes as much as can be looked at', () => {
  const many = Array.from({ length: 450 }, (_, at) => `int a${at}() { return ${at}; }`);
  const long = `int a() { return ${Array.from({ length: 600 }, () => '1').join(' + ')}; }`;
  const found = probedMethods(parser, pairsOf(long, ...many), tokenizer);
  expect(found).toHaveLength(400);
  expect(found[0]?.tokens).toHaveLength(512);
});
