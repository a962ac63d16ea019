import type { MatrixCase } from './matrix-case.ts';
import { modulePom, parentPom } from './project-files.ts';
import { basket, rates, testFile, till } from './shop-sources.ts';

const main = { 'src/main/java/shop/Basket.java': basket };
const focal = 'src/main/java/shop/Basket.java#add';
const file = 'src/test/java/shop/BasketTest.java';
const lands = { file, class: 'shop.BasketTest', after: 'startsEmpty', method: 'addsAName', imports: [] };
const five = {
  build: 'Maven',
  framework: 'JUnit 5',
  java: 17,
  files: { ...main, [file]: testFile('BasketTest', { framework: 'JUnit 5' }) },
  focal,
} as const;
const four = {
  build: 'Maven',
  framework: 'JUnit 4',
  java: 8,
  files: { ...main, [file]: testFile('BasketTest', { framework: 'JUnit 4' }) },
  focal,
} as const;
const filled = '    Basket basket = new Basket();\n    basket.add("pear");\n';

/** What models get wrong, in modules that are set up in the usual way. */
export const candidateCases: Readonly<Record<string, MatrixCase>> = {
  'checked-exception': {
    ...five,
    about: 'a checked exception that it does not declare',
    written:
      '@Test\nvoid loads() {\n    Basket basket = new Basket();\n    basket.load(new StringReader("ab"));\n    assertEquals(2, basket.size());\n}',
    lands: {
      ...lands,
      method: 'loads',
      imports: ['java.io.IOException', 'java.io.StringReader'],
      contains: 'void loads() throws IOException {',
    },
    repaired: ['added throws IOException'],
  },
  'name-taken': {
    ...five,
    about: 'a name that is taken',
    written: `@Test\nvoid startsEmpty() {\n${filled}    assertEquals(1, basket.size());\n}`,
    lands: { ...lands, method: 'startsEmpty2' },
  },
  'private-static': {
    ...five,
    about: 'private and static, which JUnit 5 does not run',
    written: `@Test\nprivate static void addsAName() {\n${filled}    assertEquals(1, basket.size());\n}`,
    lands: { ...lands, contains: '\n    void addsAName() {' },
    repaired: ['removed static', 'removed private'],
  },
  'no-annotation': {
    ...five,
    about: 'without @Test',
    written: `void addsAName() {\n${filled}    assertEquals(1, basket.size());\n}`,
    lands: { ...lands, contains: '    @Test\n    void addsAName() {' },
    repaired: ['added @Test'],
  },
  'unused-mock': {
    ...five,
    about: 'an unused mock, in a module without Mockito',
    files: { ...five.files, 'src/main/java/shop/Rates.java': rates },
    written: `@Test\nvoid addsAName() {\n    Rates rates = mock(Rates.class);\n${filled}    assertEquals(1, basket.size());\n}`,
    lands,
    repaired: ['removed the unused mock rates'],
  },
  'annotation-of-junit4': {
    ...five,
    about: "JUnit 4's annotation in full, in a module of JUnit 5",
    written: `@org.junit.Test\npublic void addsAName() {\n${filled}    assertEquals(1, basket.size());\n}`,
    lands: { ...lands, contains: '    @Test\n    public void addsAName() {' },
  },
  'assert-of-junit4': {
    ...five,
    about: "JUnit 4's Assert with the message in front, in a module of JUnit 5",
    written: `@Test\nvoid addsAName() {\n${filled}    Assert.assertEquals("one name", 1, basket.size());\n    Assert.assertTrue(basket.names().contains("pear"));\n}`,
    lands: {
      ...lands,
      imports: ['org.junit.jupiter.api.Assertions'],
      contains: 'Assertions.assertEquals(1, basket.size(), "one name");',
    },
    repaired: ['wrote Assertions instead of Assert', 'moved the message of assertEquals to the end'],
  },
  'expected-of-junit4': {
    ...five,
    about: "JUnit 4's expected exception, in a module of JUnit 5",
    written:
      '@Test(expected = IllegalArgumentException.class)\npublic void addsNoName() {\n    new Basket().add("");\n}',
    lands: {
      ...lands,
      method: 'addsNoName',
      imports: ['static org.junit.jupiter.api.Assertions.assertThrows'],
      contains: 'assertThrows(IllegalArgumentException.class, () -> new Basket().add(""));',
    },
    repaired: ['wrote assertThrows instead of an element of @Test'],
  },
  'primitive-type-argument': {
    ...five,
    about: 'a list of int, a number of the wrong type',
    written: `@Test\nvoid addsAName() {\n${filled}    List<int> sizes = new ArrayList<>();\n    sizes.add(basket.size());\n    assertEquals(1, sizes.get(0));\n    Long weight = 100;\n    assertEquals(weight, basket.weight());\n}`,
    lands: { ...lands, imports: ['java.util.ArrayList', 'java.util.List'], contains: 'List<Integer> sizes' },
    repaired: ['wrote Integer instead of int', 'wrote 100L instead of 100'],
  },
  'declared-twice': {
    ...five,
    about: 'a variable declared twice',
    written: `@Test\nvoid addsAName() {\n${filled}    assertEquals(1, basket.size());\n    Basket basket = new Basket();\n    basket.add("plum");\n    assertEquals("plum", basket.names().get(0));\n}`,
    lands,
    repaired: ['assigned basket instead of declaring it twice'],
  },
  'assertions-of-junit5': {
    ...four,
    about: "JUnit 5's Assertions with the message behind, in a module of JUnit 4",
    written: `@Test\nvoid addsAName() {\n${filled}    Assertions.assertEquals(1, basket.size(), "one name");\n}`,
    lands: {
      ...lands,
      imports: ['org.junit.Assert'],
      contains: 'Assert.assertEquals("one name", 1, basket.size());',
    },
    repaired: ['wrote Assert instead of Assertions', 'moved the message of assertEquals to the front'],
  },
  'ambiguous-equals': {
    ...four,
    about: 'an ambiguous assertEquals of JUnit 4',
    written: `@Test\npublic void addsAName() {\n${filled}    assertEquals(100, basket.weight());\n}`,
    lands,
    repaired: ['added longValue() to an ambiguous assertEquals'],
  },
  'annotation-of-junit5': {
    ...four,
    about: "JUnit 5's annotation in full, in a module of JUnit 4",
    written: `@org.junit.jupiter.api.Test\nvoid addsAName() {\n${filled}    assertEquals(1, basket.size());\n}`,
    lands: { ...lands, contains: '    @Test\n    public void addsAName() {' },
  },
  'var-of-java-10': {
    ...four,
    about: 'var, in a module of Java 8',
    written:
      '@Test\npublic void addsAName() {\n    var basket = new Basket();\n    basket.add("pear");\n    assertEquals(1, basket.size());\n}',
    lands: { ...lands, contains: 'Basket basket = new Basket();' },
    repaired: ['wrote Basket instead of var'],
  },
  'assertj-missing': {
    ...five,
    about: 'AssertJ, in a module without it',
    written: `@Test\nvoid addsAName() {\n${filled}    assertThat(basket.size()).isEqualTo(1);\n    assertThat(basket.names().isEmpty()).isFalse();\n}`,
    lands: {
      ...lands,
      imports: ['static org.junit.jupiter.api.Assertions.assertFalse'],
      contains: 'assertEquals(1, basket.size());\n        assertFalse(basket.names().isEmpty());',
    },
    repaired: ['wrote assertEquals instead of assertThat', 'wrote assertFalse instead of assertThat'],
  },
  'hamcrest-missing': {
    build: 'Maven',
    framework: 'TestNG',
    java: 8,
    about: 'Hamcrest, in a module of TestNG without it',
    files: { ...main, [file]: testFile('BasketTest', { framework: 'TestNG' }) },
    focal,
    written: `@Test\nvoid addsAName() {\n${filled}    assertThat(basket.size(), is(equalTo(1)));\n    assertThat(basket.names(), notNullValue());\n}`,
    lands: {
      ...lands,
      imports: ['static org.testng.Assert.assertNotNull'],
      contains: 'assertEquals(basket.size(), 1);\n        assertNotNull(basket.names());',
    },
    repaired: ['wrote assertEquals instead of assertThat', 'wrote assertNotNull instead of assertThat'],
  },
  'private-method': {
    ...five,
    about: 'a call of a private method: said, and never counted as a pass',
    written: '@Test\nvoid knowsTheSecret() {\n    assertEquals(42, new Basket().secret());\n}',
    lands: { ...lands, method: 'knowsTheSecret', outcome: 'compile-error' },
  },
  'unknown-method': {
    ...five,
    about: 'a method that there is not: a compile error, and no pass',
    written:
      '@Test\nvoid clears() {\n    Basket basket = new Basket();\n    basket.clear();\n    assertEquals(0, basket.size());\n}',
    lands: { ...lands, method: 'clears', outcome: 'compile-error' },
  },
  'wrong-expectation': {
    ...five,
    about: 'an expectation that does not hold: compiles, and no pass',
    written: `@Test\nvoid addsAName() {\n${filled}    assertEquals(2, basket.size());\n}`,
    lands: { ...lands, outcome: 'assertion-failure' },
  },
  'two-modules-two-frameworks': {
    build: 'Maven',
    framework: 'JUnit 4',
    java: 8,
    about: 'no test in the module; its neighbour is of JUnit 5',
    ownBuild: true,
    files: {
      'pom.xml': parentPom(8, ['modern', 'legacy']),
      'modern/pom.xml': modulePom('modern', ['org.junit.jupiter:junit-jupiter:5.10.3']),
      'modern/src/main/java/shop/Basket.java': basket,
      'modern/src/test/java/shop/BasketTest.java': testFile('BasketTest', { framework: 'JUnit 5' }),
      'legacy/pom.xml': modulePom('legacy', ['junit:junit:4.13.2', 'org.mockito:mockito-core:4.11.0'], ['modern']),
      'legacy/src/main/java/shop/Rates.java': rates,
      'legacy/src/main/java/shop/Till.java': till,
    },
    focal: 'legacy/src/main/java/shop/Till.java#total',
    written:
      '@Test\nvoid totals() {\n    Rates rates = mock(Rates.class);\n    when(rates.rate("item")).thenReturn(7L);\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertEquals(7, new Till(rates).total(basket));\n}',
    lands: {
      file: 'legacy/src/test/java/shop/TillTest.java',
      class: 'shop.TillTest',
      after: null,
      method: 'totals',
      imports: [
        'static org.junit.Assert.assertEquals',
        'static org.mockito.Mockito.mock',
        'static org.mockito.Mockito.when',
        'org.junit.Test',
      ],
      contains: 'public void totals()',
    },
  },
  'dependencies-of-the-parent': {
    build: 'Maven',
    framework: 'JUnit 5',
    extras: ['AssertJ'],
    java: 17,
    about: 'no test at all; the test libraries stand in the parent pom',
    ownBuild: true,
    files: {
      'pom.xml': parentPom(
        17,
        ['core', 'web'],
        ['org.junit.jupiter:junit-jupiter:5.10.3', 'org.assertj:assertj-core:3.25.3'],
      ),
      'core/pom.xml': modulePom('core', []),
      'core/src/main/java/shop/Basket.java': basket,
      'web/pom.xml': modulePom('web', [], ['core']),
      'web/src/main/java/web/Page.java':
        'package web;\n\nimport shop.Basket;\n\npublic class Page {\n    public String title(Basket basket) {\n        return basket.size() + " items";\n    }\n}\n',
    },
    focal: 'web/src/main/java/web/Page.java#title',
    written: `@Test\nvoid titles() {\n${filled}    assertThat(new Page().title(basket)).isEqualTo("1 items");\n}`,
    lands: {
      file: 'web/src/test/java/web/PageTest.java',
      class: 'web.PageTest',
      after: null,
      method: 'titles',
      imports: ['static org.assertj.core.api.Assertions.assertThat', 'org.junit.jupiter.api.Test', 'shop.Basket'],
    },
  },
  'tests-in-their-own-module': {
    build: 'Maven',
    framework: 'JUnit 5',
    java: 17,
    about: 'the tests of a module are in another module',
    ownBuild: true,
    files: {
      'pom.xml': parentPom(17, ['app', 'app-tests']),
      'app/pom.xml': modulePom('app', []),
      'app/src/main/java/shop/Basket.java': basket,
      'app-tests/pom.xml': modulePom('app-tests', ['org.junit.jupiter:junit-jupiter:5.10.3'], ['app']),
      'app-tests/src/test/java/shop/BasketTest.java': testFile('BasketTest', { framework: 'JUnit 5' }),
    },
    focal: 'app/src/main/java/shop/Basket.java#add',
    written: `@Test\nvoid addsAName() {\n${filled}    assertEquals(1, basket.size());\n}`,
    lands: { ...lands, file: 'app-tests/src/test/java/shop/BasketTest.java' },
  },
};
