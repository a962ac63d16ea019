import { describe, expect, test } from 'vitest';
import { methodScanStart, scanMethod } from '../../../core/decoding/balanced-method.ts';

// The text after the method's closing brace is marked by ¦; without the mark the method is not complete.

const cases: [string, string][] = [
  ['an empty method', 'void a() {}¦\n\nvoid b() {}'],
  ['nested blocks', '@Test\nvoid a() {\n    if (b) { c(); } else { d(); }\n}¦\n'],
  ['a lambda', 'void a() {\n    assertThrows(X.class, () -> { b(); });\n}¦ more'],
  ['an annotation with an array', '@ValueSource(ints = {1, 2, 3})\nvoid a(int b) {\n    c(b);\n}¦'],
  ['annotations with nested arrays', '@A({@B({"x"}), @B({})})\n@C(d = {}) void a() { }¦}'],
  ['an array initializer in the body', 'void a() { int[] b = {1, 2}; }¦'],
  ['an anonymous class', 'void a() { new B() { void c() { } }; }¦ }'],
  ['braces in a string', 'void a() { b("}{}"); }¦'],
  ['an escaped quote', 'void a() { b("\\"}"); }¦'],
  ['an escaped backslash', 'void a() { b("\\\\"); }¦ }'],
  ['an empty string', 'void a() { b(""); }¦ }'],
  ['two empty strings', 'void a() { b("", ""); }¦ }'],
  ['a brace as a character', "void a() { b('}', '{', '\\'', '\"'); }¦"],
  ['a line comment', 'void a() { // } " \' {\n}¦'],
  ['a block comment', 'void a() { /* } * / " */ }¦'],
  ['a comment of stars', 'void a() { /***/ }¦ }'],
  ['a division', 'void a() { b = c / d / e; }¦'],
  ['a text block', 'void a() { b("""\n  } " "" {\n  """); }¦'],
  ['a text block with escaped quotes', 'void a() { b("""\n  \\""" } """); }¦'],
  ['a comment before the method', '// a { brace\n/* { */ void a() { }¦'],
  ['a stray closing brace before', '}\nvoid a() { }¦'],
  ['a string that never ends', 'void a() {\n    b("oops);\n}¦'],
  ['a character that never ends', "void a() {\n    b('oops);\n}¦"],
  ['no body yet', 'void a()'],
  ['an open body', 'void a() { if (b) { c(); }'],
  ['an open string', 'void a() { b("}'],
  ['an open text block', 'void a() { b("""\n}'],
  ['an open comment', 'void a() { /* }'],
  ['nothing', ''],
];

function check(marked: string, pieces: (text: string) => string[]): void {
  const text = marked.replace('¦', '');
  const end = marked.indexOf('¦');
  let scan = methodScanStart;
  let used = 0;
  for (const piece of pieces(text)) {
    const result = scanMethod(scan, piece);
    scan = result.scan;
    used += result.used;
    if (scan.complete) break;
  }
  expect({ complete: scan.complete, used }).toEqual({ complete: end >= 0, used: end >= 0 ? end : text.length });
}

describe.each([
  ['at once', (text: string) => [text]],
  ['by character', (text: string) => [...text]],
  ['by three', (text: string) => text.match(/[\s\S]{1,3}/gu) ?? []],
] as const)('%s', (_name, pieces) => {
  test.each(cases)('%s', (_case, marked) => check(marked, pieces));
});
