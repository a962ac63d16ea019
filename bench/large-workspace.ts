import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A workspace of this many Java files, half of them tests, as a generator of code would write them: only its size is like a real one's. */
export function writeLargeWorkspace(files: number): string {
  const root = join(mkdtempSync(join(tmpdir(), 'bespoke-large-')), 'large');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('pom.xml', '<project/>\n');
  for (let at = 0; at < files / 2; at += 1) {
    const name = `Cart${at}`;
    const packageName = `shop.part${at % 50}`;
    const folder = packageName.replaceAll('.', '/');
    write(`src/main/java/${folder}/${name}.java`, focalClass(packageName, name));
    write(`src/test/java/${folder}/${name}Test.java`, testClass(packageName, name));
  }
  return root;
}

function focalClass(packageName: string, name: string): string {
  const methods = numbers(12).map(
    (number) => `    /** Counts ${number}. */
    public int count${number}(int n) {
        int sum = ${number};
        for (int at = 0; at < n; at++) {
            if (at % 2 == 0) sum += at; else sum -= items.size();
        }
        return sum;
    }
`,
  );
  return `package ${packageName};

import java.util.ArrayList;
import java.util.List;

public class ${name} {
    private final List<String> items = new ArrayList<>();

${methods.join('\n')}}
`;
}

function testClass(packageName: string, name: string): string {
  const tests = numbers(6).map(
    (number) => `    @Test
    void count${number}_whenEmpty_thenReturns${number}() {
        // given
        var subject = new ${name}();
        // when
        var actual = subject.count${number}(0);
        // then
        assertThat(actual).isEqualTo(${number});
    }
`,
  );
  return `package ${packageName};

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ${name}Test {
${tests.join('\n')}}
`;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
