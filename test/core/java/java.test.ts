import { expect, test } from 'vitest';
import { identifiersOf } from '../../../core/java/identifiers.ts';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { moveOffsets } from '../../../core/java/move-offsets.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { decodeSource } from '../../../core/java/source-text.ts';
import { syntaxErrorsOf } from '../../../core/java/syntax-errors.ts';
import { withoutBodies } from '../../../core/java/without-bodies.ts';

const parser = await JavaParser.create();

const SOURCE = `
package a.b;
import static org.junit.Assert.*;
import java.util.List;

/** Doc {@code @Test}. */
@SuppressWarnings("x") public abstract class Foo<T extends Comparable<T>, U> extends Base<T> implements One, Two<U> {
  @Deprecated private static final int A = 1, B[] = {};
  protected Foo(final @Nullable String name) { super(name); }
  @Test(expected = Error.class)
  public <X> List<X> bar(int[] a, List<? extends X>... rest) throws Exception { return null; }
  abstract void baz();
  enum Color { RED(1) { void x() {} }, GREEN; void y() {} }
  record Point(int x, int y) { Point { } }
  @interface Mark { int value() default 1; }
  interface In { int K = 1; }
}
`;

test('a compilation unit', () => {
  const unit = withJavaTree(parser, SOURCE, readCompilationUnit);
  expect(unit.package).toBe('a.b');
  expect(SOURCE.slice(0, unit.packageEnd)).toBe('\npackage a.b;');
  expect(unit.imports).toMatchObject([
    { name: 'org.junit.Assert', isStatic: true, isOnDemand: true },
    { name: 'java.util.List', isStatic: false, isOnDemand: false },
  ]);
  const [foo] = unit.types;
  expect(foo).toMatchObject({
    kind: 'class',
    name: 'Foo',
    modifiers: ['public', 'abstract'],
    annotations: [{ name: 'SuppressWarnings', arguments: '("x")' }],
    typeParameters: ['T', 'U'],
    superclass: 'Base<T>',
    interfaces: ['One', 'Two<U>'],
    constructors: [
      { name: 'Foo', isConstructor: true, parameters: [{ name: 'name', type: 'String', isVariableArity: false }] },
    ],
    methods: [
      {
        name: 'bar',
        annotations: [{ name: 'Test', arguments: '(expected = Error.class)' }],
        typeParameters: ['X'],
        returnType: 'List<X>',
        parameters: [
          { name: 'a', type: 'int[]', isVariableArity: false },
          { name: 'rest', type: 'List<? extends X>', isVariableArity: true },
        ],
      },
      { name: 'baz', bodyStart: -1 },
    ],
    fields: [{ names: ['A', 'B'], type: 'int', modifiers: ['private', 'static', 'final'] }],
    types: [
      { kind: 'enum', name: 'Color', enumConstants: ['RED', 'GREEN'], methods: [{ name: 'y' }] },
      { kind: 'record', name: 'Point', components: [{ name: 'x' }, { name: 'y' }], constructors: [{ name: 'Point' }] },
      { kind: 'annotation', name: 'Mark' },
      { kind: 'interface', name: 'In', fields: [{ names: ['K'] }] },
    ],
  });
  const bar = foo?.methods[0];
  expect(SOURCE.slice(bar?.start, bar?.end)).toMatch(/^@Test.*return null; }$/s);
  expect(SOURCE.slice(bar?.signatureStart, bar?.bodyStart)).toBe(
    'public <X> List<X> bar(int[] a, List<? extends X>... rest) throws Exception ',
  );
  expect(SOURCE.slice(foo?.signatureStart, foo?.bodyStart)).toMatch(/^public abstract class Foo.*Two<U> $/);
  expect(SOURCE.slice(foo?.bodyStart, foo?.bodyEnd)).toMatch(/^\{.*\}$/s);
});

test('positions count UTF-16 units, whatever the text', () => {
  const source = '/* 😀é */ class Ä { void ö() {} }';
  const method = withJavaTree(parser, source, readCompilationUnit).types[0]?.methods[0];
  expect(source.slice(method?.start, method?.end)).toBe('void ö() {}');
});

test.each([
  ['class A { void b() { int x = 1; } }', []],
  ['class A { void b() { int x = 1 } }', [{ start: 30, end: 30, missing: ';' }]],
  ['class A { void b() { foo(; } }', [{ start: 25, end: 25 }]],
])('syntax errors of %s', (source, expected) => {
  const errors = withJavaTree(parser, source, (tree) => syntaxErrorsOf(tree));
  expect(errors.length > 0).toBe(expected.length > 0);
  if (expected[0] !== undefined && 'missing' in expected[0]) {
    expect(errors).toEqual(expected);
  }
});

test.each([
  ['class A { int f() { return 1; } }', 'class A { int f() {} }'],
  ['class A { class B { void c() { if (d) { } } } }', 'class A { class B { void c() {} } }'],
  ['enum E { A { int b() { } }, C; E() { x(); } }', 'enum E { A {}, C; E() {} }'],
  ['record R(int a) { R { b(); } }', 'record R(int a) { R {} }'],
  [
    'interface I { Foo record(int a); default int b() { return 1; } }',
    'interface I { Foo record(int a); default int b() {} }',
  ],
  [
    'class A { int[] a = {1, 2}; Runnable r = () -> { go(); }; static { b(); } }',
    'class A { int[] a = {}; Runnable r = () -> {}; static {} }',
  ],
  ['class A { @B({C.class, D.class}) void e() { f(); } }', 'class A { @B({C.class, D.class}) void e() {} }'],
  [
    '/** This class is } odd. */ class A { /* enum { */ void b() { c("}"); } // }\n }',
    '/**/ class A { /**/ void b() {} //\n }',
  ],
  ["class A { void b() { c('}', '\\''); } }", 'class A { void b() {} }'],
  [
    'class A { String s = """\n } \\""" { """; void b() { c(); } }',
    'class A { String s = """\n } \\""" { """; void b() {} }',
  ],
  ['class A { void b() { ', undefined],
  ['class A { } }', undefined],
])('leaves out the bodies of %s', (source, expected) => {
  const skeleton = withoutBodies(source);
  expect(skeleton?.text).toBe(expected);
  if (skeleton !== undefined) {
    const whole = withJavaTree(parser, source, readCompilationUnit);
    const fromSkeleton = withJavaTree(parser, skeleton.text, readCompilationUnit);
    expect(moveOffsets(fromSkeleton, skeleton.toSource)).toEqual(whole);
  }
});

test('identifiers in source order', () => {
  const source = 'class Foo { Bar b = new Bar("no"); /* nor this */ int c() { return b.size() + 1; } }';
  expect(withJavaTree(parser, source, identifiersOf)).toEqual(['Foo', 'Bar', 'b', 'Bar', 'c', 'b', 'size']);
});

test.each([
  ['UTF-8', Buffer.from('é'), { text: 'é', isUtf8: true }],
  ['ISO 8859-1', Buffer.from([0xe9]), { text: 'é', isUtf8: false }],
  ['a byte-order mark', Buffer.from('\ufeffa'), { text: 'a', isUtf8: true }],
  ['carriage returns', Buffer.from('a\r\nb\rc\n'), { text: 'a\nb\nc\n', isUtf8: true }],
])('decodes %s', (_, bytes, expected) => {
  expect(decodeSource(bytes)).toEqual(expected);
});

test('gives up on a text after the deadline and can parse the next', () => {
  const slow = JavaParser.create();
  return slow.then((own) => {
    expect(own.parse('{ class '.repeat(200_000), { deadlineMs: 0 })).toBeNull();
    const tree = own.parse('class A {}');
    expect(tree?.hasErrors).toBe(false);
    tree?.delete();
    own.delete();
  });
});
