import type { MatrixCase } from './matrix-case.ts';
import { basket, testFile } from './shop-sources.ts';

const filled = '    Basket basket = new Basket();\n    basket.add("pear");\n';
const written = `@Test\nvoid addsAName() {\n${filled}    assertEquals(1, basket.size());\n}`;

/** Folders without a build: sources here, tests there, jars in `lib`. */
export const plainCases: Readonly<Record<string, MatrixCase>> = {
  'plain-src-and-test': {
    build: 'plain folders',
    framework: 'JUnit 4',
    java: 17,
    about: 'src and test',
    files: {
      'src/shop/Basket.java': basket,
      'test/shop/BasketTest.java': testFile('BasketTest', { framework: 'JUnit 4' }),
    },
    focal: 'src/shop/Basket.java#add',
    written,
    lands: {
      file: 'test/shop/BasketTest.java',
      class: 'shop.BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: [],
      contains: 'public void addsAName()',
    },
  },
  'plain-without-tests': {
    build: 'plain folders',
    framework: 'JUnit 5',
    extras: ['AssertJ'],
    java: 17,
    about: 'no test at all: libraries by the jars in lib',
    files: { 'src/shop/Basket.java': basket },
    focal: 'src/shop/Basket.java#add',
    written: `@Test\nvoid addsAName() {\n${filled}    assertThat(basket.names()).containsExactly("pear");\n}`,
    lands: {
      file: 'test/shop/BasketTest.java',
      class: 'shop.BasketTest',
      after: null,
      method: 'addsAName',
      imports: ['static org.assertj.core.api.Assertions.assertThat', 'org.junit.jupiter.api.Test'],
    },
  },
  'plain-maven-folders': {
    build: 'plain folders',
    framework: 'TestNG',
    java: 17,
    about: "Maven's folders without Maven",
    files: {
      'src/main/java/shop/Basket.java': basket,
      'src/test/java/shop/BasketTest.java': testFile('BasketTest', { framework: 'TestNG' }),
    },
    focal: 'src/main/java/shop/Basket.java#add',
    written: `@Test\nvoid addsAName() {\n${filled}    assertEquals(basket.size(), 1);\n}`,
    lands: {
      file: 'src/test/java/shop/BasketTest.java',
      class: 'shop.BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: [],
      contains: 'public void addsAName()',
    },
  },
  'plain-no-package': {
    build: 'plain folders',
    framework: 'JUnit 5',
    java: 17,
    about: 'no package, tests beside the classes',
    files: {
      'src/Basket.java': basket.replace('package shop;\n\n', ''),
      'src/BasketTest.java': testFile('BasketTest', { framework: 'JUnit 5', package: '' }),
    },
    focal: 'src/Basket.java#add',
    written,
    lands: {
      file: 'src/BasketTest.java',
      class: 'BasketTest',
      after: 'startsEmpty',
      method: 'addsAName',
      imports: [],
    },
  },
  'plain-two-projects': {
    build: 'plain folders',
    framework: 'JUnit 5',
    java: 17,
    about: 'two projects in one folder, the second uses the first; jars in lib of the folder',
    files: {
      'core/src/shop/Basket.java': basket,
      'core/test/shop/BasketTests.java': testFile('BasketTests', { framework: 'JUnit 5' }),
      'web/src/web/Page.java':
        'package web;\n\nimport shop.Basket;\n\npublic class Page {\n    public String title(Basket basket) {\n        return basket.size() + " items";\n    }\n}\n',
    },
    focal: 'web/src/web/Page.java#title',
    written: `@Test\nvoid titles() {\n${filled}    assertEquals("1 items", new Page().title(basket));\n}`,
    lands: {
      file: 'web/test/web/PageTests.java',
      class: 'web.PageTests',
      after: null,
      method: 'titles',
      imports: ['static org.junit.jupiter.api.Assertions.assertEquals', 'org.junit.jupiter.api.Test', 'shop.Basket'],
    },
  },
};
