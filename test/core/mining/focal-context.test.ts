import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { FOCAL_CONTEXT_LEVELS, focalContextOf, renderFocalContext } from '../../../core/mining/focal-context.ts';
import type { FocalContext } from '../../../core/mining/test-pair.ts';

const parser = await JavaParser.create();

function contextOf(source: string, method: string): FocalContext {
  return withJavaTree(parser, source, (tree) => {
    const type = readCompilationUnit(tree).types[0];
    const found = type && [...type.methods, ...type.constructors].find((one) => one.name === method);
    if (type === undefined || found === undefined) {
      throw new Error(`The source has no method ${method}.`);
    }
    return focalContextOf(source, type, found, []);
  });
}

test('every level, as in the golden file', async () => {
  const source = readFileSync(new URL('golden/Shelf.java', import.meta.url), 'utf8');
  const context = contextOf(source, 'take');
  const levels = FOCAL_CONTEXT_LEVELS.map((level) => `// ${level}\n${renderFocalContext(context, level)}\n`).join('\n');
  await expect(levels).toMatchFileSnapshot('golden/Shelf.levels.txt');
});

function check(source: string, method: string, expected: Partial<FocalContext>): void {
  expect(contextOf(source, method)).toMatchObject(expected);
}

test("an interface's methods and constants are public", () => {
  check('interface A { int X = 1; void a(); default void b() {} private void c() {} }', 'b', {
    classDeclaration: 'interface A',
    methods: ['void a()'],
    fields: ['int X'],
  });
});

test("an enum's constants are its fields", () => {
  check('public enum A { ONE(1), TWO(2) { }; public final int n; A(int n) { this.n = n; } void b() {} }', 'b', {
    classDeclaration: 'public enum A',
    constructors: ['A(int n)'],
    fields: ['ONE', 'TWO', 'public final int n'],
  });
});

test('a focal constructor is not among the other constructors', () => {
  check('class A { A() {} A(int n) {} public void b() {} }', 'A', {
    method: 'A() {}',
    constructors: ['A(int n)'],
    methods: ['public void b()'],
  });
});

test('annotations and Javadoc stay with the method only', () => {
  check(
    '/** Doc. */ @Deprecated public class A<T> { /** Doc. */ @Override\n  public String b() { return ""; } @Deprecated public void c() throws Error {} }',
    'b',
    {
      method: '@Override\n  public String b() { return ""; }',
      classDeclaration: 'public class A<T>',
      methods: ['public void c() throws Error'],
    },
  );
});

test('of a giant member list the members nearest to the focal method are kept', () => {
  const before = Array.from({ length: 500 }, (_, index) => `public void before${index}() {}`);
  const after = Array.from({ length: 500 }, (_, index) => `public void after${index}() {}`);
  const { methods } = contextOf(`class A { ${before.join(' ')} void focal() {} ${after.join(' ')} }`, 'focal');
  expect(methods.join('').length).toBeLessThanOrEqual(6_000);
  expect(methods.length).toBeGreaterThan(200);
  expect(methods).toContain('public void before499()');
  expect(methods).toContain('public void after0()');
  expect(methods).not.toContain('public void before0()');
});
