import { describe, expect, test, vi } from 'vitest';
import { inShort, junit5, main, recordsOf, type Sources, withWorkspace } from './java-workspace.ts';

// The machine may be busy with other suites.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

async function check(sources: Sources, expected: readonly string[]): Promise<void> {
  await withWorkspace(sources, async (workspace) => {
    expect(inShort(await recordsOf({ workspace, mode: 'default', threads: 0 }))).toEqual(expected);
  });
}

const FOO = main(
  'Foo',
  `public class Foo {
    private int size;
    public Foo() {}
    public Foo(int size) { this.size = size; }
    public int getKey() { return 1; }
    public int get() { return 2; }
    public void add(int n) {}
    public void remove(int n) {}
    public int total() { return 3; }
    public static Foo create() { return new Foo(); }
    public Foo twice() { return this; }
  }`,
);

describe('focal method', () => {
  const cases: Readonly<Record<string, readonly [body: string, expected: string]>> = {
    'the name is a called method': [
      '@Test void testGetKey() { new Foo().get(); new Foo().getKey(); }',
      'FooTest.testGetKey -> Foo.getKey() by method-name, package-and-name',
    ],
    'the name contains a called method': [
      '@Test void getKeyReturnsOne() { Foo foo = new Foo(); foo.add(1); foo.getKey(); }',
      'FooTest.getKeyReturnsOne -> Foo.getKey() by name-contains-call, package-and-name',
    ],
    'the longer of two contained methods wins': [
      '@Test void getKeyWorks() { Foo foo = new Foo(); foo.get(); foo.getKey(); }',
      'FooTest.getKeyWorks -> Foo.getKey() by name-contains-call, package-and-name',
    ],
    'the name is a method that is not called': [
      '@Test void testGetKey() { new Foo().add(2); }',
      'FooTest.testGetKey: focal-method-not-called',
    ],
    'only one method is called': [
      '@Test void works() { new Foo(2).add(3); }',
      'FooTest.works -> Foo.add(int) by unique-call, package-and-name',
    ],
    'two methods, nothing chooses': [
      '@Test void works() { Foo foo = new Foo(); foo.add(3); foo.remove(3); }',
      'FooTest.works: ambiguous-focal-method',
    ],
    'a name with two called methods does not choose': [
      '@Test void addAndRemove() { Foo foo = new Foo(); foo.add(3); foo.remove(3); }',
      'FooTest.addAndRemove: ambiguous-focal-method',
    ],
    'the asserted call': [
      '@Test void works() { Foo foo = new Foo(); foo.add(3); foo.remove(3); Assertions.assertEquals(3, foo.total()); }',
      'FooTest.works -> Foo.total() by asserted-call, package-and-name',
    ],
    'the call whose result is asserted': [
      '@Test void works() { Foo foo = new Foo(); foo.add(3); int sum = foo.total(); Assertions.assertEquals(3, sum); }',
      'FooTest.works -> Foo.total() by asserted-call, package-and-name',
    ],
    'the act that an accessor is asserted after': [
      '@Test void works() { Foo foo = new Foo(); foo.add(3); Assertions.assertEquals(3, foo.getKey()); }',
      'FooTest.works -> Foo.add(int) by act-before-accessor, package-and-name',
    ],
    'the call inside assertThrows': [
      '@Test void works() { Foo foo = new Foo(); foo.add(1); Assertions.assertThrows(Error.class, () -> foo.remove(1)); }',
      'FooTest.works -> Foo.remove(int) by asserted-call, package-and-name',
    ],
    'a constructor as focal': [
      '@Test void works() { new Foo(3); }',
      'FooTest.works -> Foo.Foo(int) by constructor, package-and-name, overload-by-arguments',
    ],
    'a constructor by name': [
      '@Test void constructorSetsKey() { Assertions.assertEquals(1, new Foo().get()); }',
      'FooTest.constructorSetsKey -> Foo.Foo() by constructor, package-and-name, overload-by-arguments',
    ],
    'a static call': [
      '@Test void testCreate() { Foo.create(); }',
      'FooTest.testCreate -> Foo.create() by method-name, package-and-name',
    ],
    'a chain of calls': [
      '@Test void works() { Foo.create().twice().getKey(); }',
      'FooTest.works: ambiguous-focal-method',
    ],
    'a method reference': [
      '@Test void testCreate() { run(Foo::create); }',
      'FooTest.testCreate -> Foo.create() by method-name, package-and-name',
    ],
    'a variable declared with var': [
      '@Test void works() { var foo = new Foo(); foo.add(1); }',
      'FooTest.works -> Foo.add(int) by unique-call, package-and-name',
    ],
    'a call on an unknown receiver does not count': [
      '@Test void testAdd() { other().add(3); }',
      'FooTest.testAdd: no-focal-method',
    ],
    'a call on another type does not count': [
      '@Test void testAdd() { java.util.List<Integer> foo = null; foo.add(3); }',
      'FooTest.testAdd: no-focal-method',
    ],
    'a type parameter is an unknown receiver': [
      '@Test <Foo> void testAdd(Foo foo) { foo.add(3); }',
      'FooTest.testAdd: no-focal-method',
    ],
    'a helper of the test class': [
      '@Test void testAdd() { add(3); } void add(int n) { new Foo().remove(n); }',
      'FooTest.testAdd: no-focal-method',
    ],
    'what a helper returns has a type': [
      '@Test void testAdd() { foo().add(3); } Foo foo() { return new Foo(); }',
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'stubbing is no act': [
      '@Test void works() { Foo foo = mock(); when(foo.getKey()).thenReturn(2); foo.add(1); }',
      'FooTest.works -> Foo.add(int) by unique-call, package-and-name',
    ],
    'an accessor that nobody asserts is no act': [
      '@Test void works() { new Foo().getKey(); }',
      'FooTest.works: only-set-up-calls',
    ],
    'an asserted accessor that the name does not hint at': [
      '@Test void testInit() { Assertions.assertEquals(1, new Foo().getKey()); }',
      'FooTest.testInit: only-set-up-calls',
    ],
    'an asserted accessor that the name hints at': [
      '@Test void keyIsOne() { Assertions.assertEquals(1, new Foo().getKey()); }',
      'FooTest.keyIsOne -> Foo.getKey() by unique-call, package-and-name',
    ],
    'a test without a statement': ['@Test void works() { /* later */ }', 'FooTest.works: empty-test'],
    'a lambda parameter hides a variable': [
      '@Test void testAdd() { Foo foo = null; run(foo -> foo.add(1)); }',
      'FooTest.testAdd: no-focal-method',
    ],
  };
  test.each(Object.entries(cases))('%s', async (_, [body, expected]) => {
    await check({ ...FOO, ...junit5('FooTest', body) }, [expected]);
  });
});

describe('set-up', () => {
  const bar = {
    ...main('Base', 'abstract class Base { void write(String s) {} void read(int n) {} }'),
    ...main(
      'Bar',
      `class Bar extends Base {
        void setSize(int n) {}
        void send(int n) {}
        Foo newFoo() { return null; }
        void addChangeListener(Runnable r) {}
        void read(int n, int m) {}
        boolean isSent(int n) { return true; }
      }`,
    ),
  };
  const cases: readonly (readonly [body: string, expected: string])[] = [
    ['@Test void works() { new Bar().setSize(1); }', 'works: only-set-up-calls'],
    ['@Test void works() { new Bar().write("a"); }', 'works: no-focal-method'],
    ['@Test void works() { new Bar().read(1); }', 'works: no-focal-method'],
    [
      '@Test void isSentIsTrue() { Bar bar = new Bar(); bar.send(1); Assertions.assertTrue(bar.isSent(1)); }',
      'isSentIsTrue -> Bar.isSent(int) by name-contains-call, package-and-name',
    ],
    [
      '@Test void sentAtOnce() { Bar bar = new Bar(); bar.send(1); Assertions.assertTrue(bar.isSent(1)); }',
      'sentAtOnce: ambiguous-focal-method',
    ],
    [
      '@Test void works() { Bar bar = new Bar(); bar.send(1); Assertions.assertTrue(bar.isSent(1)); }',
      'works -> Bar.send(int) by act-before-accessor, package-and-name',
    ],
    [
      '@Test void sizeIsKept() { new Bar().setSize(1); }',
      'sizeIsKept -> Bar.setSize(int) by unique-call, package-and-name',
    ],
    ['@Test void works() { new Bar().newFoo().get(); }', 'works: only-set-up-calls'],
    ['@Test void eventComes() { new Bar().addChangeListener(null); }', 'eventComes: only-set-up-calls'],
    ['@Test void works() { Bar bar = new Bar(); bar.send(1); bar.write("a"); }', 'works: ambiguous-focal-method'],
    [
      '@Test void testSend() { Bar bar = new Bar(); bar.send(1); bar.write("a"); }',
      'testSend -> Bar.send(int) by method-name, package-and-name',
    ],
    ['@Test void testRead() { Bar bar = new Bar(); bar.read(1); bar.send(1); }', 'testRead: ambiguous-focal-method'],
  ];
  test.each(cases)('%s', async (body, expected) => {
    await check({ ...bar, ...junit5('BarTest', body) }, [`BarTest.${expected}`]);
  });
});

describe('overloads', () => {
  const overloads = main(
    'Foo',
    `class Foo {
      void put(String text) {}
      void put(int number) {}
      void put(long number) {}
      void put(Object any) {}
      void put(int number, String text) {}
      void put(int number, String... texts) {}
      void put(java.util.Map<String, String> map) {}
      void put(java.util.Set<String> set) {}
    }`,
  );
  const cases: readonly (readonly [call: string, signature: string])[] = [
    ['put("a")', 'put(String)'],
    ['put(1)', 'put(int)'],
    ['put(-1)', 'put(int)'],
    ['put(1L)', 'put(long)'],
    ['put(new Foo())', 'put(Object)'],
    ['put(1, "a")', 'put(int, String)'],
    ['put(1, "a", "b")', 'put(int, String...)'],
    ['put(new java.util.HashSet<>())', 'put(java.util.Set<String>)'],
    ['put(1, new String[0])', 'put(int, String...)'],
  ];
  test.each(cases)('%s', async (call, signature) => {
    const body = `@Test void testPut() { new Foo().${call}; }`;
    await check({ ...overloads, ...junit5('FooTest', body) }, [
      `FooTest.testPut -> Foo.${signature} by method-name, package-and-name, overload-by-arguments`,
    ]);
  });
});

describe('focal class', () => {
  const call = '@Test void testAdd() { new Foo().add(1); }';
  const add = 'public void add(int n) {}';
  const cases: Readonly<Record<string, readonly [sources: Sources, expected: string]>> = {
    'suffix Tests': [
      { ...FOO, ...junit5('FooTests', call) },
      'FooTests.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'prefix Test': [
      { ...FOO, ...junit5('TestFoo', call) },
      'TestFoo.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'suffix IT': [
      { ...FOO, ...junit5('FooIT', call) },
      'FooIT.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'suffix IntegrationTestCase': [
      { ...FOO, ...junit5('FooIntegrationTestCase', call) },
      'FooIntegrationTestCase.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'camel prefix': [
      { ...FOO, ...junit5('FooAddTest', call) },
      'FooAddTest.testAdd -> Foo.add(int) by method-name, camel-prefix',
    ],
    "the repository's own suffix": [
      { ...FOO, ...junit5('FooShould', call) },
      'FooShould.testAdd -> Foo.add(int) by method-name, camel-prefix',
    ],
    'another module': [
      {
        'core/src/main/java/a/Foo.java': `package a; public class Foo { ${add} }`,
        'tests/src/test/java/a/FooTest.java': `package a; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name-in-other-module',
    ],
    'several other modules': [
      {
        'one/src/main/java/a/Foo.java': `package a; public class Foo { ${add} }`,
        'two/src/main/java/a/Foo.java': `package a; public class Foo { ${add} }`,
        'tests/src/test/java/a/FooTest.java': `package a; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd: ambiguous-focal-class',
    ],
    'the own module before another': [
      {
        'one/src/main/java/a/Foo.java': `package a; public class Foo { ${add} }`,
        'two/src/main/java/a/Foo.java': `package a; public class Foo { public void add(long n) {} }`,
        'two/src/test/java/a/FooTest.java': `package a; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd -> Foo.add(long) by method-name, package-and-name',
    ],
    'the texts of the focal class where the own module repeats it in a file of another name': [
      {
        'one/src/main/java/a/Foo.java': `package a; public class Foo { private int size; public void add(long n) {} }`,
        'two/src/main/java/a/Other.java': `package a; class Foo { ${add} }`,
        'two/src/test/java/a/FooTest.java': `package a; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd -> Foo.add(long) by method-name, unique-name',
    ],
    'import and name': [
      {
        ...FOO,
        'src/test/java/b/FooTest.java': `package b; import a.Foo; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, import-and-name',
    ],
    'a name unique in the repository': [
      {
        ...FOO,
        'src/test/java/b/FooTest.java':
          'package b; import org.junit.Test; class FooTest { @Test void testAdd() { new a.Foo().add(1); } }',
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, unique-name',
    ],
    '@InjectMocks': [
      {
        ...FOO,
        ...junit5(
          'BarBehaviour',
          '@InjectMocks Foo bar; @Test void testAdd() { bar.add(1); }',
          'import org.mockito.*;',
        ),
      },
      'BarBehaviour.testAdd -> Foo.add(int) by method-name, inject-mocks',
    ],
    'a field under test': [
      { ...FOO, ...junit5('BarBehaviour', 'Foo sut = new Foo(); @Test void testAdd() { sut.add(1); }') },
      'BarBehaviour.testAdd -> Foo.add(int) by method-name, field-under-test',
    ],
    'a field assigned in the set-up': [
      {
        ...main('Shape', 'interface Shape { int area(); }'),
        ...main('Square', 'class Square implements Shape { public int area() { return 4; } }'),
        ...junit5(
          'SquareTest',
          'Shape shape; @BeforeEach void setUp() { shape = new Square(); } @Test void testArea() { shape.area(); }',
        ),
      },
      'SquareTest.testArea -> Square.area() by method-name, package-and-name',
    ],
    'a receiver declared as a supertype': [
      {
        ...main('Shape', 'interface Shape { int area(); static Shape square() { return null; } }'),
        ...main('Square', 'class Square implements Shape { public int area() { return 4; } }'),
        ...junit5('SquareTest', '@Test void testArea() { Shape shape = Shape.square(); shape.area(); }'),
      },
      'SquareTest.testArea -> Square.area() by method-name, package-and-name, call-through-supertype',
    ],
    'a test named after the interface': [
      {
        ...main('Shape', 'interface Shape { int area(); }'),
        ...main('Square', 'class Square implements Shape { public int area() { return 4; } }'),
        ...junit5('ShapeTest', '@Test void testArea() { new Square().area(); }'),
      },
      'ShapeTest.testArea -> Square.area() by method-name, implementation-of-name',
    ],
    'an interface with a default method': [
      {
        ...main('Foo', 'interface Foo { default void add(int n) {} }'),
        ...junit5('FooTest', '@Test void testAdd() { Foo foo = null; foo.add(1); }'),
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'a focal method without a body': [
      {
        ...main('Foo', 'interface Foo { void add(int n); }'),
        ...junit5('FooTest', '@Test void testAdd() { Foo foo = null; foo.add(1); }'),
      },
      'FooTest.testAdd: focal-method-without-body',
    ],
    'an enum': [
      {
        ...main('Foo', 'enum Foo { A, B; void add(int n) {} }'),
        ...junit5('FooTest', '@Test void testAdd() { Foo.A.add(1); }'),
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'a record': [
      {
        ...main('Foo', 'record Foo(int x) { void add(int n) {} }'),
        ...junit5('FooTest', '@Test void testAdd() { new Foo(1).add(1); }'),
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'the type named like its file, not the first in it': [
      { ...main('Foo', `class Helper { ${add} } class Foo { ${add} }`), ...junit5('FooTest', call) },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'a type that is not named like its file': [
      { ...main('Other', `class Other {} class Foo { ${add} }`), ...junit5('FooTest', call) },
      'FooTest.testAdd: no-focal-class',
    ],
    'a class of test code': [
      { 'src/test/java/a/Foo.java': `package a; class Foo { ${add} }`, ...junit5('FooTest', call) },
      'FooTest.testAdd: no-focal-class',
    ],
    'a package named test in main code': [
      {
        'src/main/java/org/x/test/Foo.java': `package org.x.test; public class Foo { ${add} }`,
        'src/test/java/org/x/test/FooTest.java': `package org.x.test; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'a package named build is no build output': [
      {
        'src/main/java/a/build/Foo.java': `package a.build; public class Foo { ${add} }`,
        'src/test/java/a/build/FooTest.java': `package a.build; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'plain src and test folders': [
      {
        'src/a/Foo.java': `package a; public class Foo { ${add} }`,
        'test/a/FooTest.java': `package a; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'a custom Gradle source set': [
      {
        'src/main/java/a/Foo.java': `package a; public class Foo { ${add} }`,
        'src/integrationTest/java/a/FooTest.java': `package a; import org.junit.Test; class FooTest { ${call} }`,
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
    'a generated focal class': [
      {
        'src/main/java/a/Foo.java': `// Generated by the protocol buffer compiler.  DO NOT EDIT!\npackage a; class Foo { ${add} }`,
        ...junit5('FooTest', call),
      },
      'FooTest.testAdd: generated-focal-class',
    ],
    'a generated test': [
      {
        ...FOO,
        'src/test/java/a/FooTest.java': `package a; import org.junit.Test; @javax.annotation.Generated("x") class FooTest { ${call} }`,
      },
      'FooTest.testAdd: generated-test',
    ],
    'a static import': [
      {
        ...main('Foo', 'class Foo { static int twice(int n) { return n; } }'),
        ...junit5('FooTest', '@Test void works() { twice(2); }', 'import static a.Foo.twice;'),
      },
      'FooTest.works -> Foo.twice(int) by unique-call, package-and-name',
    ],
    'a field of a base class of tests': [
      {
        ...FOO,
        'src/test/java/a/Base.java': 'package a; abstract class Base { protected Foo foo; }',
        'src/test/java/a/FooTest.java':
          'package a; import org.junit.Test; class FooTest extends Base { @Test void testAdd() { foo.add(1); } }',
      },
      'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name',
    ],
  };
  test.each(Object.entries(cases))('%s', async (_, [sources, expected]) => {
    await check(sources, [expected]);
  });
});

describe('tests', () => {
  const paired = (testClass: string, testMethod: string, more = ''): string =>
    `${testClass}.${testMethod} -> Foo.add(int) by ${testMethod === 'testAdd' ? 'method-name' : 'unique-call'}, package-and-name${more}`;
  const file = (text: string): Sources => ({ ...FOO, 'src/test/java/a/FooTest.java': text });
  const cases: Readonly<Record<string, readonly [sources: Sources, expected: readonly string[]]>> = {
    'JUnit 3': [
      file(
        'package a; import junit.framework.TestCase; public class FooTest extends TestCase { public void testAdd() { new Foo().add(1); } public void helper() { new Foo().add(1); } void testNothing() {} }',
      ),
      [paired('FooTest', 'testAdd', ', junit3-test')],
    ],
    'JUnit 3 through a base class': [
      {
        ...file('package a; public class FooTest extends Base { public void testAdd() { new Foo().add(1); } }'),
        'src/test/java/a/Base.java': 'package a; abstract class Base extends junit.framework.TestCase {}',
      },
      [paired('FooTest', 'testAdd', ', junit3-test')],
    ],
    'testX without TestCase is no test': [
      file(
        'package a; import org.junit.Test; public class FooTest { public void testAdd() { new Foo().add(1); } @Test public void ok() { new Foo().add(1); } }',
      ),
      [paired('FooTest', 'ok')],
    ],
    'TestNG on the class': [
      file(
        'package a; import org.testng.annotations.*; @Test public class FooTest { public void testAdd() { new Foo().add(1); } @BeforeMethod public void setUp() { new Foo(); } void helper() {} }',
      ),
      [paired('FooTest', 'testAdd')],
    ],
    'TestNG with a data provider': [
      file(
        'package a; import org.testng.annotations.Test; public class FooTest { @Test(dataProvider = "numbers") public void testAdd(int n) { new Foo().add(n); } }',
      ),
      [paired('FooTest', 'testAdd', ', parameterized-test')],
    ],
    'a parameterized test': [
      file(
        'package a; import org.junit.jupiter.params.ParameterizedTest; class FooTest { @ParameterizedTest void testAdd(int n) { new Foo().add(n); } }',
      ),
      [paired('FooTest', 'testAdd', ', parameterized-test')],
    ],
    'a repeated test and a factory': [
      file(
        'package a; import org.junit.jupiter.api.*; class FooTest { @RepeatedTest(3) void testAdd() { new Foo().add(1); } @TestFactory Object all() { new Foo().add(1); return null; } }',
      ),
      [paired('FooTest', 'testAdd'), paired('FooTest', 'all')],
    ],
    'nested test classes': [
      file(
        'package a; import org.junit.jupiter.api.*; class FooTest { @Nested class WhenEmpty { @Test void testAdd() { new Foo().add(1); } } }',
      ),
      [paired('WhenEmpty', 'testAdd', ', nested-test-class')],
    ],
    "a project's own @Test is no test": [
      {
        ...file(
          'package a; class FooTest { @Test void testAdd() { new Foo().add(1); } @org.junit.Test public void ok() { new Foo().add(1); } }',
        ),
        'src/main/java/a/Test.java': 'package a; @interface Test {}',
      },
      [paired('FooTest', 'ok')],
    ],
    'another @Property is no test': [
      file(
        'package a; import org.junit.Test; import javax.ws.rs.Property; class FooTest { @Property void testAdd() { new Foo().add(1); } @Test public void ok() { new Foo().add(1); } }',
      ),
      [paired('FooTest', 'ok')],
    ],
    'a composed annotation': [
      {
        ...file('package a; class FooTest { @FastTest void testAdd() { new Foo().add(1); } }'),
        'src/test/java/a/FastTest.java': 'package a; @org.junit.jupiter.api.Test @interface FastTest {}',
      },
      [paired('FooTest', 'testAdd')],
    ],
    duplicates: [
      {
        ...FOO,
        'src/test/java/a/FooTest.java':
          'package a; import org.junit.Test; class FooTest { @Test public void testAdd() { new Foo().add(1); } }',
        'src/test/java/a/TestFoo.java':
          'package a; import org.junit.Test; class TestFoo { @Test public void testAdd() { new Foo().add(1); } }',
      },
      [paired('FooTest', 'testAdd'), 'TestFoo.testAdd: duplicate'],
    ],
    'a broken test beside a good one': [
      file(
        'package a; import org.junit.Test; class FooTest { @Test public void bad() { new Foo().add(1); int n = ; } \n @Test public void testAdd() { new Foo().add(1); } }',
      ),
      ['src/test/java/a/FooTest.java: syntax-errors', 'FooTest.bad: broken-test', paired('FooTest', 'testAdd')],
    ],
  };
  test.each(Object.entries(cases))('%s', async (_, [sources, expected]) => {
    await check(sources, expected);
  });
});
