import { beforeAll, describe, expect, it } from 'vitest';
import { JavaParser } from '../../../../core/java/java-parser.ts';
import type { CompilerError, NameMeaning } from '../../../../extension/check/compiler-error.ts';
import { repairTest } from '../../../../extension/check/repair/repair-test.ts';
import type { Placement } from '../../../../extension/placement/placement.ts';

let parser: JavaParser;
beforeAll(async () => {
  parser = await JavaParser.create();
});

interface Case {
  readonly written: string;
  /** javac's, without `compiler.err.`; without one the framework sees no test. */
  readonly code?: string;
  readonly message?: string;
  /** What the error is about: the first occurrence of this text in the test. */
  readonly at?: string;
  readonly meanings?: readonly NameMeaning[];
  readonly release?: number;
  readonly framework?: 'junit4' | 'junit5' | 'testng';
  /** Of the file; the test goes to the place of `HERE`. */
  readonly file?: string;
  /** The repaired method; `null` when nobody should guess. */
  readonly expected: string | null;
  readonly imports?: readonly string[];
}

const file =
  'package a;\n\nimport static org.junit.jupiter.api.Assertions.*;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n  HERE\n}\n';
const junit4File =
  'package a;\n\nimport static org.junit.Assert.*;\n\nimport org.junit.Test;\n\npublic class BagTest {\n  HERE\n}\n';

function place({ written, file: given, framework = 'junit5' }: Case): Placement {
  const around = given ?? (framework === 'junit4' ? junit4File : file);
  const offset = around.indexOf('HERE');
  const [before, after] = [around.slice(0, offset), around.slice(offset + 'HERE'.length)];
  return {
    file: 'src/test/java/a/BagTest.java',
    isNewFile: false,
    module: '',
    binaryClassName: 'a.BagTest',
    method: /(\w+)\s*\(\)\s*(?:throws [\w, ]+)?\{/.exec(written)?.[1] ?? '',
    libraries: { framework, assertions: 'framework', mocks: null },
    test: { offset, text: written },
    imports: [],
    text: before + written + after,
  };
}

function check(one: Case): void {
  const placement = place(one);
  const start = placement.text.indexOf(one.at ?? one.written, placement.test.offset);
  const error: CompilerError = {
    line: 1,
    code: `compiler.err.${one.code}`,
    start,
    end: start + (one.at ?? one.written).length,
    message: one.message ?? '',
    meanings: one.meanings ?? [],
  };
  const errors = one.code === undefined ? [] : [error];
  const repaired = repairTest(parser, placement, { errors, release: one.release ?? 17, isTest: true });
  expect(repaired?.source ?? null).toBe(one.expected);
  const imports = repaired?.placement.imports.flatMap(({ text }) => text.trim().split('\n')) ?? [];
  expect(imports).toEqual(one.imports ?? []);
}

describe('declaring exceptions', () => {
  const code = 'unreported.exception.need.to.catch.or.throw';
  const message = 'unreported exception java.io.IOException; must be caught or declared to be thrown';
  const at = 'run()';
  const throwing = '@Test void t() throws IOException { run(); }';
  it.each<[string, Case]>([
    [
      'imports the exception',
      { written: '@Test void t() { run(); }', expected: throwing, imports: ['import java.io.IOException;'] },
    ],
    [
      'uses an import that is there',
      {
        written: '@Test void t() { run(); }',
        file: file.replace('import org', 'import java.io.*;\nimport org'),
        expected: throwing,
      },
    ],
    [
      'writes the whole name where the simple one is taken',
      {
        written: '@Test void t() { run(); }',
        file: file.replace('HERE', 'HERE\n  static class IOException extends Exception {}'),
        expected: '@Test void t() throws java.io.IOException { run(); }',
      },
    ],
    [
      'adds to exceptions that are there',
      {
        written: '@Test void t() throws Failure { run(); }',
        expected: '@Test void t() throws Failure, IOException { run(); }',
        imports: ['import java.io.IOException;'],
      },
    ],
    ['leaves lambdas alone', { written: '@Test void t() { call(() -> run()); }', expected: null }],
    [
      'leaves inner classes alone',
      { written: '@Test void t() { new Call() { void go() { run(); } }; }', expected: null },
    ],
  ])('%s', (_, one) => check({ code, message, at, ...one }));
});

describe('importing names', () => {
  const written = '@Test void t() { new Foo(); }';
  const unknown = { code: 'cant.resolve.location', message: 'cannot find symbol symbol: class Foo', at: 'Foo' };
  const type = (name: string): NameMeaning => ({ kind: 'type', name });
  it.each<[string, Case]>([
    ['takes the one meaning', { written, meanings: [type('b.Foo')], expected: written, imports: ['import b.Foo;'] }],
    ['does not choose between two', { written, meanings: [type('b.Foo'), type('c.Foo')], expected: null }],
    ['does nothing without one', { written, expected: null }],
    [
      'does not import a second type of one name',
      {
        written,
        file: file.replace('import org', 'import c.Foo;\nimport org'),
        meanings: [type('b.Foo')],
        expected: null,
      },
    ],
    [
      'takes the larger of two equal sets of matchers',
      {
        written: '@Test void t() { check(is(1)); }',
        at: 'is',
        meanings: [
          { kind: 'member', name: 'org.hamcrest.CoreMatchers.is' },
          { kind: 'member', name: 'org.hamcrest.Matchers.is' },
        ],
        expected: '@Test void t() { check(is(1)); }',
        imports: ['import static org.hamcrest.Matchers.is;'],
      },
    ],
    [
      'does not import what is called on something',
      {
        written: '@Test void t() { bag.is(1); }',
        at: 'is',
        meanings: [{ kind: 'member', name: 'b.Foo.is' }],
        expected: null,
      },
    ],
  ])('%s', (_, one) => check({ ...unknown, ...one }));

  it('keeps the line ends of the file', () => {
    const placement = place({ written, expected: '', file: file.replaceAll('\n', '\r\n') });
    const start = placement.text.indexOf('Foo');
    const error = { line: 1, ...unknown, code: `compiler.err.${unknown.code}`, start, end: start + 3 };
    const diagnosis = { errors: [{ ...error, meanings: [type('b.Foo')] }], release: 17, isTest: true };
    const text = repairTest(parser, placement, diagnosis)?.placement.text ?? '';
    expect(text).toContain('import b.Foo;\r\nimport org.junit.jupiter.api.Test;\r\n');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('does not touch what was in the file before', () => {
    const placement = place({ written, expected: '', file: file.replace('HERE', 'Foo foo;\n  HERE') });
    const start = placement.text.indexOf('Foo');
    const error = { line: 1, ...unknown, code: `compiler.err.${unknown.code}`, start, end: start + 3, meanings: [] };
    expect(repairTest(parser, placement, { errors: [error], release: 17, isTest: true })).toBeNull();
  });

  it.each([
    ['in front of another', 'import org', (added: string) => `${added}\n`],
    ['behind another', '\n\nclass', (added: string) => `\n${added}`],
  ])('drops a wrong import that came with the test, %s', (_, where, insertion) => {
    const placed = place({ written, expected: '' });
    const added = { offset: placed.text.indexOf(where), text: insertion('import wrong.Foo;') };
    const text = placed.text.replace(where, added.text + where);
    const start = text.indexOf('wrong.Foo');
    const error = { line: 1, code: 'compiler.err.doesnt.exist', start, end: start + 9, message: '', meanings: [] };
    const placement = { ...placed, imports: [added], text };
    const repaired = repairTest(parser, placement, { errors: [error], release: 17, isTest: true });
    expect(repaired?.placement).toEqual(placed);
    expect(repaired?.changes).toEqual(['removed the import of wrong.Foo']);
  });

  it.each([
    ['in a group of its own', 'import org', 'import b.Bag;\n\n', ''],
    ['before one in use', 'import org', 'import b.Bag;\nimport b.Foo;\n', 'import b.Foo;\n'],
    ['after one in use', '\n\nclass', '\nimport b.Foo;\nimport c.Bag;', '\nimport b.Foo;'],
  ])('drops an import that a repaired test does not need any more, %s', (_, where, before, after) => {
    const placed = place({ written: '@Test void t() { new Foo(); Bag bag = mock(Bag.class); }', expected: '' });
    const text = placed.text.replace(where, before + where);
    const placement = { ...placed, imports: [{ offset: placed.text.indexOf(where), text: before }], text };
    const start = text.indexOf('mock(Bag');
    const error = { line: 1, code: 'compiler.err.prob.found.req', start, end: start + 4, message: '', meanings: [] };
    const repaired = repairTest(parser, placement, { errors: [error], release: 17, isTest: true });
    const expected = placed.text.replace(where, after + where).replace('Bag bag = mock(Bag.class); ', '');
    expect(repaired?.placement.text).toBe(expected);
  });

  it('keeps a wrong import that was there before', () => {
    const placement = place({
      written,
      expected: '',
      file: file.replace('import org', 'import wrong.Foo;\nimport org'),
    });
    const start = placement.text.indexOf('wrong.Foo');
    const error = { line: 1, code: 'compiler.err.doesnt.exist', start, end: start + 9, message: '', meanings: [] };
    expect(repairTest(parser, placement, { errors: [error], release: 17, isTest: true })).toBeNull();
  });
});

describe('the position of a message', () => {
  const code = 'cant.apply.symbols';
  const call = (text: string) => `@Test void t() { ${text} }`;
  it.each<[string, Omit<Case, 'written' | 'expected'>, string, string | null]>([
    ['is last in JUnit 5', {}, 'assertTrue("m", ok());', 'assertTrue(ok(), "m");'],
    ['is last with a delta', {}, 'assertEquals("m", 1.0, x, 0.1);', 'assertEquals(1.0, x, 0.1, "m");'],
    [
      'is a variable that javac says is text',
      { message: 'no suitable method found for assertNull(java.lang.String,java.lang.Object)' },
      'assertNull(what, x);',
      'assertNull(x, what);',
    ],
    ['is not a variable of unknown type', {}, 'assertNull(what, x);', null],
    ['is not the one value of two texts', {}, 'assertEquals("a", x, "m");', null],
    ['is no argument of another method', {}, 'check("m", x);', null],
    ['is last in TestNG', { framework: 'testng', file }, 'assertTrue("m", ok());', 'assertTrue(ok(), "m");'],
    ['is first in JUnit 4', { framework: 'junit4' }, 'assertTrue(ok(), "m");', 'assertTrue("m", ok());'],
    ['is not moved where it stands right', { framework: 'junit4' }, 'assertTrue("m", unknownThing());', null],
    [
      'follows the class that the call names',
      { file: file.replace('import org', 'import org.junit.Assert;\nimport org') },
      'Assert.assertTrue(ok(), "m");',
      'Assert.assertTrue("m", ok());',
    ],
  ])('%s', (_, given, text, expected) => {
    const at = /\w+(?=\()/.exec(text)?.[0] ?? '';
    check({ code, at, ...given, written: call(text), expected: expected === null ? null : call(expected) });
  });
});

describe('elements of @Test', () => {
  const code = 'cant.resolve.location.args';
  const unknown = (element: string, type: string) => ({
    code,
    at: element,
    message: `cannot find symbol symbol: method ${element}() location: @interface ${type}`,
  });
  const jupiter = unknown('expected', 'org.junit.jupiter.api.Test');
  it.each<[string, Case]>([
    [
      'wraps the last statement',
      {
        ...jupiter,
        written: '@Test(expected = X.class) void t() { go(); stop(); }',
        expected: '@Test void t() { go(); assertThrows(X.class, () -> stop()); }',
      },
    ],
    [
      'imports assertThrows',
      {
        ...jupiter,
        file: file.replace('Assertions.*', 'Assertions.assertTrue'),
        written: '@Test(expected = X.class) void t() { stop(); }',
        expected: '@Test void t() { assertThrows(X.class, () -> stop()); }',
        imports: ['import static org.junit.jupiter.api.Assertions.assertThrows;'],
      },
    ],
    [
      'keeps what must not be reached',
      {
        ...jupiter,
        written: '@Test(expected = X.class) void t() { stop(); fail("no"); }',
        expected: '@Test void t() { assertThrows(X.class, () -> {\n  stop(); fail("no");\n}); }',
      },
    ],
    [
      'wraps a declaration as a block',
      {
        ...jupiter,
        written: '@Test(expected = X.class) void t() { int i = stop(); }',
        expected: '@Test void t() { assertThrows(X.class, () -> {\n  int i = stop();\n}); }',
      },
    ],
    ['does not wrap nothing', { ...jupiter, written: '@Test(expected = X.class) void t() { }', expected: null }],
    [
      'does not move the lines of a text block',
      { ...jupiter, written: '@Test(expected = X.class) void t() { go("""\n a"""); }', expected: null },
    ],
    [
      'keeps a time limit',
      {
        ...unknown('timeout', 'org.junit.jupiter.api.Test'),
        written: '@Test(timeout = 50)\n  void t() { go(); }',
        expected: '@Test\n@Timeout(value = 50, unit = TimeUnit.MILLISECONDS)\nvoid t() { go(); }',
        imports: ['import java.util.concurrent.TimeUnit;', 'import org.junit.jupiter.api.Timeout;'],
      },
    ],
    [
      'says it in the words of TestNG',
      {
        ...unknown('timeout', 'org.testng.annotations.Test'),
        written: '@Test(timeout = 50) void t() { go(); }',
        expected: '@Test(timeOut = 50) void t() { go(); }',
      },
    ],
    [
      'leaves other elements alone',
      {
        ...unknown('groups', 'org.junit.jupiter.api.Test'),
        at: 'groups',
        written: '@Test(groups = "a") void t() { go(); }',
        expected: null,
      },
    ],
  ])('%s', (_, one) => check(one));
});

describe('the shape of a test method', () => {
  const annotated = 'import org.junit.jupiter.api.Test;';
  it.each<[string, Case]>([
    [
      'gets an annotation and its import',
      {
        file: file.replace(annotated, 'import java.util.List;'),
        written: 'void t() { go(); }',
        expected: '@Test\nvoid t() { go(); }',
        imports: [annotated],
      },
    ],
    [
      'is not static, private or a function',
      {
        written: '@Test private static int t() { go(); }',
        expected: '@Test void t() { go(); }',
      },
    ],
    ['keeps a result that it returns', { written: '@Test int t() { return go(); }', expected: null }],
    [
      'is public in JUnit 4',
      {
        framework: 'junit4',
        written: '@Test protected void t() { go(); }',
        expected: '@Test public void t() { go(); }',
      },
    ],
    ['is right already', { written: '@Test void t() { go(); }', expected: null }],
    [
      'keeps static where the class is called',
      {
        code: 'non-static.cant.be.ref',
        at: 'Bag.size',
        written: '@Test static void t() { Bag.size(); }',
        expected: null,
      },
    ],
  ])('%s', (_, one) => check(one));

  it('is nothing that a method gets that checks nothing', () => {
    const placement = place({ written: 'void t() { go(); }', expected: null });
    expect(repairTest(parser, placement, { errors: [], release: 17, isTest: false })).toBeNull();
  });
});

describe('names that are taken', () => {
  it('gives the method the next free one, also in the placement', () => {
    const written = '@Test void size() { go(); }';
    const placement = place({ written, expected: '', file: file.replace('HERE', 'void size2() {}\n  HERE') });
    const start = placement.test.offset;
    const message = 'size() in a.BagTest cannot override size() in a.Base';
    const error = { line: 1, code: 'compiler.err.override.meth', start, end: start + written.length, message };
    const diagnosis = { errors: [{ ...error, meanings: [] }], release: 17, isTest: true };
    const repaired = repairTest(parser, placement, diagnosis);
    expect(repaired?.source).toBe('@Test void size3() { go(); }');
    expect(repaired?.placement.method).toBe('size3');
  });

  const body = (text: string) => `@Test void t() { ${text} }`;
  const twice = { code: 'already.defined', message: 'variable bag is already defined in method t()' };
  it.each<[string, string, string, string | null]>([
    ['assigns', 'Bag bag = one(); Bag bag = two();', 'Bag bag = two();', 'Bag bag = one(); bag = two();'],
    ['drops a declaration alone', 'Bag bag = one(); Bag bag; go();', 'Bag bag;', 'Bag bag = one(); go();'],
    ['does not assign another type', 'Bag bag = one(); Box bag = two();', 'Box bag = two();', null],
    ['does not assign what is final', 'final Bag bag = one(); Bag bag = two();', 'Bag bag = two();', null],
    [
      'knows the type of var where an object is made',
      'var bag = new Bag(); var bag = new Bag();',
      'var bag = new Bag();',
      'var bag = new Bag(); bag = new Bag();',
    ],
    ['leaves the parameters of lambdas alone', 'Bag bag = one(); Bag c = two(); Bag c = bag -> 1;', 'bag -> 1;', null],
    ['does not know it elsewhere', 'var bag = one(); var bag = two();', 'var bag = two();', null],
    [
      'drops the same mock',
      'Bag bag = mock(Bag.class); Bag bag = mock(Bag.class); go(bag);',
      'Bag bag = mock(Bag.class); go',
      'Bag bag = mock(Bag.class); go(bag);',
    ],
    [
      'keeps a mock that comes after a use',
      'Bag bag = mock(Bag.class); go(bag); Bag bag = mock(Bag.class); stop(bag);',
      'Bag bag = mock(Bag.class); stop',
      'Bag bag = mock(Bag.class); go(bag); bag = mock(Bag.class); stop(bag);',
    ],
  ])('%s', (_, written, at, expected) => {
    const placement = place({ written: body(written), expected: '' });
    const start = placement.text.lastIndexOf(at);
    const end = placement.text.indexOf(';', start) + 1;
    const error = { line: 1, ...twice, code: 'compiler.err.already.defined', start, end, meanings: [] };
    const repaired = repairTest(parser, placement, { errors: [error], release: 17, isTest: true });
    expect(repaired?.source ?? null).toBe(expected === null ? null : body(expected));
  });

  const unknownType = { code: 'cant.resolve.location', message: 'cannot find symbol symbol: class Clerk', at: 'Clerk' };
  it.each<[string, string, string | null]>([
    ['drops an unused mock', 'Clerk clerk = mock(Clerk.class); go();', 'go();'],
    ['keeps a mock in use', 'Clerk clerk = mock(Clerk.class); go(clerk);', null],
    ['keeps a spy of something that is called', 'Clerk clerk = spy(go()); stop();', null],
    ['keeps what is no mock', 'Clerk clerk = hire(Clerk.class); go();', null],
  ])('%s', (_, written, expected) =>
    check({ ...unknownType, written: body(written), expected: expected === null ? null : body(expected) }),
  );
});

describe('types', () => {
  const body = (text: string) => `@Test void t() { ${text} }`;
  const cannot = (from: string, to: string) => `incompatible types: ${from} cannot be converted to ${to}`;
  const lossy = (from: string, to: string) => `incompatible types: possible lossy conversion from ${from} to ${to}`;
  const string = 'java.lang.String';
  it.each<[string, string, string, string, string | null, (readonly string[])?, number?]>([
    ['a variable', cannot('int', string), 'String n = go();', 'go()', 'var n = go();'],
    ['a variable that is too small', lossy('long', 'int'), 'final int n = go();', 'go()', 'final var n = go();'],
    [
      'a variable, before Java 10',
      cannot('java.util.List<b.Foo>', string),
      'String n = go();',
      'go()',
      'List<Foo> n = go();',
      ['import b.Foo;', 'import java.util.List;'],
      8,
    ],
    [
      'nothing that cannot be written, before Java 10',
      cannot('java.util.List<capture#1 of ?>', string),
      'String n = go();',
      'go()',
      null,
      [],
      8,
    ],
    ['no argument', cannot('int', string), 'stop(go());', 'go()', null],
    ['no field of several', cannot('int', string), 'String a = "", n = go();', 'go()', null],
    ['no text by a number', cannot('int', string), 'String n = 1;', '1', null],
    ['a long', cannot('int', 'java.lang.Long'), 'stop(1_000);', '1_000', 'stop(1000L);'],
    ['a negative long', cannot('int', 'java.lang.Long'), 'stop(-1);', '-1', 'stop(-1L);'],
    ['an int', lossy('long', 'int'), 'stop(7L);', '7L', 'stop(7);'],
    ['no int that is too small for it', lossy('long', 'int'), 'stop(3000000000L);', '3000000000L', null],
    ['a float', lossy('double', 'float'), 'stop(1.5);', '1.5', 'stop(1.5f);'],
    ['no float that would be another number', lossy('double', 'float'), 'stop(0.1);', '0.1', null],
    ['a Double', cannot('int', 'java.lang.Double'), 'stop(2);', '2', 'stop(2.0);'],
    [
      'a BigInteger',
      cannot('int', 'java.math.BigInteger'),
      'stop(2);',
      '2',
      'stop(BigInteger.valueOf(2));',
      ['import java.math.BigInteger;'],
    ],
    [
      'a BigDecimal with the scale that is written',
      cannot('double', 'java.math.BigDecimal'),
      'stop(1.50);',
      '1.50',
      'stop(new BigDecimal("1.50"));',
      ['import java.math.BigDecimal;'],
    ],
    ['no short, which would need a cast', lossy('int', 'short'), 'stop(1);', '1', null],
    ['a char', cannot(string, 'char'), 'stop("a");', '"a"', "stop('a');"],
    ['no char of two', cannot(string, 'char'), 'stop("ab");', '"ab"', null],
    ['text', cannot('char', string), "stop('a');", "'a'", 'stop("a");'],
  ])('%s', (_, message, written, at, expected, imports = [], release = 17) =>
    check({
      code: 'prob.found.req',
      message,
      at,
      release,
      imports,
      written: body(written),
      expected: expected === null ? null : body(expected),
    }),
  );

  it.each<[string, string, string | null]>([
    ['boxes a type argument', 'Map<String, int> m = go();', 'Map<String, Integer> m = go();'],
    ['boxes nothing else', 'int.go();', null],
  ])('%s', (_, written, expected) =>
    check({
      code: 'type.found.req',
      message: 'unexpected type required: reference found: int',
      at: 'int',
      written: body(written),
      expected: expected === null ? null : body(expected),
    }),
  );

  const ambiguous =
    'reference to assertEquals is ambiguous both method assertEquals(long,long) in org.junit.Assert and method assertEquals(java.lang.Object,java.lang.Object) in org.junit.Assert match';
  it.each<[string, string, string | null]>([
    ['unboxes what is compared with a number', 'assertEquals(1, go());', 'assertEquals(1, go().longValue());'],
    ['does not know which of two', 'assertEquals(one, go());', null],
    ['does not touch a sum', 'assertEquals(1, a + b);', null],
  ])('%s', (_, written, expected) =>
    check({
      code: 'ref.ambiguous',
      message: ambiguous,
      at: 'assertEquals',
      framework: 'junit4',
      written: body(written).replace('void', 'public void'),
      expected: expected === null ? null : body(expected).replace('void', 'public void'),
    }),
  );
});
