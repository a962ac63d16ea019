import { afterAll, beforeAll, expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { testedMethods } from '../../../extension/workspace/untested-methods.ts';
import { untestedMethodsIn } from '../../../extension/workspace/untested-methods-in.ts';
import { makePair } from '../../core/splits/make-pair.ts';

let parser: JavaParser;
beforeAll(async () => {
  parser = await JavaParser.create();
});
afterAll(() => parser.delete());

/** `expected`: each untested method as the source goes on at its name. `Cart.add` has a test. */
function check(source: string, expected: readonly string[], file = 'src/main/java/p/Cart.java'): void {
  const unit = withJavaTree(parser, source, readCompilationUnit);
  const found = untestedMethodsIn(file, source, unit, testedMethods([makePair('Cart', 'adds', '')]));
  expect(found.map(({ name, start }) => source.slice(start, start + name.length + 1))).toEqual(expected);
}

test('public methods without a test, at their names', () => {
  check('class Cart {\n  public void add() { }\n  public Widget get() { return null; }\n  int own() { return 1; }\n}', [
    'get(',
  ]);
  check('class Cart {\n  public <T> T $take (T t) { return t; }\n}', ['$take ']);
});

test('of nested classes too, unless they are hidden', () => {
  check('class Cart {\n  static class Line { public int add() { return 1; } }\n}', ['add(']);
  check('class Cart {\n  private static class Line { public int add() { return 1; } }\n}', []);
});

test('none in tests and in generated code', () => {
  const source = 'package p;\nclass Cart {\n  public int size() { return 1; }\n}';
  check(source, ['size(']);
  check(source, [], 'src/test/java/p/Cart.java');
  check(source, [], 'target/generated-sources/x/p/Cart.java');
  check(source.replace('public', '@Generated public'), []);
});
