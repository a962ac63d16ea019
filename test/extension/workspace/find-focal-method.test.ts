import { afterAll, beforeAll, expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { findFocalMethod } from '../../../extension/workspace/find-focal-method.ts';

let parser: JavaParser;
beforeAll(async () => {
  parser = await JavaParser.create();
});
afterAll(() => parser.delete());

/** `|` is the cursor. `expected` is `Class.method`, or what the reason says. */
function check(marked: string, expected: string | RegExp, file = 'src/main/java/shop/Cart.java'): void {
  const source = marked.replace('|', '');
  const unit = withJavaTree(parser, source, readCompilationUnit);
  const found = findFocalMethod(file, source, unit, marked.indexOf('|'));
  const said = found.kind === 'method' ? `${found.focal.focalClass}.${found.focal.focalMethod}` : found.reason;
  if (typeof expected === 'string') expect(said).toBe(expected);
  else expect(said).toMatch(expected);
}

test('a method, wherever the cursor is in it', () => {
  check('class Cart {\n  int si|ze() { return 0; }\n}', 'Cart.size');
  check('class Cart {\n  |@Deprecated\n  int size() { return 0; }\n}', 'Cart.size');
  check('class Cart {\n  int size() { return 0; }|\n}', 'Cart.size');
});

test('of two methods the one around the cursor', () => {
  check('class Cart {\n  int a() { return 0; }\n  int b() { return |1; }\n}', 'Cart.b');
});

test('of a nested class, and a constructor', () => {
  check('class Cart {\n  static class Line {\n    int price() { return |1; }\n  }\n}', 'Line.price');
  check('class Cart {\n  public Cart(int |size) { }\n}', 'Cart.Cart');
});

test('with other code broken', () => {
  check('class Cart {\n  int broken( { ;\n  int size() { return |0; }\n}', 'Cart.size');
});

test('none between methods, and none without a body', () => {
  check('class Cart {\n  int a;|\n}', /no method here/);
  check('interface Cart {\n  int si|ze();\n}', /has no body/);
  check('abstract class Cart {\n  abstract int si|ze();\n}', /has no body/);
});

test('none that a test cannot reach', () => {
  check(
    'class Cart {\n  private int si|ze() { return 0; }\n}',
    /is private: generate a test for a method that calls it/,
  );
  check('class Cart {\n  private static class L {\n    int a() { return |0; }\n  }\n}', /L is private/);
});

test('none in a test file', () => {
  check('class CartTest {\n  void si|ze() { }\n}', /this is a test file/, 'src/test/java/shop/CartTest.java');
});
