import type { MatrixCase } from './matrix-case.ts';
import { basket, rates, testFile, till } from './shop-sources.ts';

const main = { 'src/main/java/shop/Basket.java': basket };
const withTill = { ...main, 'src/main/java/shop/Rates.java': rates, 'src/main/java/shop/Till.java': till };
const focal = 'src/main/java/shop/Basket.java#add';
const file = 'src/test/java/shop/BasketTest.java';
const lands = { file, class: 'shop.BasketTest', after: 'startsEmpty', method: 'addsAName', imports: [] };
const plain =
  '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertEquals(1, basket.size());\n}';

/** Every test framework with every assertion and mock library, in Maven modules that have tests already. */
export const frameworkCases: Readonly<Record<string, MatrixCase>> = {
  'junit5-plain': {
    build: 'Maven',
    framework: 'JUnit 5',
    java: 17,
    about: 'a helper behind the last test',
    files: {
      ...main,
      [file]: testFile('BasketTest', {
        framework: 'JUnit 5',
        body: '    @Test\n    void startsEmpty() {\n        assertEquals(0, new Basket().size());\n    } // as it should\n\n    private static Basket filled() {\n        return new Basket();\n    }\n',
      }),
    },
    focal,
    written: plain,
    lands,
  },
  'junit5-assertj': {
    build: 'Maven',
    framework: 'JUnit 5',
    extras: ['AssertJ'],
    java: 17,
    about: 'imports missing: AssertJ for exceptions, a type of java.util',
    files: {
      ...main,
      [file]: testFile('BasketTest', {
        framework: 'JUnit 5',
        imports: ['static org.assertj.core.api.Assertions.assertThat', '', 'org.junit.jupiter.api.Test'],
        body: '    @Test\n    void startsEmpty() {\n        assertThat(new Basket().names()).isEmpty();\n    }\n',
      }),
    },
    focal,
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(basket.names()).isEqualTo(List.of("pear"));\n    assertThatThrownBy(() -> basket.add("")).isInstanceOf(IllegalArgumentException.class);\n}',
    lands: {
      ...lands,
      imports: ['static org.assertj.core.api.Assertions.assertThatThrownBy', 'java.util.List'],
    },
  },
  'junit5-hamcrest': {
    build: 'Maven',
    framework: 'JUnit 5',
    extras: ['Hamcrest'],
    java: 11,
    about: 'matchers that the file does not import yet',
    files: {
      ...main,
      [file]: testFile('BasketTest', {
        framework: 'JUnit 5',
        imports: [
          'static org.hamcrest.MatcherAssert.assertThat',
          'static org.hamcrest.Matchers.is',
          '',
          'org.junit.jupiter.api.Test',
        ],
        body: '    @Test\n    void startsEmpty() {\n        assertThat(new Basket().size(), is(0));\n    }\n',
      }),
    },
    focal,
    written:
      '@Test\npublic void addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(basket.names(), hasSize(1));\n    assertThat(basket.names(), contains("pear"));\n}',
    lands: {
      ...lands,
      imports: ['static org.hamcrest.Matchers.contains', 'static org.hamcrest.Matchers.hasSize'],
    },
  },
  'junit5-truth': {
    build: 'Maven',
    framework: 'JUnit 5',
    extras: ['Truth'],
    java: 17,
    about: 'no test class of its own; Truth by the other tests',
    files: {
      ...main,
      'src/test/java/shop/SmokeTest.java': testFile('SmokeTest', {
        framework: 'JUnit 5',
        imports: ['static com.google.common.truth.Truth.assertThat', '', 'org.junit.jupiter.api.Test'],
        body: '    @Test\n    void works() {\n        assertThat(new Basket().names()).isEmpty();\n    }\n',
      }),
    },
    focal,
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(basket.names()).containsExactly("pear");\n}',
    lands: {
      ...lands,
      after: null,
      imports: ['static com.google.common.truth.Truth.assertThat', 'org.junit.jupiter.api.Test'],
    },
  },
  'junit5-inject-mocks': {
    build: 'Maven',
    framework: 'JUnit 5',
    extras: ['AssertJ', 'Mockito'],
    java: 17,
    about: '@InjectMocks fixture, stubbing not imported',
    files: {
      ...withTill,
      'src/test/java/shop/TillTest.java': testFile('TillTest', {
        framework: 'JUnit 5',
        imports: [
          'static org.assertj.core.api.Assertions.assertThat',
          '',
          'org.junit.jupiter.api.Test',
          'org.junit.jupiter.api.extension.ExtendWith',
          'org.mockito.InjectMocks',
          'org.mockito.Mock',
          'org.mockito.junit.jupiter.MockitoExtension',
        ],
        body: '    @Mock private Rates rates;\n    @InjectMocks private Till till;\n\n    @Test\n    void nothingCostsNothing() {\n        assertThat(till.total(new Basket())).isZero();\n    }\n',
      }).replace('class TillTest', '@ExtendWith(MockitoExtension.class)\nclass TillTest'),
    },
    focal: 'src/main/java/shop/Till.java#total',
    written:
      '@Test\nvoid multipliesByTheRate() {\n    when(rates.rate(anyString())).thenReturn(3L);\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(till.total(basket)).isEqualTo(3L);\n    verify(rates).rate("item");\n}',
    lands: {
      file: 'src/test/java/shop/TillTest.java',
      class: 'shop.TillTest',
      after: 'nothingCostsNothing',
      method: 'multipliesByTheRate',
      imports: [
        'static org.mockito.ArgumentMatchers.anyString',
        'static org.mockito.Mockito.verify',
        'static org.mockito.Mockito.when',
      ],
    },
  },
  'junit4-plain': {
    build: 'Maven',
    framework: 'JUnit 4',
    java: 8,
    about: 'not public, as JUnit 5 has it',
    files: { ...main, [file]: testFile('BasketTest', { framework: 'JUnit 4' }) },
    focal,
    written: plain,
    lands: { ...lands, contains: 'public void addsAName()' },
  },
  'junit4-hamcrest': {
    build: 'Maven',
    framework: 'JUnit 4',
    java: 8,
    about: 'Hamcrest as JUnit 4 brings it',
    files: {
      ...main,
      [file]: testFile('BasketTest', {
        framework: 'JUnit 4',
        imports: ['static org.hamcrest.CoreMatchers.is', 'static org.junit.Assert.assertThat', '', 'org.junit.Test'],
        body: '    @Test\n    public void startsEmpty() {\n        assertThat(new Basket().size(), is(0));\n    }\n',
      }),
    },
    focal,
    written:
      '@Test\npublic void addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(basket.names(), hasItem("pear"));\n    assertThat(basket.names(), not(hasItem("plum")));\n}',
    lands: {
      ...lands,
      imports: ['static org.hamcrest.CoreMatchers.hasItem', 'static org.hamcrest.CoreMatchers.not'],
    },
  },
  'junit4-truth': {
    build: 'Maven',
    framework: 'JUnit 4',
    extras: ['Truth'],
    java: 8,
    about: 'no test at all: framework and assertions by the pom',
    files: main,
    focal,
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(basket.names()).hasSize(1);\n}',
    lands: {
      ...lands,
      after: null,
      imports: ['static com.google.common.truth.Truth.assertThat', 'org.junit.Test'],
    },
  },
  'junit4-assertj': {
    build: 'Maven',
    framework: 'JUnit 4',
    extras: ['AssertJ'],
    java: 11,
    about: '@DisplayName of JUnit 5, which JUnit 4 has not',
    files: {
      ...main,
      [file]: testFile('BasketTest', {
        framework: 'JUnit 4',
        imports: ['static org.assertj.core.api.Assertions.assertThat', '', 'org.junit.Test'],
        body: '    @Test\n    public void startsEmpty() {\n        assertThat(new Basket().size()).isZero();\n    }\n',
      }),
    },
    focal,
    written:
      '@Test\n@DisplayName("adds a name")\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(basket.size()).isEqualTo(1);\n}',
    lands,
    repaired: ['removed @DisplayName'],
  },
  'junit4-mockito': {
    build: 'Maven',
    framework: 'JUnit 4',
    extras: ['Mockito'],
    java: 8,
    about: 'runner of Mockito, argument captor not imported',
    files: {
      ...withTill,
      'src/test/java/shop/TillTest.java': testFile('TillTest', {
        framework: 'JUnit 4',
        imports: [
          'static org.junit.Assert.assertEquals',
          'static org.mockito.Mockito.when',
          '',
          'org.junit.Test',
          'org.junit.runner.RunWith',
          'org.mockito.InjectMocks',
          'org.mockito.Mock',
          'org.mockito.junit.MockitoJUnitRunner',
        ],
        body: '    @Mock private Rates rates;\n    @InjectMocks private Till till;\n\n    @Test\n    public void nothingCostsNothing() {\n        assertEquals(0, till.total(new Basket()));\n    }\n',
      }).replace('public class TillTest', '@RunWith(MockitoJUnitRunner.class)\npublic class TillTest'),
    },
    focal: 'src/main/java/shop/Till.java#total',
    written:
      '@Test\npublic void asksForTheItem() {\n    ArgumentCaptor<String> name = ArgumentCaptor.forClass(String.class);\n    till.total(new Basket());\n    verify(rates, times(1)).rate(name.capture());\n    assertEquals("item", name.getValue());\n}',
    lands: {
      file: 'src/test/java/shop/TillTest.java',
      class: 'shop.TillTest',
      after: 'nothingCostsNothing',
      method: 'asksForTheItem',
      imports: ['static org.mockito.Mockito.times', 'static org.mockito.Mockito.verify', 'org.mockito.ArgumentCaptor'],
    },
  },
  'junit3-existing': {
    build: 'Maven',
    framework: 'JUnit 3',
    java: 8,
    about: 'annotation taken off, name begins with test',
    files: { ...main, [file]: testFile('BasketTest', { framework: 'JUnit 3' }) },
    focal,
    written: plain,
    lands: { ...lands, after: 'testStartsEmpty', method: 'testAddsAName', contains: 'public void testAddsAName()' },
  },
  'junit3-without-tests': {
    build: 'Maven',
    framework: 'JUnit 3',
    java: 8,
    about: 'no test at all: JUnit 3 by the version in the pom',
    files: main,
    focal,
    written: plain,
    lands: {
      ...lands,
      after: null,
      method: 'testAddsAName',
      extends: 'TestCase',
      imports: ['junit.framework.TestCase'],
    },
  },
  'junit6-plain': {
    build: 'Maven',
    framework: 'JUnit 6',
    java: 17,
    about: 'parameterized, nothing of it imported',
    files: { ...main, [file]: testFile('BasketTest', { framework: 'JUnit 6' }) },
    focal,
    written:
      '@ParameterizedTest\n@ValueSource(strings = {"pear", "plum"})\nvoid addsAName(String name) {\n    Basket basket = new Basket();\n    basket.add(name);\n    assertEquals(name, basket.names().get(0));\n}',
    lands: {
      ...lands,
      imports: ['org.junit.jupiter.params.ParameterizedTest', 'org.junit.jupiter.params.provider.ValueSource'],
    },
  },
  'junit6-without-tests': {
    build: 'Maven',
    framework: 'JUnit 6',
    extras: ['AssertJ', 'Mockito'],
    java: 17,
    about: 'no test at all: all libraries by the pom',
    files: withTill,
    focal: 'src/main/java/shop/Till.java#total',
    written:
      '@Test\nvoid multipliesByTheRate() {\n    Rates rates = mock(Rates.class);\n    given(rates.rate("item")).willReturn(5L);\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(new Till(rates).total(basket)).isEqualTo(5);\n}',
    lands: {
      file: 'src/test/java/shop/TillTest.java',
      class: 'shop.TillTest',
      after: null,
      method: 'multipliesByTheRate',
      imports: [
        'static org.assertj.core.api.Assertions.assertThat',
        'static org.mockito.BDDMockito.given',
        'static org.mockito.Mockito.mock',
        'org.junit.jupiter.api.Test',
      ],
    },
  },
  'testng-plain': {
    build: 'Maven',
    framework: 'TestNG',
    java: 8,
    about: 'not public: TestNG would not run it',
    files: { ...main, [file]: testFile('BasketTest', { framework: 'TestNG' }) },
    focal,
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertEquals(basket.size(), 1);\n    assertTrue(basket.names().contains("pear"));\n}',
    lands: {
      ...lands,
      contains: 'public void addsAName()',
      imports: ['static org.testng.Assert.assertTrue'],
    },
  },
  'testng-without-tests': {
    build: 'Maven',
    framework: 'TestNG',
    extras: ['AssertJ'],
    java: 11,
    about: 'no test at all: TestNG by the pom',
    files: main,
    focal,
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add("pear");\n    assertThat(basket.names()).containsExactly("pear");\n}',
    lands: {
      ...lands,
      after: null,
      imports: ['static org.assertj.core.api.Assertions.assertThat', 'org.testng.annotations.Test'],
    },
  },
  'testng-expected': {
    build: 'Maven',
    framework: 'TestNG',
    java: 8,
    about: "an expected exception in JUnit 4's words",
    files: { ...main, [file]: testFile('BasketTest', { framework: 'TestNG' }) },
    focal,
    written:
      '@Test(expected = IllegalArgumentException.class)\npublic void addsAName() {\n    new Basket().add("");\n}',
    lands: { ...lands, contains: 'expectedExceptions = IllegalArgumentException.class' },
    repaired: ['wrote expectedExceptions instead of expected'],
  },
};
