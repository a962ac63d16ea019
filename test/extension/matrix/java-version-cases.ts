import type { MatrixCase } from './matrix-case.ts';
import { testFile } from './shop-sources.ts';

const five = { build: 'Maven', framework: 'JUnit 5' } as const;
const jupiterImports = ['static org.junit.jupiter.api.Assertions.assertEquals', 'org.junit.jupiter.api.Test'];
const emptyTest = (name: string) => testFile(name, { framework: 'JUnit 5', imports: jupiterImports, body: '' });

/** What Java learned since version 8, in the code under test and in the tests; versions that the JDK on the PATH may not know. */
export const javaVersionCases: Readonly<Record<string, MatrixCase>> = {
  'java-8-lambda': {
    ...five,
    java: 8,
    about: 'a lambda, a method reference, an Optional',
    files: {
      'src/main/java/shop/Finder.java':
        'package shop;\n\nimport java.util.List;\nimport java.util.Optional;\nimport java.util.function.Predicate;\n\npublic class Finder {\n    public static <T> Optional<T> first(List<T> all, Predicate<? super T> wanted) {\n        return all.stream().filter(wanted).findFirst();\n    }\n}\n',
    },
    focal: 'src/main/java/shop/Finder.java#first',
    written:
      '@Test\nvoid findsTheFirst() {\n    assertEquals(Optional.of("pear"), Finder.first(Arrays.asList("fig", "pear"), name -> name.length() > 3));\n    assertFalse(Finder.first(Collections.<String>emptyList(), String::isEmpty).isPresent());\n}',
    lands: {
      file: 'src/test/java/shop/FinderTest.java',
      class: 'shop.FinderTest',
      after: null,
      method: 'findsTheFirst',
      imports: [
        'static org.junit.jupiter.api.Assertions.assertEquals',
        'static org.junit.jupiter.api.Assertions.assertFalse',
        'java.util.Arrays',
        'java.util.Collections',
        'java.util.Optional',
        'org.junit.jupiter.api.Test',
      ],
    },
  },
  'java-11-var-in-lambda': {
    ...five,
    java: 11,
    about: 'var, also in a lambda',
    files: {
      'src/main/java/shop/Joiner.java':
        'package shop;\n\nimport java.util.List;\nimport java.util.stream.Collectors;\n\npublic class Joiner {\n    public String join(List<String> names) {\n        return names.stream().map((var name) -> name.strip()).collect(Collectors.joining(","));\n    }\n}\n',
      'src/test/java/shop/JoinerTest.java': emptyTest('JoinerTest'),
    },
    focal: 'src/main/java/shop/Joiner.java#join',
    written:
      '@Test\nvoid joins() {\n    var joined = new Joiner().join(List.of(" a", "b "));\n    assertEquals("a,b", joined);\n}',
    lands: {
      file: 'src/test/java/shop/JoinerTest.java',
      class: 'shop.JoinerTest',
      after: null,
      method: 'joins',
      imports: ['java.util.List'],
    },
  },
  'java-17-record': {
    ...five,
    extras: ['AssertJ'],
    java: 17,
    about: 'a record with a nested record',
    files: {
      'src/main/java/shop/Price.java':
        'package shop;\n\npublic record Price(long cents, Currency currency) {\n    public record Currency(String code) {}\n\n    public Price {\n        if (cents < 0) throw new IllegalArgumentException("negative");\n    }\n\n    public Price plus(Price other) {\n        return new Price(cents + other.cents, currency);\n    }\n}\n',
    },
    focal: 'src/main/java/shop/Price.java#plus',
    written:
      '@Test\nvoid adds() {\n    Currency euro = new Currency("EUR");\n    assertThat(new Price(1, euro).plus(new Price(2, euro))).isEqualTo(new Price(3, euro));\n}',
    lands: {
      file: 'src/test/java/shop/PriceTest.java',
      class: 'shop.PriceTest',
      after: null,
      method: 'adds',
      imports: [
        'static org.assertj.core.api.Assertions.assertThat',
        'org.junit.jupiter.api.Test',
        'shop.Price.Currency',
      ],
    },
  },
  'java-17-text-block': {
    ...five,
    java: 17,
    about: 'a text block, whose lines must keep their indentation, in a file with tabs',
    files: {
      'src/main/java/shop/Lines.java':
        'package shop;\n\npublic class Lines {\n    public long count(String text) {\n        return text.lines().count();\n    }\n}\n',
      'src/test/java/shop/LinesTest.java': testFile('LinesTest', {
        framework: 'JUnit 5',
        imports: jupiterImports,
        body: '    @Test\n    void noneInNothing() {\n        assertEquals(0, new Lines().count(""));\n    }\n',
      }).replaceAll('    ', '\t'),
    },
    focal: 'src/main/java/shop/Lines.java#count',
    written:
      '@Test\nvoid counts() {\n    String text = """\n        one\n          two\n        """;\n    assertEquals(2, new Lines().count(text));\n    assertEquals("one\\n  two\\n", text);\n}',
    lands: {
      file: 'src/test/java/shop/LinesTest.java',
      class: 'shop.LinesTest',
      after: 'noneInNothing',
      method: 'counts',
      imports: [],
      indent: '\t',
    },
  },
  'java-17-enum': {
    ...five,
    java: 17,
    about: 'an enum under test, a test of each of its values',
    files: {
      'src/main/java/shop/Size.java':
        'package shop;\n\npublic enum Size {\n    SMALL, LARGE;\n\n    public int factor() {\n        return ordinal() + 1;\n    }\n}\n',
      'src/test/java/shop/SizeTest.java': emptyTest('SizeTest'),
    },
    focal: 'src/main/java/shop/Size.java#factor',
    written:
      '@ParameterizedTest\n@EnumSource(Size.class)\nvoid isPositive(Size size) {\n    assertTrue(size.factor() > 0);\n}',
    lands: {
      file: 'src/test/java/shop/SizeTest.java',
      class: 'shop.SizeTest',
      after: null,
      method: 'isPositive',
      imports: [
        'static org.junit.jupiter.api.Assertions.assertTrue',
        'org.junit.jupiter.params.ParameterizedTest',
        'org.junit.jupiter.params.provider.EnumSource',
      ],
    },
  },
  'java-21-sealed-and-patterns': {
    ...five,
    java: 21,
    about: 'sealed types and switch over record patterns; needs a JDK newer than that on the PATH',
    files: {
      'src/main/java/shop/Shape.java':
        'package shop;\n\npublic sealed interface Shape permits Shape.Circle, Shape.Square {\n    record Circle(int radius) implements Shape {}\n\n    record Square(int side) implements Shape {}\n\n    default int area() {\n        return switch (this) {\n            case Circle(int radius) when radius == 0 -> 0;\n            case Circle(int radius) -> 3 * radius * radius;\n            case Square(var side) -> side * side;\n        };\n    }\n}\n',
      'src/test/java/shop/ShapeTest.java': emptyTest('ShapeTest'),
    },
    focal: 'src/main/java/shop/Shape.java#area',
    written:
      '@Test\nvoid measures() {\n    Shape shape = new Square(3);\n    int area = switch (shape) {\n        case Circle circle -> -1;\n        case Square(int side) -> shape.area();\n    };\n    assertEquals(9, area);\n}',
    lands: {
      file: 'src/test/java/shop/ShapeTest.java',
      class: 'shop.ShapeTest',
      after: null,
      method: 'measures',
      imports: ['shop.Shape.Circle', 'shop.Shape.Square'],
    },
  },
  'java-25-flexible-constructor': {
    ...five,
    framework: 'JUnit 6',
    java: 25,
    about: 'statements before super(), an unnamed variable; needs a JDK newer than that on the PATH',
    files: {
      'src/main/java/shop/Crate.java':
        'package shop;\n\nimport java.util.List;\n\npublic class Crate extends Box {\n    public Crate(int size) {\n        if (size < 0) throw new IllegalArgumentException("negative");\n        super(size);\n    }\n\n    public int count(List<String> names) {\n        int count = 0;\n        for (var _ : names) count++;\n        return count * size;\n    }\n}\n',
      'src/main/java/shop/Box.java':
        'package shop;\n\npublic class Box {\n    protected final int size;\n\n    Box(int size) {\n        this.size = size;\n    }\n}\n',
      'src/test/java/shop/CrateTest.java': emptyTest('CrateTest'),
    },
    focal: 'src/main/java/shop/Crate.java#count',
    written:
      '@Test\nvoid counts() {\n    assertEquals(6, new Crate(3).count(List.of("a", "b")));\n    try {\n        new Crate(-1);\n        fail("no exception");\n    } catch (IllegalArgumentException _) {\n        assertTrue(true);\n    }\n}',
    lands: {
      file: 'src/test/java/shop/CrateTest.java',
      class: 'shop.CrateTest',
      after: null,
      method: 'counts',
      imports: [
        'static org.junit.jupiter.api.Assertions.assertTrue',
        'static org.junit.jupiter.api.Assertions.fail',
        'java.util.List',
      ],
    },
  },
  'java-25-gradle': {
    build: 'Gradle, Kotlin',
    framework: 'JUnit 6',
    extras: ['AssertJ', 'Mockito'],
    java: 25,
    about: 'the language level in the toolchain of a Kotlin script; needs a JDK newer than that on the PATH',
    files: {
      'src/main/java/shop/Clocked.java':
        'package shop;\n\nimport java.util.function.LongSupplier;\n\npublic class Clocked {\n    private final LongSupplier clock;\n\n    public Clocked(LongSupplier clock) {\n        this.clock = clock;\n    }\n\n    public String time(Object unit) {\n        return switch (unit) {\n            case String _ -> clock.getAsLong() + " " + unit;\n            default -> "?";\n        };\n    }\n}\n',
    },
    focal: 'src/main/java/shop/Clocked.java#time',
    written:
      '@Test\nvoid tells() {\n    LongSupplier clock = mock(LongSupplier.class);\n    when(clock.getAsLong()).thenReturn(7L);\n    assertThat(new Clocked(clock).time("ms")).isEqualTo("7 ms");\n}',
    lands: {
      file: 'src/test/java/shop/ClockedTest.java',
      class: 'shop.ClockedTest',
      after: null,
      method: 'tells',
      imports: [
        'static org.assertj.core.api.Assertions.assertThat',
        'static org.mockito.Mockito.mock',
        'static org.mockito.Mockito.when',
        'java.util.function.LongSupplier',
        'org.junit.jupiter.api.Test',
      ],
    },
  },
};
