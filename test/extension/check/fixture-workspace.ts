import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Where the tests of the check keep workspaces and builds: the same place in every run, so that nothing piles up. */
export const checkTestsDir = resolve(process.env.BESPOKE_HOME ?? '.bespoke', 'check-tests');

/** Writes files into a fresh folder of this name and returns its path. */
export function writeWorkspace(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(checkTestsDir, 'fixtures', name);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export function pom(artifact: string, content: string, parent = true): string {
  const parentElement = '<parent><groupId>example</groupId><artifactId>root</artifactId><version>1</version></parent>';
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
${parent ? parentElement : '<groupId>example</groupId><version>1</version>'}<artifactId>${artifact}</artifactId>${content}</project>`;
}

export function dependency(coordinates: string, scope = 'test'): string {
  const [group = '', artifact = '', version = ''] = coordinates.split(':');
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version><scope>${scope}</scope></dependency>`;
}

/** A Maven workspace: a JUnit 5 module, a JUnit 4 module, one that does not compile, and one of whose tests one does not. */
export const mavenWorkspace: Readonly<Record<string, string>> = {
  'pom.xml': pom(
    'root',
    `<packaging>pom</packaging><modules><module>core</module><module>legacy</module><module>broken</module><module>half</module></modules>
<properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<build><pluginManagement><plugins>
<plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
<plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin>
</plugins></pluginManagement></build>`,
    false,
  ),
  'core/pom.xml': pom(
    'core',
    `<dependencies>${dependency('org.junit.jupiter:junit-jupiter:5.10.3')}${dependency('org.assertj:assertj-core:3.25.3')}</dependencies>`,
  ),
  'core/src/main/java/a/Stack.java': `package a;
public class Stack {
  private final java.util.ArrayDeque<Integer> items = new java.util.ArrayDeque<>();
  public void push(int item) { items.push(item); }
  public int pop() { return items.pop(); }
  int depth() { return items.size(); }
  public void waitForever() { while (true) { Thread.onSpinWait(); } }
}
`,
  'core/src/test/resources/greeting.txt': 'hello',
  'core/src/test/java/a/StackTest.java': `package a;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StackTest {
  @Test
  void popReturnsWhatWasPushed() {
    Stack stack = new Stack();
    stack.push(7);
    assertThat(stack.pop()).isEqualTo(7);
  }
//HERE
}
`,
  'legacy/pom.xml': pom(
    'legacy',
    `<properties><maven.compiler.release>8</maven.compiler.release></properties>
<dependencies>${dependency('junit:junit:4.13.2')}</dependencies>`,
  ),
  'legacy/src/main/java/b/Half.java': `package b;
public class Half {
  public static int of(int number) {
    if (number % 2 != 0) throw new IllegalArgumentException("odd");
    return number / 2;
  }
}
`,
  'legacy/src/test/java/b/HalfTest.java': `package b;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

public class HalfTest {
  @Test
  public void halves() {
    assertEquals(2, Half.of(4));
  }
//HERE
}
`,
  'broken/pom.xml': pom('broken', `<dependencies>${dependency('junit:junit:4.13.2')}</dependencies>`),
  'broken/src/main/java/c/Broken.java': 'package c; public class Broken { int number() { return "text"; } }',
  'broken/src/test/java/c/BrokenTest.java': 'package c; public class BrokenTest {\n//HERE\n}',
  'half/pom.xml': pom(
    'half',
    `<dependencies>${dependency('org.junit.jupiter:junit-jupiter-api:5.10.3')}<dependency><groupId>example</groupId><artifactId>core</artifactId><version>1</version></dependency></dependencies>`,
  ),
  'half/src/main/java/h/Twice.java':
    'package h; public class Twice { public int of(int number) { a.Stack stack = new a.Stack(); stack.push(2 * number); return stack.pop(); } }',
  'half/src/test/java/h/UnfinishedTest.java': 'package h; class UnfinishedTest { void x() { unfinished(); } }',
  'half/src/test/java/h/Numbers.java': 'package h; class Numbers { static final int THREE = 3; }',
  'half/src/test/resources/three.txt': '3',
  'half/src/test/java/h/TwiceTest.java':
    'package h;\nimport static org.junit.jupiter.api.Assertions.assertEquals;\nimport org.junit.jupiter.api.Test;\nclass TwiceTest {\n  private void checkSix(int six) { assertEquals(6, six); }\n//HERE\n}\n',
};
