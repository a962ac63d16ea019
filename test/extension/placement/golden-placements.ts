/** A workspace, a candidate, and the file that must come out. */
export interface GoldenPlacement {
  readonly files: Readonly<Record<string, string>>;
  readonly focalFile: string;
  readonly focalMethod?: string;
  readonly candidate: string;
  readonly preferredTestFile?: string;
  readonly expected: {
    readonly file: string;
    readonly text: string;
    readonly isNewFile?: boolean;
    readonly method?: string;
    readonly module?: string;
    readonly binaryClassName?: string;
  };
}

const bag =
  'package a;\n\npublic class Bag {\n    public int size() { return 0; }\n    public enum Kind { SMALL }\n}\n';
const main = { 'pom.xml': '<project/>', 'src/main/java/a/Bag.java': bag };
const focalFile = 'src/main/java/a/Bag.java';
const file = 'src/test/java/a/BagTest.java';
const jupiter = 'import org.junit.jupiter.api.Test;\n';
const candidate = '@Test\nvoid size_isZero() {\n    assertEquals(0, new Bag().size());\n}';

/** Another test class of the module, which shows the team's habits. */
const otherTest = `package a;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OtherTest {
    @Test
    void other() {
        assertThat(List.of()).isEmpty();
    }
}
`;

export const goldenPlacements: Readonly<Record<string, GoldenPlacement>> = {
  'after the last test, before a helper': {
    files: {
      ...main,
      [file]: `package a;

import static org.junit.jupiter.api.Assertions.assertEquals;

${jupiter}
class BagTest {
    @Test
    void empty() {
        assertEquals(0, new Bag().size());
    } // keep me here

    private void helper() {
    }
}
`,
    },
    focalFile,
    candidate,
    expected: {
      file,
      isNewFile: false,
      method: 'size_isZero',
      module: '',
      binaryClassName: 'a.BagTest',
      text: `package a;

import static org.junit.jupiter.api.Assertions.assertEquals;

${jupiter}
class BagTest {
    @Test
    void empty() {
        assertEquals(0, new Bag().size());
    } // keep me here

    @Test
    void size_isZero() {
        assertEquals(0, new Bag().size());
    }

    private void helper() {
    }
}
`,
    },
  },
  'with imports that sort in, and a name that is taken': {
    files: {
      ...main,
      'src/test/java/a/OtherTest.java': otherTest,
      [file]: `package a;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import org.junit.jupiter.api.Test;

class BagTest {

    @Test
    void fills() {
        assertThat(new File("x")).isNotNull();
    }
}
`,
    },
    focalFile,
    candidate:
      '@Test\nvoid fills() {\n    Map<String, List<Kind>> kinds = new HashMap<>();\n    assertThatThrownBy(() -> new Bag().size()).isInstanceOf(IOException.class);\n    assertThat(kinds).isEmpty();\n}',
    expected: {
      file,
      method: 'fills2',
      text: `package a;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import a.Bag.Kind;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BagTest {

    @Test
    void fills() {
        assertThat(new File("x")).isNotNull();
    }

    @Test
    void fills2() {
        Map<String, List<Kind>> kinds = new HashMap<>();
        assertThatThrownBy(() -> new Bag().size()).isInstanceOf(IOException.class);
        assertThat(kinds).isEmpty();
    }
}
`,
    },
  },
  'in tabs, Windows line ends, and braces on one line': {
    files: {
      ...main,
      [file]:
        'package a;\r\n\r\nimport org.junit.jupiter.api.Test;\r\n\r\nclass BagTest {\r\n\t@Test\r\n\tvoid a() {\r\n\t\tnew Bag();\r\n\t}\r\n}\r\n',
    },
    focalFile,
    candidate: '@Test\nvoid b() {\n  if (true) {\n    new Bag().size();\n  }\n}',
    expected: {
      file,
      text: 'package a;\r\n\r\nimport org.junit.jupiter.api.Test;\r\n\r\nclass BagTest {\r\n\t@Test\r\n\tvoid a() {\r\n\t\tnew Bag();\r\n\t}\r\n\r\n\t@Test\r\n\tvoid b() {\r\n\t\tif (true) {\r\n\t\t\tnew Bag().size();\r\n\t\t}\r\n\t}\r\n}\r\n',
    },
  },
  'into an empty class': {
    files: { ...main, [file]: 'package a;\n\nclass BagTest {\n}\n' },
    focalFile,
    candidate: '@Test\nvoid b() { new Bag(); }',
    expected: {
      file,
      text: 'package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n    @Test\n    void b() { new Bag(); }\n}\n',
    },
  },
  'into a class on one line': {
    files: { ...main, [file]: 'package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {}\n' },
    focalFile,
    candidate: '@Test\nvoid b() { new Bag(); }',
    expected: {
      file,
      text: 'package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n    @Test\n    void b() { new Bag(); }\n}\n',
    },
  },
  'after fields and set-up when there is no test yet': {
    files: {
      ...main,
      [file]:
        'package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n    private Bag bag = new Bag();\n\n    static class Helper {\n    }\n}\n',
    },
    focalFile,
    candidate: '@Test\nvoid b() { bag.size(); }',
    expected: {
      file,
      text: 'package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n    private Bag bag = new Bag();\n\n    @Test\n    void b() { bag.size(); }\n\n    static class Helper {\n    }\n}\n',
    },
  },
  'into the nested class that tests the method': {
    files: {
      ...main,
      [file]: `package a;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BagTest {
    @Nested
    class Creating {
        @Test
        void makes() {
            new Bag();
        }
    }

    @Nested
    class Counting {
        @Test
        void counts() {
            new Bag().size();
        }
    }
}
`,
    },
    focalFile,
    candidate: '@Test\nvoid again() {\n    new Bag().size();\n}',
    expected: {
      file,
      binaryClassName: 'a.BagTest$Counting',
      text: `package a;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BagTest {
    @Nested
    class Creating {
        @Test
        void makes() {
            new Bag();
        }
    }

    @Nested
    class Counting {
        @Test
        void counts() {
            new Bag().size();
        }

        @Test
        void again() {
            new Bag().size();
        }
    }
}
`,
    },
  },
  'into the nested class named like the method': {
    files: {
      ...main,
      [file]:
        'package a;\n\nimport org.junit.jupiter.api.*;\n\nclass BagTest {\n    @Test\n    void x() { new Bag().size(); }\n\n    @Nested\n    class Size {\n    }\n}\n',
    },
    focalFile,
    candidate: '@Test\nvoid y() { }',
    expected: {
      file,
      binaryClassName: 'a.BagTest$Size',
      text: 'package a;\n\nimport org.junit.jupiter.api.*;\n\nclass BagTest {\n    @Test\n    void x() { new Bag().size(); }\n\n    @Nested\n    class Size {\n        @Test\n        void y() { }\n    }\n}\n',
    },
  },
  'as JUnit 3: public, test…, no annotation, no import': {
    files: {
      ...main,
      [file]:
        'package a;\n\nimport junit.framework.TestCase;\n\npublic class BagTest extends TestCase {\n    public void testA() {\n        assertTrue(true);\n    }\n}\n',
    },
    focalFile,
    candidate,
    expected: {
      file,
      method: 'testSize_isZero',
      text: 'package a;\n\nimport junit.framework.TestCase;\n\npublic class BagTest extends TestCase {\n    public void testA() {\n        assertTrue(true);\n    }\n\n    public void testSize_isZero() {\n        assertEquals(0, new Bag().size());\n    }\n}\n',
    },
  },
  'as JUnit 4 in a module of JUnit 4, beside one of JUnit 5': {
    files: {
      'pom.xml': '<project/>',
      'new/pom.xml': '<artifactId>junit-jupiter</artifactId>',
      'new/src/test/java/n/OneTest.java':
        'package n;\nimport static org.junit.jupiter.api.Assertions.assertEquals;\nimport org.junit.jupiter.api.Test;\nclass OneTest {}',
      'new/src/test/java/n/TwoTest.java':
        'package n;\nimport static org.junit.jupiter.api.Assertions.assertEquals;\nimport org.junit.jupiter.api.Test;\nclass TwoTest {}',
      'old/pom.xml': '<project/>',
      'old/src/main/java/a/Bag.java': bag,
      'old/src/test/java/a/OtherTest.java':
        'package a;\n\nimport org.junit.Test;\n\nimport static org.junit.Assert.assertEquals;\n\npublic class OtherTest {\n}\n',
    },
    focalFile: 'old/src/main/java/a/Bag.java',
    candidate,
    expected: {
      file: 'old/src/test/java/a/BagTest.java',
      isNewFile: true,
      module: 'old',
      text: `package a;

import org.junit.Test;

import static org.junit.Assert.assertEquals;

public class BagTest {
    @Test
    public void size_isZero() {
        assertEquals(0, new Bag().size());
    }
}
`,
    },
  },
  'a new file named as most tests of the package, with header and base class': {
    files: {
      ...main,
      ...Object.fromEntries(
        ['One', 'Two', 'Three'].map((name) => [
          `src/test/java/a/Test${name}.java`,
          `/* Licensed to the Bag Society. */\npackage a;\n\nimport b.BagTestBase;\nimport org.junit.jupiter.api.Test;\n\nclass Test${name} extends BagTestBase {\n\n  @Test\n  void t() {\n  }\n}\n`,
        ]),
      ),
      'src/test/java/b/BagTestBase.java':
        'package b;\n\npublic class BagTestBase {\n  protected Bag aBag() { return null; }\n}\n',
    },
    focalFile,
    candidate: '@Test\nvoid size() {\n    aBag().size();\n    assertNull(null);\n}',
    expected: {
      file: 'src/test/java/a/TestBag.java',
      isNewFile: true,
      binaryClassName: 'a.TestBag',
      text: `/* Licensed to the Bag Society. */
package a;

import static org.junit.jupiter.api.Assertions.assertNull;

import b.BagTestBase;
import org.junit.jupiter.api.Test;

class TestBag extends BagTestBase {

  @Test
  void size() {
    aBag().size();
    assertNull(null);
  }
}
`,
    },
  },
  'the first test of a Gradle module without any': {
    files: {
      'settings.gradle': '',
      'lib/build.gradle.kts':
        'dependencies { testImplementation("org.assertj:assertj-core:3.25.3"); testImplementation("org.junit.jupiter:junit-jupiter:5.10.3") }',
      'lib/src/main/java/a/Bag.java': bag,
    },
    focalFile: 'lib/src/main/java/a/Bag.java',
    candidate: '@Test\nvoid size() {\n    assertThat(new Bag().size()).isZero();\n}',
    expected: {
      file: 'lib/src/test/java/a/BagTest.java',
      isNewFile: true,
      module: 'lib',
      text: `package a;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BagTest {
    @Test
    void size() {
        assertThat(new Bag().size()).isZero();
    }
}
`,
    },
  },
  'in the unit-test root, not the one of integration tests': {
    files: {
      ...main,
      'src/it/java/a/BagIT.java': 'package a;\nimport org.junit.jupiter.api.Test;\nclass BagIT { @Test void a() {} }',
      'src/it/java/a/XIT.java': 'package a;\nimport org.junit.jupiter.api.Test;\nclass XIT { @Test void a() {} }',
      [file]: 'package a;\nimport org.junit.jupiter.api.Test;\nclass BagTest {\n  @Test void a() {}\n}\n',
    },
    focalFile,
    candidate: '@Test void b() {}',
    expected: {
      file,
      text: 'package a;\nimport org.junit.jupiter.api.Test;\nclass BagTest {\n  @Test void a() {}\n\n  @Test void b() {}\n}\n',
    },
  },
  'in a plain test folder': {
    files: { 'src/a/Bag.java': bag, 'test/a/OtherTest.java': otherTest },
    focalFile: 'src/a/Bag.java',
    candidate: '@Test\nvoid size() {\n    assertThat(new Bag().size()).isZero();\n}',
    expected: {
      file: 'test/a/BagTest.java',
      isNewFile: true,
      text: `package a;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BagTest {
    @Test
    void size() {
        assertThat(new Bag().size()).isZero();
    }
}
`,
    },
  },
  'where the mined pairs are, with a package of another module': {
    files: {
      'core/pom.xml': '<project/>',
      'core/src/main/java/a/Bag.java': bag,
      'tests/pom.xml': '<project/>',
      'tests/src/test/java/t/BagBehaviourTest.java':
        'package t;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagBehaviourTest {\n    @Test\n    void a() {\n    }\n}\n',
    },
    focalFile: 'core/src/main/java/a/Bag.java',
    preferredTestFile: 'tests/src/test/java/t/BagBehaviourTest.java',
    candidate: '@Test\nvoid b() {\n    Bag bag = new Bag();\n    Kind kind = Kind.SMALL;\n}',
    expected: {
      file: 'tests/src/test/java/t/BagBehaviourTest.java',
      module: 'tests',
      text: 'package t;\n\nimport a.Bag;\nimport a.Bag.Kind;\nimport org.junit.jupiter.api.Test;\n\nclass BagBehaviourTest {\n    @Test\n    void a() {\n    }\n\n    @Test\n    void b() {\n        Bag bag = new Bag();\n        Kind kind = Kind.SMALL;\n    }\n}\n',
    },
  },
  'with a static import group that comes last, and Mockito as the team uses it': {
    files: {
      ...main,
      'src/test/java/a/OtherTest.java':
        'package a;\n\nimport org.junit.jupiter.api.Test;\n\nimport static org.mockito.BDDMockito.given;\nimport static org.mockito.BDDMockito.then;\nimport static org.mockito.Mockito.mock;\n\nclass OtherTest {\n}\n',
      [file]:
        'package a;\n\nimport org.junit.jupiter.api.Test; // the framework\n\nclass BagTest {\n    @Test\n    void a() {\n    }\n}\n',
    },
    focalFile,
    candidate:
      '@Test\nvoid b() {\n    Bag bag = mock(Bag.class);\n    given(bag.size()).willReturn(1);\n    then(bag).should(never()).size();\n    helper();\n}',
    expected: {
      file,
      text: `package a;

import org.junit.jupiter.api.Test; // the framework

import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

class BagTest {
    @Test
    void a() {
    }

    @Test
    void b() {
        Bag bag = mock(Bag.class);
        given(bag.size()).willReturn(1);
        then(bag).should(never()).size();
        helper();
    }
}
`,
    },
  },
  'without imports that a wildcard, a superclass or the file itself brings': {
    files: {
      ...main,
      'src/test/java/a/Base.java':
        'package a;\n\nabstract class Base {\n    static Bag aBag() { return new Bag(); }\n    static final int MAX_SIZE = 3;\n}\n',
      [file]:
        'package a;\n\nimport static org.junit.jupiter.api.Assertions.*;\n\nimport java.util.*;\nimport org.junit.jupiter.api.Test;\n\nclass BagTest extends Base {\n    @Test\n    void a() {\n    }\n\n    record Pair(int one) {}\n}\n',
    },
    focalFile,
    candidate:
      '@Test\nvoid b() throws Exception {\n    List<Pair> pairs = new ArrayList<>();\n    assertEquals(MAX_SIZE, aBag().size());\n    java.io.File file = null;\n    Objects.requireNonNull(pairs);\n}',
    expected: {
      file,
      text: 'package a;\n\nimport static org.junit.jupiter.api.Assertions.*;\n\nimport java.util.*;\nimport org.junit.jupiter.api.Test;\n\nclass BagTest extends Base {\n    @Test\n    void a() {\n    }\n\n    @Test\n    void b() throws Exception {\n        List<Pair> pairs = new ArrayList<>();\n        assertEquals(MAX_SIZE, aBag().size());\n        java.io.File file = null;\n        Objects.requireNonNull(pairs);\n    }\n\n    record Pair(int one) {}\n}\n',
    },
  },
  'keeping text blocks as they are': {
    files: {
      ...main,
      [file]:
        'package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n  @Test\n  void a() {\n    new Bag();\n  }\n}\n',
    },
    focalFile,
    candidate:
      '@Test\nvoid b() {\n    String text = """\n        one\n            two\n        """;\n    new Bag();\n}',
    expected: {
      file,
      text: 'package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n  @Test\n  void a() {\n    new Bag();\n  }\n\n  @Test\n  void b() {\n    String text = """\n          one\n              two\n          """;\n    new Bag();\n  }\n}\n',
    },
  },
  'in the default package, without any import before': {
    files: {
      'pom.xml': '<project/>',
      'src/main/java/Bag.java': 'class Bag { int size() { return 0; } }',
      'src/test/java/BagTest.java': 'class BagTest {\n}\n',
    },
    focalFile: 'src/main/java/Bag.java',
    candidate: '@Test\nvoid b() { new Bag().size(); }',
    expected: {
      file: 'src/test/java/BagTest.java',
      binaryClassName: 'BagTest',
      text: 'import org.junit.jupiter.api.Test;\n\nclass BagTest {\n    @Test\n    void b() { new Bag().size(); }\n}\n',
    },
  },
  'with a fixture that no test has imported yet': {
    files: {
      ...main,
      'src/test/java/f/Fixtures.java':
        'package f;\n\npublic final class Fixtures {\n    public static a.Bag aBag() { return new a.Bag(); }\n    private static void hidden() {}\n}\n',
      [file]:
        'package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n    @Test\n    void a() {\n    }\n}\n',
    },
    focalFile,
    candidate: '@Test\nvoid b() {\n    aBag().size();\n    hidden();\n}',
    expected: {
      file,
      text: 'package a;\n\nimport static f.Fixtures.aBag;\n\nimport org.junit.jupiter.api.Test;\n\nclass BagTest {\n    @Test\n    void a() {\n    }\n\n    @Test\n    void b() {\n        aBag().size();\n        hidden();\n    }\n}\n',
    },
  },
};
