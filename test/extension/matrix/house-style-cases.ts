import type { MatrixCase } from './matrix-case.ts';
import { modulePom, parentPom, pinnedPlugins, pom } from './project-files.ts';
import { basket, rates, testFile, till } from './shop-sources.ts';

const main = { 'src/main/java/shop/Basket.java': basket };
const focal = 'src/main/java/shop/Basket.java#add';
const tests = 'src/test/java/shop';
const jupiterImports = ['static org.junit.jupiter.api.Assertions.assertEquals', 'org.junit.jupiter.api.Test'];
const written =
  '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertEquals(1, basket.size());\n}';
const five = { build: 'Maven', framework: 'JUnit 5', java: 17, focal, written } as const;
const smoke = (name: string, framework: 'JUnit 4' | 'JUnit 5' | 'JUnit 3' = 'JUnit 5') => ({
  [`${tests}/${name}.java`]: testFile(name, { framework }),
});

/** How a repository names, bases, nests, indents and lays out its tests. */
export const houseStyleCases: Readonly<Record<string, MatrixCase>> = {
  'named-TestFoo': {
    ...five,
    about: 'TestFoo by the majority of the package',
    files: {
      ...main,
      ...smoke('TestShelf'),
      ...smoke('TestShop'),
      ...smoke('CartTest'),
      'src/test/java/other/AaTest.java': testFile('AaTest', { framework: 'JUnit 5', package: 'other', body: '' }),
      'src/test/java/other/BbTest.java': testFile('BbTest', { framework: 'JUnit 5', package: 'other', body: '' }),
    },
    lands: {
      file: `${tests}/TestBasket.java`,
      class: 'shop.TestBasket',
      after: null,
      method: 'addsAName',
      imports: jupiterImports,
    },
  },
  'named-FooTests': {
    ...five,
    about: 'FooTests by the majority of the package',
    files: { ...main, ...smoke('ShelfTests'), ...smoke('CartTests') },
    lands: {
      file: `${tests}/BasketTests.java`,
      class: 'shop.BasketTests',
      after: null,
      method: 'addsAName',
      imports: jupiterImports,
    },
  },
  'named-FooTestCase': {
    ...five,
    framework: 'JUnit 3',
    java: 8,
    about: 'FooTestCase by the majority of the package',
    files: { ...main, ...smoke('ShelfTestCase', 'JUnit 3'), ...smoke('CartTestCase', 'JUnit 3') },
    lands: {
      file: `${tests}/BasketTestCase.java`,
      class: 'shop.BasketTestCase',
      after: null,
      method: 'testAddsAName',
      extends: 'TestCase',
      imports: ['junit.framework.TestCase'],
    },
  },
  'named-FooIT-beside-unit-tests': {
    ...five,
    about: 'an integration test of the class in src/it/java: a unit test gets a class of its own',
    ownBuild: true,
    files: {
      'pom.xml': pom(
        '@id@',
        17,
        ['org.junit.jupiter:junit-jupiter:5.10.3'],
        `${pinnedPlugins}<plugins><plugin><groupId>org.codehaus.mojo</groupId><artifactId>build-helper-maven-plugin</artifactId><version>3.6.0</version>
<executions><execution><id>it</id><phase>generate-test-sources</phase><goals><goal>add-test-source</goal></goals><configuration><sources><source>src/it/java</source></sources></configuration></execution></executions></plugin></plugins></build>`,
      ),
      ...main,
      'src/it/java/shop/BasketIT.java': testFile('BasketIT', { framework: 'JUnit 5' }),
      ...smoke('ShelfTest'),
    },
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: null,
      method: 'addsAName',
      imports: jupiterImports,
    },
  },
  'only-integration-tests': {
    ...five,
    about: 'a module that has integration tests only, in src/it/java',
    ownBuild: true,
    files: {
      'pom.xml': pom(
        '@id@',
        17,
        ['org.junit.jupiter:junit-jupiter:5.10.3'],
        `${pinnedPlugins}<plugins><plugin><groupId>org.codehaus.mojo</groupId><artifactId>build-helper-maven-plugin</artifactId><version>3.6.0</version>
<executions><execution><id>it</id><phase>generate-test-sources</phase><goals><goal>add-test-source</goal></goals><configuration><sources><source>src/it/java</source></sources></configuration></execution></executions></plugin></plugins></build>`,
      ),
      ...main,
      'src/it/java/shop/BasketIT.java': testFile('BasketIT', { framework: 'JUnit 5' }),
    },
    lands: {
      file: 'src/it/java/shop/BasketIT.java',
      class: 'shop.BasketIT',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: [],
    },
  },
  'base-class': {
    ...five,
    about: 'a base class of most tests, with a fixture method',
    files: {
      ...main,
      'src/test/java/shop/support/ShopTestBase.java':
        'package shop.support;\n\nimport shop.Basket;\n\npublic abstract class ShopTestBase {\n    protected Basket basketOf(String name) {\n        Basket basket = new Basket();\n        basket.add(name);\n        return basket;\n    }\n}\n',
      ...Object.fromEntries(
        ['CartTest', 'ShelfTest', 'DoorTest'].map((name) => [
          `${tests}/${name}.java`,
          testFile(name, {
            framework: 'JUnit 5',
            extends: 'ShopTestBase',
            imports: [...jupiterImports, 'shop.support.ShopTestBase'],
            body: '    @Test\n    void holdsOne() {\n        assertEquals(1, basketOf("pear").size());\n    }\n',
          }),
        ]),
      ),
    },
    written: '@Test\nvoid addsAName() {\n    assertEquals(1, basketOf("pear").size());\n}',
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: null,
      method: 'addsAName',
      extends: 'ShopTestBase',
      imports: [...jupiterImports, 'shop.support.ShopTestBase'],
    },
  },
  'empty-class': {
    ...five,
    about: 'a test class without a test and without an import',
    files: { ...main, [`${tests}/BasketTest.java`]: 'package shop;\n\nclass BasketTest {\n}\n' },
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: null,
      method: 'addsAName',
      imports: jupiterImports,
    },
  },
  'empty-class-in-one-line': {
    ...five,
    about: 'a test class that is two braces',
    files: { ...main, [`${tests}/BasketTest.java`]: 'package shop;\n\nclass BasketTest {}\n' },
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: null,
      method: 'addsAName',
      imports: jupiterImports,
    },
  },
  'nested-by-name': {
    ...five,
    about: '@Nested class with the name of the method',
    files: {
      ...main,
      [`${tests}/BasketTest.java`]: testFile('BasketTest', {
        framework: 'JUnit 5',
        imports: [...jupiterImports, 'org.junit.jupiter.api.Nested'].sort(),
        body: '    @Nested\n    class Size {\n        @Test\n        void startsEmpty() {\n            assertEquals(0, new Basket().size());\n        }\n    }\n\n    @Nested\n    class Add {\n        @Test\n        void addsOne() {\n            Basket basket = new Basket();\n            basket.add("plum");\n            assertEquals(1, basket.size());\n        }\n    }\n',
      }),
    },
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest$Add',
      after: 'addsOne',
      method: 'addsAName',
      imports: [],
    },
  },
  'nested-by-calls': {
    ...five,
    about: '@Nested class, two deep, whose tests call the method',
    files: {
      ...main,
      [`${tests}/BasketTest.java`]: testFile('BasketTest', {
        framework: 'JUnit 5',
        imports: [...jupiterImports, 'org.junit.jupiter.api.Nested'].sort(),
        body: '    @Test\n    void startsEmpty() {\n        assertEquals(0, new Basket().size());\n    }\n\n    @Nested\n    class WhenOpen {\n        private final Basket basket = new Basket();\n\n        @Nested\n        class Adding {\n            @Test\n            void counts() {\n                basket.add("a");\n                basket.add("b");\n                assertEquals(2, basket.size());\n            }\n        }\n    }\n',
      }),
    },
    written: '@Test\nvoid addsAName() {\n    basket.add("pear");\n    assertEquals(1, basket.size());\n}',
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest$WhenOpen$Adding',
      after: 'counts',
      method: 'addsAName',
      imports: [],
    },
  },
  builder: {
    ...five,
    extras: ['AssertJ'],
    about: "a builder of the tests' own, from another package",
    files: {
      ...main,
      'src/test/java/shop/fixtures/Baskets.java':
        'package shop.fixtures;\n\nimport shop.Basket;\n\npublic final class Baskets {\n    private final Basket basket = new Basket();\n\n    public static Baskets aBasket() {\n        return new Baskets();\n    }\n\n    public Baskets with(String name) {\n        basket.add(name);\n        return this;\n    }\n\n    public Basket build() {\n        return basket;\n    }\n}\n',
      [`${tests}/BasketTest.java`]: testFile('BasketTest', { framework: 'JUnit 5' }),
    },
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = aBasket().with("pear").build();\n    assertEquals(1, basket.size());\n}',
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: ['static shop.fixtures.Baskets.aBasket'],
    },
  },
  'mock-fixture-in-a-field': {
    ...five,
    extras: ['Mockito'],
    about: 'mocks made in @BeforeEach, BDD style by the other tests',
    files: {
      ...main,
      'src/main/java/shop/Rates.java': rates,
      'src/main/java/shop/Till.java': till,
      [`${tests}/TillTest.java`]: testFile('TillTest', {
        framework: 'JUnit 5',
        imports: [
          'static org.junit.jupiter.api.Assertions.assertEquals',
          'static org.mockito.Mockito.mock',
          '',
          'org.junit.jupiter.api.BeforeEach',
          'org.junit.jupiter.api.Test',
        ],
        body: '    private Rates rates;\n    private Till till;\n\n    @BeforeEach\n    void setUp() {\n        rates = mock(Rates.class);\n        till = new Till(rates);\n    }\n\n    @Test\n    void nothingCostsNothing() {\n        assertEquals(0, till.total(new Basket()));\n    }\n',
      }),
    },
    focal: 'src/main/java/shop/Till.java#total',
    written:
      '@Test\nvoid totals() {\n    given(rates.rate("item")).willReturn(2L);\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertEquals(2, till.total(basket));\n    then(rates).should().rate("item");\n}',
    lands: {
      file: `${tests}/TillTest.java`,
      class: 'shop.TillTest',
      after: 'nothingCostsNothing',
      method: 'totals',
      imports: ['static org.mockito.BDDMockito.given', 'static org.mockito.BDDMockito.then'],
    },
  },
  tabs: {
    ...five,
    about: 'tabs',
    files: {
      ...main,
      [`${tests}/BasketTest.java`]: testFile('BasketTest', { framework: 'JUnit 5' }).replaceAll('    ', '\t'),
    },
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: [],
      indent: '\t',
    },
  },
  'two-spaces': {
    ...five,
    about: 'two spaces, static imports behind the others',
    files: {
      ...main,
      [`${tests}/BasketTest.java`]: testFile('BasketTest', {
        framework: 'JUnit 5',
        imports: ['org.junit.jupiter.api.Test', '', 'static org.junit.jupiter.api.Assertions.assertEquals'],
      }).replaceAll('    ', '  '),
    },
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    Arrays.asList("a", "b").forEach(basket::add);\n    assertEquals(2, basket.size());\n    assertTrue(basket.names().contains("a"));\n}',
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: ['java.util.Arrays', 'static org.junit.jupiter.api.Assertions.assertTrue'],
      indent: '  ',
    },
  },
  'windows-line-ends': {
    ...five,
    about: 'line ends of Windows, also after repair',
    files: {
      ...main,
      [`${tests}/BasketTest.java`]: testFile('BasketTest', { framework: 'JUnit 5' }).replaceAll('\n', '\r\n'),
    },
    written:
      '@Test\nvoid loads() {\n    Basket basket = new Basket();\n    basket.load(new StringReader("a"));\n    assertEquals(1, basket.size());\n}',
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: 'startsEmpty',
      method: 'loads',
      imports: ['java.io.IOException', 'java.io.StringReader'],
    },
    repaired: ['added throws IOException'],
  },
  'licence-comment': {
    ...five,
    about: 'a licence above every file',
    files: {
      ...main,
      [`${tests}/CartTest.java`]: `/*\n * Licence of the shop.\n */\n${testFile('CartTest', { framework: 'JUnit 5' })}`,
    },
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: null,
      method: 'addsAName',
      imports: jupiterImports,
      startsWith: '/*\n * Licence of the shop.\n */\npackage shop;\n',
    },
  },
  'no-package': {
    ...five,
    about: 'classes without a package declaration',
    files: {
      'src/main/java/Basket.java': basket.replace('package shop;\n\n', ''),
      'src/test/java/BasketTest.java': testFile('BasketTest', { framework: 'JUnit 5', package: '' }),
    },
    focal: 'src/main/java/Basket.java#add',
    lands: {
      file: 'src/test/java/BasketTest.java',
      class: 'BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: [],
    },
  },
  'source-folders-of-the-pom': {
    ...five,
    about: 'src and test as the source folders of the pom, no test class of its own',
    ownBuild: true,
    files: {
      'pom.xml': pom(
        '@id@',
        17,
        ['org.junit.jupiter:junit-jupiter:5.10.3'],
        `${pinnedPlugins.replace('<build>', '<build><sourceDirectory>src</sourceDirectory><testSourceDirectory>\u0024{project.basedir}/test</testSourceDirectory>')}</build>`,
      ),
      'src/shop/Basket.java': basket,
    },
    focal: 'src/shop/Basket.java#add',
    lands: {
      file: 'test/shop/BasketTest.java',
      class: 'shop.BasketTest',
      after: null,
      method: 'addsAName',
      imports: jupiterImports,
    },
  },
  'wildcard-imports': {
    ...five,
    about: 'imports with a star, which bring all that the test needs',
    files: {
      ...main,
      [`${tests}/BasketTest.java`]: testFile('BasketTest', {
        framework: 'JUnit 5',
        imports: ['java.util.*', 'org.junit.jupiter.api.*', '', 'static org.junit.jupiter.api.Assertions.*'],
        body: '    @Test\n    void startsEmpty() {\n        assertEquals(List.of(), new Basket().names());\n    }\n',
      }),
    },
    written:
      '@Test\n@DisplayName("adds")\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    List<String> names = new ArrayList<>(basket.names());\n    assertTrue(names.contains("pear"));\n}',
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: [],
    },
  },
  'helper-class-in-the-file': {
    ...five,
    about: 'a helper class above the test class in the same file, an inner class at its end',
    files: {
      ...main,
      [`${tests}/BasketTest.java`]: testFile('BasketTest', {
        framework: 'JUnit 5',
        body: '    @Test\n    void startsEmpty() {\n        assertEquals(0, new Basket().size());\n    }\n\n    private static class Fake extends Basket {\n        @Override\n        public int size() {\n            return -1;\n        }\n    }\n',
      }).replace('class BasketTest', 'class Helper {\n    void help() {\n    }\n}\n\nclass BasketTest'),
    },
    lands: {
      file: `${tests}/BasketTest.java`,
      class: 'shop.BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: [],
    },
  },
  'parent-pom-beside-it': {
    ...five,
    extras: ['AssertJ'],
    about: 'no test at all; the libraries and the level of Java stand in a parent pom beside the module',
    ownBuild: true,
    files: {
      'pom.xml':
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>@id@</groupId><artifactId>@id@</artifactId><version>1</version><packaging>pom</packaging><modules><module>parent</module><module>core</module></modules></project>',
      'parent/pom.xml': parentPom(
        17,
        [],
        ['org.junit.jupiter:junit-jupiter:5.10.3', 'org.assertj:assertj-core:3.25.3'],
      ),
      'core/pom.xml': modulePom('core', []).replace('</parent>', '<relativePath>../parent</relativePath></parent>'),
      'core/src/main/java/shop/Basket.java': basket,
    },
    focal: 'core/src/main/java/shop/Basket.java#add',
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(basket.names()).containsExactly("pear");\n}',
    lands: {
      file: 'core/src/test/java/shop/BasketTest.java',
      class: 'shop.BasketTest',
      after: null,
      method: 'addsAName',
      imports: ['static org.assertj.core.api.Assertions.assertThat', 'org.junit.jupiter.api.Test'],
    },
  },
};
