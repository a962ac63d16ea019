import { afterAll, beforeAll, expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { findFocalClass } from '../../../extension/workspace/find-focal-class.ts';
import { testedMethods, untestedMethodsOf } from '../../../extension/workspace/untested-methods.ts';
import { makePair } from '../../core/splits/make-pair.ts';

let parser: JavaParser;
beforeAll(async () => {
  parser = await JavaParser.create();
});
afterAll(() => parser.delete());

/** `|` is the cursor. `expected` is the class with its methods that have no test, or what the reason says. */
function check(marked: string, expected: string | RegExp, file = 'src/main/java/p/Cart.java'): void {
  const source = marked.replace('|', '');
  const unit = withJavaTree(parser, source, readCompilationUnit);
  const found = findFocalClass(file, source, unit, marked.indexOf('|'));
  // `Cart.add` has a test.
  const tested = testedMethods([makePair('Cart', 'adds', '')]);
  const said =
    found.kind === 'class'
      ? [found.type.name, ...untestedMethodsOf(file, found.type, tested).map(({ name }) => name)].join(' ')
      : found.reason;
  if (typeof expected === 'string') expect(said).toBe(expected);
  else expect(said).toMatch(expected);
}

test('the public methods of the class at the cursor that have no test', () => {
  check('class Cart {\n  public void add() { }\n  public int si|ze() { return 0; }\n}', 'Cart size');
  check('|class Cart {\n  public void add() { }\n}', 'Cart');
});

test('of overloads one, and none that is hidden or does nothing', () => {
  check(
    'abstract class Cart {|\n  public int a() { return 0; }\n  public int a(int n) { return n; }\n  private int b() { return 0; }\n  public abstract int c();\n}',
    'Cart a',
  );
});

test('of nested classes the innermost, between classes the first', () => {
  check('class Cart {\n  public void a() { }\n  static class Line { public void b() { | } }\n}', 'Line b');
  check('import java.util.List;|\nclass Cart {\n  public void a() { }\n}\nclass Other { }', 'Cart a');
});

test('default methods of an interface', () => {
  check('interface Cart {|\n  int a();\n  default int b() { return a(); }\n}', 'Cart b');
});

test('none where there is nothing to test, and why', () => {
  check('|', /there is no class here/);
  check('class Cart {|\n  int a() { return 0; }\n}', /Cart has no public method with a body/);
  check('class Cart {\n  private static class L { public int a() { return |0; } }\n}', /L is private/);
  check('class CartTest {|\n  public void a() { }\n}', /this is a test file/, 'src/test/java/p/CartTest.java');
  check('@Generated("x") class Cart {|\n  public void a() { }\n}', /Cart is generated code/);
});
