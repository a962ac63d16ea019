import { describe, expect, test, vi } from 'vitest';
import { mapTestFiles } from '../../../core/mining/methods2test/map-test-files.ts';
import { inShort, recordsOf, type Sources, withWorkspace } from './java-workspace.ts';

// The machine may be busy with other suites.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('test file to focal file', () => {
  const check = (
    tests: readonly string[],
    others: readonly string[],
    expected: Readonly<Record<string, string | undefined>>,
  ): void => {
    const files = [
      ...tests.map((path) => ({ path, mentionsTest: true })),
      ...others.map((path) => ({ path, mentionsTest: false })),
    ];
    expect(Object.fromEntries(mapTestFiles(files).map(({ testFile, focalFile }) => [testFile, focalFile]))).toEqual(
      expected,
    );
  };

  test('the path with the folder exchanged and test removed', () => {
    check(['m/src/test/java/a/FooTest.java'], ['m/src/main/java/a/Foo.java'], {
      'm/src/test/java/a/FooTest.java': 'm/src/main/java/a/Foo.java',
    });
  });
  test('src at the root, which the script leaves out', () => {
    check(['src/test/java/a/TestFoo.java'], ['src/main/java/a/Foo.java'], {
      'src/test/java/a/TestFoo.java': 'src/main/java/a/Foo.java',
    });
  });
  test('test is removed everywhere, so a module named after tests is never mapped', () => {
    check(['tests/src/test/java/a/FooTest.java'], ['tests/src/main/java/a/Foo.java'], {
      'tests/src/test/java/a/FooTest.java': undefined,
    });
  });
  test('a suffix other than Test', () => {
    check(['src/test/java/a/FooTests.java'], ['src/main/java/a/Foo.java'], {
      'src/test/java/a/FooTests.java': undefined,
    });
  });
  test('a focal file that mentions @Test is none', () => {
    check(['src/test/java/a/FooTest.java', 'src/main/java/a/Foo.java'], [], {
      'src/test/java/a/FooTest.java': undefined,
      'src/main/java/a/Foo.java': undefined,
    });
  });
  test('case does not matter; of two focal files the first by path is taken', () => {
    check(['src/test/java/a/fooTest.java'], ['src/main/java/a/foo.java', 'src/main/java/a/Foo.java'], {
      'src/test/java/a/fooTest.java': 'src/main/java/a/Foo.java',
    });
  });
});

describe('test case to focal method', () => {
  const check = async (testBody: string, focal: string, expected: readonly string[]): Promise<void> => {
    const sources: Sources = {
      'src/test/java/a/FooTest.java': `package a; class FooTest { ${testBody} }`,
      'src/main/java/a/Foo.java': `package a; ${focal}`,
    };
    await withWorkspace(sources, async (workspace) => {
      expect(inShort(await recordsOf({ workspace, mode: 'methods2test', threads: 0 }))).toEqual(expected);
    });
  };
  const FOO = 'class Foo { Foo() {} void add(int n) {} void add(String s) {} void remove() {} }';

  test('name matching needs no call and takes the first overload', () =>
    check('@Test void testAdd() { other.add("x"); }', FOO, ['FooTest.testAdd -> Foo.add(int) by method-name, path']));
  test('names are compared in lower case, test removed anywhere', () =>
    check('@Test void aTestDD() {}', FOO, ['FooTest.aTestDD -> Foo.add(int) by method-name, path']));
  test('a constructor is matched by name', () =>
    check('@Test void testFoo() {}', FOO, ['FooTest.testFoo -> Foo.Foo() by method-name, path']));
  test('one method called, on whatever receiver', () =>
    check('@Test void works() { list.remove(); list.remove(); }', FOO, [
      'FooTest.works -> Foo.remove() by unique-call, path',
    ]));
  test('two methods called', () =>
    check('@Test void works() { a.remove(); a.add(1); }', FOO, ['FooTest.works: ambiguous-focal-method']));
  test('none called', () => check('@Test void works() { new Foo(); }', FOO, ['FooTest.works: no-focal-method']));
  test('any annotation that begins with @Test makes a test', () =>
    check('@TestFactory void testAdd() {} @ParameterizedTest void testRemove() {}', FOO, [
      'FooTest.testAdd -> Foo.add(int) by method-name, path',
    ]));
  test('methods of every top-level class of the focal file count', () =>
    check('@Test void testRun() {}', 'class Foo {} class Other { void run() {} }', [
      'FooTest.testRun -> Other.run() by method-name, path',
    ]));
  test('methods of interfaces and enums do not', () =>
    check('@Test void testRun() {}', 'class Foo {} enum Other { A; void run() {} }', [
      'FooTest.testRun: no-focal-method',
    ]));
  test('nested test classes are not seen', () =>
    check('@Test void testAdd() {} @Nested class In { @Test void testRemove() {} }', FOO, [
      'FooTest.testAdd -> Foo.add(int) by method-name, path',
    ]));
  test('a focal method without a body counts', () =>
    check('@Test void testRun() {}', 'abstract class Foo { abstract void run(); }', [
      'FooTest.testRun -> Foo.run() by method-name, path',
    ]));
  test('byte columns are taken for character columns on lines that are not ASCII', () =>
    check('@Test void /* éé */ testAdd() {}', FOO, ['FooTest.testAdd: no-focal-method']));
  test('a line that is not ASCII before the name does no harm', () =>
    check('/* éé */\n@Test void testAdd() {}', FOO, ['FooTest.testAdd -> Foo.add(int) by method-name, path']));
});

test('a file that is not UTF-8 is read by nobody', async () => {
  const sources: Sources = {
    'src/test/java/a/FooTest.java': Buffer.from(
      'package a; class FooTest { /* \xe9 */ @Test void testAdd() {} }',
      'latin1',
    ),
    'src/test/java/a/BarTest.java': 'package a; class BarTest { @Test void testAdd() {} }',
    'src/main/java/a/Foo.java': 'package a; class Foo { void add() {} }',
  };
  await withWorkspace(sources, async (workspace) => {
    expect(inShort(await recordsOf({ workspace, mode: 'methods2test', threads: 0 }))).toEqual([
      'src/test/java/a/FooTest.java: not-utf-8',
      'BarTest.testAdd: no-focal-class',
    ]);
  });
});
