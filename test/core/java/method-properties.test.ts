import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { type MethodProperties, readMethodProperties } from '../../../core/java/method-properties.ts';

let parser: JavaParser;
beforeAll(async () => {
  parser = await JavaParser.create();
});
afterAll(() => parser.delete());

function check(source: string, expected: Partial<MethodProperties> | null): void {
  const found = readMethodProperties(parser, source);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatchObject(expected);
}

describe('properties of a method', () => {
  it.each([
    ['int a() { return 1; }', { lexical: 'up to 20', syntactic: 'return', structural: '1', semantic: 'neither' }],
    [
      '// a comment is no token, however long it may be, so that this stays short\nint a() { /* so */ return 1; }',
      { lexical: 'up to 20', syntactic: 'return' },
    ],
    [`int a() { return ${Array.from({ length: 16 }, () => '1').join(' + ')}; }`, { lexical: '21 to 40' }],
    [`int a() { return ${Array.from({ length: 30 }, () => '1').join(' + ')}; }`, { lexical: '41 to 80' }],
    [`int a() { return ${Array.from({ length: 60 }, () => '1').join(' + ')}; }`, { lexical: 'more than 80' }],
    ['void a() { int b = 1; use(b); }', { syntactic: 'declaration' }],
    ['void a() { if (b) c(); }', { syntactic: 'if', structural: '2' }],
    ['void a() { b(); }', { syntactic: 'expression' }],
    ['void a() { for (;;) b(); }', { syntactic: 'other', structural: '2' }],
    ['void a() {}', { syntactic: 'other', structural: '1' }],
    ['boolean a() { return b && c || d; }', { structural: '3 to 4' }],
    ['int a() { try { return b ? 1 : 2; } catch (E e) { return 3; } }', { structural: '3 to 4' }],
    [
      'int a(int b) { switch (b) { case 1: return 1; case 2: return 2; default: return 3; } }',
      { structural: '3 to 4' },
    ],
    ['int a() { while (b) { do { if (c) d(); } while (e); } for (F f : g) h(); }', { structural: 'more than 4' }],
    ['void a() { throw new E(); }', { semantic: 'throws' }],
    ['void a(int b) { this.b = b; }', { semantic: 'changes its object' }],
    ['void a() { count++; }', { semantic: 'changes its object' }],
    ['void a() { total += 2; }', { semantic: 'changes its object' }],
    ['void a(int b) { b = 2; int c = 0; c++; for (int d : e) d--; }', { semantic: 'neither' }],
    ['void a(Other o) { o.b = 2; }', { semantic: 'neither' }],
    ['Holder(int b) { this.b = b; }', { syntactic: 'expression', semantic: 'changes its object' }],
  ] as const)('%s', (source, expected) => check(source, expected));

  it.each(['abstract int a();', 'int b;', 'int a() { return', '', 'not Java at all {'])('are none of %j', (source) =>
    check(source, null),
  );
});
