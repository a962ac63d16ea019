import { writeFileSync } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { MiningError, type MiningProgress } from '../../../core/mining/mining-record.ts';
import { inShort, pairsOf, recordsOf, type Sources, summaryOf, withWorkspace } from './java-workspace.ts';

// The machine may be busy with other suites.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const GOOD: Sources = {
  'src/main/java/a/Foo.java': 'package a; public class Foo { public void add(int n) {} }',
  'src/test/java/a/FooTest.java':
    'package a; import org.junit.Test; public class FooTest { @Test public void testAdd() { new Foo().add(1); } }',
};
const GOOD_PAIR = 'FooTest.testAdd -> Foo.add(int) by method-name, package-and-name';

/** Mines the good sources with something bad beside them: the good pair must come out whatever the bad thing is. */
async function check(
  bad: Sources,
  expectedProblems: readonly string[],
  spoil?: (folder: string) => Promise<void>,
): Promise<void> {
  await withWorkspace({ ...GOOD, ...bad }, async (workspace) => {
    await spoil?.(workspace);
    const records = await recordsOf({ workspace, mode: 'default', threads: 0 });
    const lines = inShort(records);
    expect(lines).toContain(GOOD_PAIR);
    expect(lines.filter((line) => / (?:symbolic|syntax|not-utf|unreadable|too-large|parsing)/.test(line))).toEqual(
      expectedProblems,
    );
  });
}

describe('bad input never stops a run', () => {
  test('text that is not Java', () =>
    check({ 'src/main/java/a/Bad.java': '}{ ]] class class @@ "' }, ['src/main/java/a/Bad.java: syntax-errors']));
  test('an empty file', () => check({ 'src/main/java/a/Empty.java': '' }, []));
  test('bytes of all values', () =>
    check({ 'src/main/java/a/Bytes.java': Uint8Array.from({ length: 4096 }, (_, index) => index % 256) }, [
      'src/main/java/a/Bytes.java: not-utf-8',
      'src/main/java/a/Bytes.java: syntax-errors',
    ]));
  test('a file in ISO 8859-1 is read', () =>
    check({ 'src/main/java/a/Latin.java': Buffer.from('package a; class Latin { String s = "\xe9"; }', 'latin1') }, [
      'src/main/java/a/Latin.java: not-utf-8',
    ]));
  test('an expression nested ten thousand deep', () =>
    check(
      {
        'src/test/java/a/DeepTest.java': `class DeepTest { @org.junit.Test void deep() { f(${'('.repeat(10_000)}1${')'.repeat(10_000)}); } }`,
      },
      [],
    ));
  test('a sum of ten thousand strings', () =>
    check(
      {
        'src/test/java/a/LongTest.java': `class LongTest { @org.junit.Test void long_() { f(${'"a" + '.repeat(10_000)}"b"); } }`,
      },
      [],
    ));
  test('fifty thousand lines', () =>
    check(
      {
        'src/main/java/a/Large.java': `class Large {\n${'  public int field = compute(1, "text");\n'.repeat(50_000)}}`,
      },
      [],
    ));
  test('a file of more than 16 MB', () =>
    check({ 'src/main/java/a/Huge.java': `class Huge {} //${'x'.repeat(16 * 1024 * 1024)}` }, [
      'src/main/java/a/Huge.java: too-large',
    ]));
  test('links that run in a circle, and a link to nowhere', () =>
    check({}, ['src/loop: symbolic-link', 'src/main/java/a/Gone.java: symbolic-link'], async (folder) => {
      await symlink(join(folder, 'src'), join(folder, 'src/loop'));
      await symlink(join(folder, 'nowhere'), join(folder, 'src/main/java/a/Gone.java'));
    }));
  test.skipIf(process.getuid?.() === 0)('a file and a folder without permission', () =>
    check(
      { 'src/main/java/a/Locked.java': 'class Locked {}' },
      ['locked: unreadable', 'src/main/java/a/Locked.java: unreadable'],
      async (folder) => {
        await chmod(join(folder, 'src/main/java/a/Locked.java'), 0);
        await mkdir(join(folder, 'locked'), { mode: 0 });
      },
    ),
  );
  test('a folder that is named like a Java file', () => check({ 'src/main/java/a/Dir.java/inner.txt': '' }, []));
});

test('build outputs, generated sources and hidden folders are not entered', async () => {
  const copies = [
    'target/classes',
    'build/generated',
    'out',
    'node_modules/x',
    '.git/x',
    'generated-sources/x',
    'module/target/x',
  ];
  const sources = Object.fromEntries(
    copies.map((folder) => [`${folder}/FooTest.java`, GOOD['src/test/java/a/FooTest.java'] ?? '']),
  );
  await withWorkspace({ ...GOOD, ...sources }, async (workspace) => {
    const records = await recordsOf({ workspace, mode: 'default', threads: 0 });
    expect(inShort(records)).toEqual([GOOD_PAIR]);
    expect(summaryOf(records).javaFiles).toBe(2);
  });
});

test('sample projects among the resources are not mined', async () => {
  const samples = Object.fromEntries(
    Object.entries(GOOD).map(([path, text]) => [`src/test/resources/sample/${path}`, text]),
  );
  await withWorkspace({ ...GOOD, ...samples }, async (workspace) => {
    expect(inShort(await recordsOf({ workspace, mode: 'default', threads: 0 }))).toEqual([GOOD_PAIR]);
  });
});

test('line ends and a byte-order mark make no difference to a pair', async () => {
  const withReturns = Object.fromEntries(
    Object.entries(GOOD).map(([path, text]) => [path, `\ufeff${String(text).replaceAll('{ ', '{\r\n    ')}`]),
  );
  const withoutReturns = Object.fromEntries(
    Object.entries(GOOD).map(([path, text]) => [path, String(text).replaceAll('{ ', '{\n    ')]),
  );
  const pairOf = (sources: Sources): Promise<unknown> =>
    withWorkspace(sources, async (workspace) => pairsOf(await recordsOf({ workspace, mode: 'default', threads: 0 })));
  expect(await pairOf(withReturns)).toEqual(await pairOf(withoutReturns));
});

describe('what a user can act on', () => {
  const checkError = async (sources: Sources, situation: MiningError['situation'], message: RegExp): Promise<void> => {
    await withWorkspace(sources, async (workspace) => {
      const error: unknown = await recordsOf({ workspace, mode: 'default', threads: 0 }).catch(
        (caught: unknown) => caught,
      );
      expect(error).toBeInstanceOf(MiningError);
      expect(error).toMatchObject({ situation, message: expect.stringMatching(message) });
    });
  };

  test('no Java', () =>
    checkError({ 'readme.md': '' }, 'no-java', /^There is no Java file in .*: open the folder of a Java project\.$/));
  test('no tests', () =>
    checkError(
      { 'src/main/java/A.java': 'class A {}' },
      'no-tests',
      /^There are 1 Java files in .*, but no test method was found in them\.$/,
    ));
  test('mostly Kotlin, no Java', () =>
    checkError(
      { 'a.kt': '', 'b.kt': '' },
      'no-java',
      /The workspace is mostly Kotlin \(2 files, 0 of Java\): only Java is mined\.$/,
    ));
  test('no folder', async () => {
    await expect(recordsOf({ workspace: '/no/such/folder', mode: 'default' })).rejects.toMatchObject({
      situation: 'no-folder',
    });
  });
  test('mostly Groovy, with Java', async () => {
    await withWorkspace({ ...GOOD, 'a.groovy': '', 'b.groovy': '', 'c.groovy': '' }, async (workspace) => {
      const { notices } = summaryOf(await recordsOf({ workspace, mode: 'default', threads: 0 }));
      expect(notices).toEqual(['The workspace is mostly Groovy (3 files, 2 of Java): only Java is mined.']);
    });
  });
});

test('a file that changes between parsing and pairing gives no pair with shifted text', async () => {
  await withWorkspace(GOOD, async (workspace) => {
    const onProgress = ({ phase, done, total }: MiningProgress): void => {
      if (phase === 'indexing' && done === total) {
        writeFileSync(
          join(workspace, 'src/main/java/a/Foo.java'),
          'package a; /* more */ class Foo { void add(int n) {} }',
        );
      }
    };
    const records = await recordsOf({ workspace, mode: 'default', threads: 0, onProgress });
    expect(inShort(records)).toEqual(['FooTest.testAdd: changed-while-mining']);
  });
});
