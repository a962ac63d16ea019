import type { MatrixCase } from './matrix-case.ts';
import { basket, rates, testFile, till } from './shop-sources.ts';

const main = { 'src/main/java/shop/Basket.java': basket };
const focal = 'src/main/java/shop/Basket.java#add';
const file = 'src/test/java/shop/BasketTest.java';
const filled = '    Basket basket = new Basket();\n    basket.add("pear");\n';
const written = `@Test\nvoid addsAName() {\n${filled}    assertEquals(1, basket.size());\n}`;
const fluent = `@Test\nvoid addsAName() {\n${filled}    assertThat(basket.names()).containsExactly("pear");\n}`;
const atEnd = { file, class: 'shop.BasketTest', after: 'startsEmpty', method: 'addsAName', imports: [] } as const;
const jupiterImports = ['static org.junit.jupiter.api.Assertions.assertEquals', 'org.junit.jupiter.api.Test'];
const assertjImports = ['static org.assertj.core.api.Assertions.assertThat', 'org.junit.jupiter.api.Test'];
const newFile = { ...atEnd, after: null, imports: jupiterImports } as const;
const page =
  'package web;\n\nimport shop.Basket;\n\npublic class Page {\n    public String title(Basket basket) {\n        return basket.size() + " items";\n    }\n}\n';
const titles = {
  focal: 'web/src/main/java/web/Page.java#title',
  written: `@Test\nvoid titles() {\n${filled}    assertThat(new Page().title(basket)).isEqualTo("1 items");\n}`,
  lands: {
    file: 'web/src/test/java/web/PageTest.java',
    class: 'web.PageTest',
    after: null,
    method: 'titles',
    imports: ['static org.assertj.core.api.Assertions.assertThat', 'org.junit.jupiter.api.Test', 'shop.Basket'],
  },
} as const;
const catalog = `[versions]
junit = "5.10.3"
assertj = "3.25.3"

[libraries]
junit = { module = "org.junit.jupiter:junit-jupiter", version.ref = "junit" }
assertj-core = { group = "org.assertj", name = "assertj-core", version.ref = "assertj" }

[bundles]
testing = ["junit", "assertj-core"]
`;
const kotlinBuild = (dependencies: string) =>
  `plugins {\n    \`java-library\`\n}\n\ndependencies {\n${dependencies}\n}\n`;
const groovyBuild = (dependencies: string) =>
  `plugins {\n    id 'java'\n}\n\nrepositories { mavenCentral() }\n\ndependencies {\n${dependencies}\n}\n`;

/** Gradle builds in both of its languages, as their files name what the tests need. */
export const gradleCases: Readonly<Record<string, MatrixCase>> = {
  'groovy-junit5': {
    build: 'Gradle, Groovy',
    framework: 'JUnit 5',
    java: 17,
    about: 'the usual build',
    files: { ...main, [file]: testFile('BasketTest', { framework: 'JUnit 5' }) },
    focal,
    written,
    lands: atEnd,
  },
  'groovy-junit4-compile': {
    build: 'Gradle, Groovy',
    framework: 'JUnit 4',
    extras: ['Hamcrest'],
    java: 8,
    about: 'testCompile of old builds, several libraries in one statement, no test at all',
    ownBuild: true,
    files: {
      'build.gradle': `apply plugin: 'java'\nsourceCompatibility = 1.8\n\next.hamcrestVersion = '2.2'\n\ndependencies {\n    // testCompile 'org.testng:testng:7.5.1'\n    testCompile 'junit:junit:4.13.2',\n        "org.hamcrest:hamcrest:$hamcrestVersion"\n}\n`,
      ...main,
    },
    focal,
    written: `@Test\nvoid addsAName() {\n${filled}    assertThat(basket.names(), hasSize(1));\n}`,
    lands: {
      ...newFile,
      imports: [
        'static org.hamcrest.MatcherAssert.assertThat',
        'static org.hamcrest.Matchers.hasSize',
        'org.junit.Test',
      ],
    },
  },
  'groovy-subprojects': {
    build: 'Gradle, Groovy',
    framework: 'JUnit 5',
    extras: ['AssertJ'],
    java: 17,
    about: 'the test libraries stand in subprojects { } of the root; no test in the module',
    ownBuild: true,
    files: {
      'settings.gradle': "include 'core', 'web'\n",
      'build.gradle':
        "subprojects {\n    apply plugin: 'java'\n    sourceCompatibility = JavaVersion.VERSION_17\n    dependencies {\n        testImplementation platform('org.junit:junit-bom:5.10.3')\n        testImplementation 'org.junit.jupiter:junit-jupiter'\n        testImplementation \"org.assertj:assertj-core:$assertjVersion\"\n    }\n    test { useJUnitPlatform() }\n}\n",
      'gradle.properties': 'assertjVersion=3.25.3\n',
      'core/build.gradle': '',
      'core/src/main/java/shop/Basket.java': basket,
      'web/build.gradle': "dependencies {\n    implementation project(':core')\n}\n",
      'web/src/main/java/web/Page.java': page,
    },
    ...titles,
  },
  'groovy-mockito': {
    build: 'Gradle, Groovy',
    framework: 'JUnit 5',
    extras: ['Mockito', 'AssertJ'],
    java: 11,
    about: 'mocks, no test class of its own',
    files: { ...main, 'src/main/java/shop/Rates.java': rates, 'src/main/java/shop/Till.java': till },
    focal: 'src/main/java/shop/Till.java#total',
    written: `@Test\nvoid totals() {\n    Rates rates = mock(Rates.class);\n    when(rates.rate(anyString())).thenReturn(4L);\n${filled}    assertThat(new Till(rates).total(basket)).isEqualTo(4);\n}`,
    lands: {
      file: 'src/test/java/shop/TillTest.java',
      class: 'shop.TillTest',
      after: null,
      method: 'totals',
      imports: [
        'static org.assertj.core.api.Assertions.assertThat',
        'static org.mockito.ArgumentMatchers.anyString',
        'static org.mockito.Mockito.mock',
        'static org.mockito.Mockito.when',
        'org.junit.jupiter.api.Test',
      ],
    },
  },
  'groovy-integration-tests': {
    build: 'Gradle, Groovy',
    framework: 'JUnit 5',
    extras: ['AssertJ'],
    java: 17,
    about: 'src/integrationTest with libraries of its own, the only tests of the module',
    ownBuild: true,
    files: {
      'build.gradle': groovyBuild(
        "    testImplementation 'org.junit.jupiter:junit-jupiter:5.10.3'\n    integrationTestImplementation 'org.assertj:assertj-core:3.25.3'",
      ).replace(
        'dependencies {',
        'sourceSets {\n    integrationTest {\n        compileClasspath += sourceSets.main.output\n    }\n}\n\nconfigurations {\n    integrationTestImplementation.extendsFrom testImplementation\n}\n\ndependencies {',
      ),
      ...main,
      'src/integrationTest/java/shop/Fruit.java':
        'package shop;\n\nfinal class Fruit {\n    static final String PEAR = "pear";\n\n    private Fruit() {\n    }\n}\n',
      'src/integrationTest/java/shop/BasketIntegrationTest.java': testFile('BasketIntegrationTest', {
        framework: 'JUnit 5',
        imports: ['static org.assertj.core.api.Assertions.assertThat', '', 'org.junit.jupiter.api.Test'],
        body: '    @Test\n    void startsEmpty() {\n        assertThat(new Basket().names()).isEmpty();\n    }\n',
      }),
    },
    focal,
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = new Basket();\n    basket.add(Fruit.PEAR);\n    assertThat(basket.names()).containsExactly(Fruit.PEAR);\n}',
    lands: {
      ...atEnd,
      file: 'src/integrationTest/java/shop/BasketIntegrationTest.java',
      class: 'shop.BasketIntegrationTest',
    },
  },
  'groovy-own-source-folders': {
    build: 'Gradle, Groovy',
    framework: 'JUnit 4',
    java: 11,
    about: 'src and test as the source folders of the build, no test class of its own',
    ownBuild: true,
    files: {
      'build.gradle': `${groovyBuild("    testImplementation 'junit:junit:4.13.2'")}\nsourceSets {\n    main { java { srcDirs = ['src'] } }\n    test { java { srcDirs = ['test'] } }\n}\n`,
      'src/shop/Basket.java': basket,
    },
    focal: 'src/shop/Basket.java#add',
    written,
    lands: {
      ...newFile,
      file: 'test/shop/BasketTest.java',
      imports: ['static org.junit.Assert.assertEquals', 'org.junit.Test'],
    },
  },
  'groovy-test-suite': {
    build: 'Gradle, Groovy',
    framework: 'TestNG',
    java: 8,
    about: 'useTestNG of a test suite, no test at all',
    ownBuild: true,
    files: {
      'build.gradle':
        "plugins { id 'java' }\n\nsourceCompatibility = '1.8'\n\ntesting {\n    suites {\n        test {\n            useTestNG('7.5.1')\n        }\n    }\n}\n",
      ...main,
    },
    focal,
    written: `@Test\npublic void addsAName() {\n${filled}    assertEquals(basket.size(), 1);\n}`,
    lands: { ...newFile, imports: ['static org.testng.Assert.assertEquals', 'org.testng.annotations.Test'] },
  },
  'kotlin-junit5-assertj': {
    build: 'Gradle, Kotlin',
    framework: 'JUnit 5',
    extras: ['AssertJ'],
    java: 17,
    about: 'the usual build, no test at all',
    files: main,
    focal,
    written: fluent,
    lands: { ...newFile, imports: assertjImports },
  },
  'kotlin-catalog': {
    build: 'Gradle, Kotlin',
    framework: 'JUnit 5',
    java: 17,
    about: 'libs.junit of the version catalog is JUnit 5; no test at all',
    ownBuild: true,
    files: {
      'settings.gradle.kts': 'rootProject.name = "@id@"\n',
      'gradle/libs.versions.toml': catalog,
      'build.gradle.kts': kotlinBuild('    testImplementation(libs.junit)'),
      ...main,
    },
    focal,
    written,
    lands: newFile,
  },
  'kotlin-catalog-bundle': {
    build: 'Gradle, Kotlin',
    framework: 'JUnit 5',
    extras: ['AssertJ'],
    java: 17,
    about: 'a bundle of the version catalog, a sibling project, no test in the module',
    ownBuild: true,
    files: {
      'settings.gradle.kts': 'include("core", "web")\n',
      'gradle/libs.versions.toml': catalog,
      'build.gradle.kts': 'plugins {\n    java\n}\n',
      'core/build.gradle.kts': kotlinBuild('    testImplementation(libs.junit)'),
      'core/src/main/java/shop/Basket.java': basket,
      'web/build.gradle.kts': kotlinBuild(
        '    implementation(project(":core"))\n    testImplementation(\n        libs.bundles.testing\n    )',
      ),
      'web/src/main/java/web/Page.java': page,
    },
    ...titles,
  },
  'kotlin-test-suite': {
    build: 'Gradle, Kotlin',
    framework: 'JUnit 5',
    java: 17,
    about: 'useJUnitJupiter of a test suite, as gradle init writes it; no test at all',
    ownBuild: true,
    files: {
      'settings.gradle.kts': 'rootProject.name = "@id@"\n',
      'build.gradle.kts':
        'plugins {\n    `java-library`\n}\n\ntesting {\n    suites {\n        val test by getting(JvmTestSuite::class) {\n            useJUnitJupiter("5.10.3")\n        }\n    }\n}\n',
      ...main,
    },
    focal,
    written,
    lands: newFile,
  },
  'kotlin-testng': {
    build: 'Gradle, Kotlin',
    framework: 'TestNG',
    java: 11,
    about: 'a version of a val, tests in the TestNG manner',
    ownBuild: true,
    files: {
      'build.gradle.kts': `val testngVersion = "7.5.1"\n\n${kotlinBuild('    testImplementation("org.testng:testng:\u0024testngVersion")')}`,
      ...main,
      [file]: testFile('BasketTest', { framework: 'TestNG' }),
    },
    focal,
    written: `@Test\nvoid addsAName() {\n${filled}    assertEquals(basket.size(), 1);\n}`,
    lands: { ...atEnd, contains: 'public void addsAName()' },
  },
  'kotlin-junit4-truth': {
    build: 'Gradle, Kotlin',
    framework: 'JUnit 4',
    extras: ['Truth'],
    java: 11,
    about: 'a catalog of JUnit 4 and Truth, version in the string',
    ownBuild: true,
    files: {
      'gradle/libs.versions.toml': '[versions]\ntruth = "1.4.4"\n[libraries]\njunit = "junit:junit:4.13.2"\n',
      'build.gradle.kts': kotlinBuild(
        '    testImplementation(libs.junit)\n    testImplementation("com.google.truth:truth:\u0024{libs.versions.truth.get()}")',
      ),
      ...main,
    },
    focal,
    written: `@Test\nvoid addsAName() {\n${filled}    assertThat(basket.names()).containsExactly("pear");\n}`,
    lands: {
      ...newFile,
      imports: ['static com.google.common.truth.Truth.assertThat', 'org.junit.Test'],
      contains: 'public void addsAName()',
    },
  },
  'kotlin-junit6': {
    build: 'Gradle, Kotlin',
    framework: 'JUnit 6',
    extras: ['Mockito'],
    java: 17,
    about: 'mocks in a field, imports in two groups',
    files: {
      ...main,
      'src/main/java/shop/Rates.java': rates,
      'src/main/java/shop/Till.java': till,
      'src/test/java/shop/TillTest.java': testFile('TillTest', {
        framework: 'JUnit 6',
        imports: [
          'static org.junit.jupiter.api.Assertions.assertEquals',
          'static org.mockito.Mockito.mock',
          '',
          'java.util.List',
          '',
          'org.junit.jupiter.api.Test',
        ],
        body: '    private final Rates rates = mock(Rates.class);\n\n    @Test\n    void nothingCostsNothing() {\n        assertEquals(0, new Till(rates).total(new Basket()));\n        assertEquals(List.of(), new Basket().names());\n    }\n',
      }),
    },
    focal: 'src/main/java/shop/Till.java#total',
    written: `@Test\nvoid totals() {\n    when(rates.rate("item")).thenReturn(2L);\n${filled}    Map<String, Long> totals = new HashMap<>();\n    totals.put("a", new Till(rates).total(basket));\n    assertEquals(2L, totals.get("a"));\n}`,
    lands: {
      file: 'src/test/java/shop/TillTest.java',
      class: 'shop.TillTest',
      after: 'nothingCostsNothing',
      method: 'totals',
      imports: ['static org.mockito.Mockito.when', 'java.util.HashMap', 'java.util.Map'],
    },
  },
  'kotlin-test-fixtures': {
    build: 'Gradle, Kotlin',
    framework: 'JUnit 5',
    java: 17,
    about: 'fixtures in src/testFixtures, which are no place for tests; no test at all',
    ownBuild: true,
    files: {
      'build.gradle.kts':
        'plugins {\n    `java-test-fixtures`\n}\n\ndependencies {\n    "testImplementation"("org.junit.jupiter:junit-jupiter:5.10.3") {\n        exclude(group = "none")\n    }\n}\n',
      ...main,
      'src/testFixtures/java/shop/Baskets.java':
        'package shop;\n\npublic final class Baskets {\n    public static Basket basketOf(String name) {\n        Basket basket = new Basket();\n        basket.add(name);\n        return basket;\n    }\n}\n',
    },
    focal,
    written:
      '@Test\nvoid addsAName() {\n    Basket basket = Baskets.basketOf("pear");\n    basket.add("plum");\n    assertEquals(2, basket.size());\n}',
    lands: newFile,
  },
  'groovy-lombok': {
    build: 'Gradle, Groovy',
    framework: 'JUnit 5',
    java: 17,
    about: 'a class that Lombok completes while it is compiled',
    ownBuild: true,
    files: {
      'build.gradle': groovyBuild(
        "    compileOnly 'org.projectlombok:lombok:1.18.42'\n    annotationProcessor 'org.projectlombok:lombok:1.18.42'\n    testImplementation('org.junit.jupiter:junit-jupiter:5.10.3')",
      ),
      'src/main/java/shop/Label.java':
        'package shop;\n\nimport lombok.Value;\n\n@Value\npublic class Label {\n    String text;\n\n    public String shout() {\n        return getText().toUpperCase();\n    }\n}\n',
    },
    focal: 'src/main/java/shop/Label.java#shout',
    written: '@Test\nvoid shouts() {\n    assertEquals("PEAR", new Label("pear").shout());\n}',
    lands: {
      file: 'src/test/java/shop/LabelTest.java',
      class: 'shop.LabelTest',
      after: null,
      method: 'shouts',
      imports: jupiterImports,
    },
  },
};
