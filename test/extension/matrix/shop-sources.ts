import type { Framework } from './matrix-case.ts';

/** Sources of the small shop that most cases test. All of it is Java 8. */
export const basket = `package shop;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

public class Basket {
    private final List<String> names = new ArrayList<>();

    public void add(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("no name");
        }
        names.add(name);
    }

    public void load(Reader reader) throws IOException {
        for (int next = reader.read(); next >= 0; next = reader.read()) {
            add(String.valueOf((char) next));
        }
    }

    public int size() {
        return names.size();
    }

    public List<String> names() {
        return names;
    }

    public Long weight() {
        return 100L * names.size();
    }

    private int secret() {
        return 42;
    }
}
`;

export const rates = `package shop;

public interface Rates {
    long rate(String name);
}
`;

export const till = `package shop;

public class Till {
    private final Rates rates;

    public Till(Rates rates) {
        this.rates = rates;
    }

    public long total(Basket basket) {
        return basket.size() * rates.rate("item");
    }
}
`;

/** How a test class of each framework begins. */
const imports: Readonly<Record<Framework, readonly string[]>> = {
  'JUnit 3': ['junit.framework.TestCase'],
  'JUnit 4': ['static org.junit.Assert.assertEquals', '', 'org.junit.Test'],
  'JUnit 5': ['static org.junit.jupiter.api.Assertions.assertEquals', '', 'org.junit.jupiter.api.Test'],
  'JUnit 6': ['static org.junit.jupiter.api.Assertions.assertEquals', '', 'org.junit.jupiter.api.Test'],
  TestNG: ['static org.testng.Assert.assertEquals', '', 'org.testng.annotations.Test'],
};

export interface TestFile {
  readonly framework: Framework;
  readonly package?: string;
  readonly imports?: readonly string[];
  /** Between the braces, without the line break behind the opening one. */
  readonly body?: string;
  readonly extends?: string;
}

const oneTest: Readonly<Record<Framework, string>> = {
  'JUnit 3': '    public void testStartsEmpty() {\n        assertEquals(0, new Basket().size());\n    }\n',
  'JUnit 4': '    @Test\n    public void startsEmpty() {\n        assertEquals(0, new Basket().size());\n    }\n',
  'JUnit 5': '    @Test\n    void startsEmpty() {\n        assertEquals(0, new Basket().size());\n    }\n',
  'JUnit 6': '    @Test\n    void startsEmpty() {\n        assertEquals(0, new Basket().size());\n    }\n',
  TestNG: '    @Test\n    public void startsEmpty() {\n        assertEquals(new Basket().size(), 0);\n    }\n',
};

/** A test class of the shop with one test in the manner of its framework, unless it is given a body. */
export function testFile(name: string, file: TestFile): string {
  const { framework } = file;
  const lines = (file.imports ?? imports[framework]).map((line) => (line === '' ? '' : `import ${line};`)).join('\n');
  const superclass = file.extends ?? (framework === 'JUnit 3' ? 'TestCase' : '');
  const visibility = framework === 'JUnit 5' || framework === 'JUnit 6' ? '' : 'public ';
  const header = file.package === '' ? '' : `package ${file.package ?? 'shop'};\n\n`;
  return `${header}${lines === '' ? '' : `${lines}\n\n`}${visibility}class ${name}${superclass === '' ? '' : ` extends ${superclass}`} {\n${file.body ?? oneTest[framework]}}\n`;
}
