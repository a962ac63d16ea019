import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Exclusions, withTestAccepted, withTestExcluded } from '../../../core/mining/exclusions.ts';
import type { MiningMode, MiningRecord } from '../../../core/mining/mining-record.ts';
import { inShort, recordsOf, type Sources, summaryOf, withWorkspace } from './java-workspace.ts';

vi.setConfig({ testTimeout: 60_000 });

const testFile = 'shop/src/test/java/a/CartTest.java';

/** Whether a text excludes `CartTest` as a whole, and its test `adds`. */
function check(text: string, file: boolean, test: boolean): void {
  const exclusions = new Exclusions(text);
  expect([exclusions.excludesFile(testFile), exclusions.excludesTest(testFile, 'adds')], text).toEqual([file, test]);
}

describe('a .bespokeignore', () => {
  it.each([
    'CartTest.java',
    '*Test.java',
    'shop/',
    '/shop/src/test',
    '**/a/*.java',
    '*.java\n!Cart.java',
    '# comment\n\nCart*',
    'CartTest.java\r\n',
    '\uFEFFCartTest.java',
  ])('with %j excludes the file', (text) => check(text, true, true));

  it.each([
    'CartTest.java#adds',
    '/shop/src/test/java/a/CartTest.java#adds',
    '*Test.java#adds',
    '*Test.java#clears\n*.java#adds\n',
    '!CartTest.java#adds\nCartTest.java#adds  ',
  ])('with %j excludes one test', (text) => check(text, false, true));

  it.each([
    '',
    '# CartTest.java',
    '/CartTest.java',
    'carttest.java',
    '*.java\n!CartTest.java',
    'CartTest.java#clears',
    'CartTest.java#adds\n!*.java#adds',
    '\\#x',
    'CartTest.java#',
  ])('with %j excludes neither', (text) => check(text, false, false));

  it('takes a line for a test and gives it back as it was', () => {
    for (const before of ['', '# ours\n', '# ours\n*IT.java\n']) {
      const after = withTestExcluded(before, testFile, 'adds');
      expect(after).toBe(`${before}/${testFile}#adds\n`);
      check(after, false, true);
      expect(withTestExcluded(after, testFile, 'adds')).toBe(after);
      expect(withTestAccepted(after, testFile, 'adds')).toBe(before);
    }
    expect(withTestExcluded('x', testFile, 'adds')).toBe(`x\n/${testFile}#adds\n`);
    expect(withTestAccepted('*Test.java\n', testFile, 'adds')).toBe('*Test.java\n');
  });

  it('takes names for what they are', () => {
    const odd = 'a b/[x]*/CartTest.java';
    const text = withTestExcluded('', odd, 'adds');
    expect(new Exclusions(text).excludesTest(odd, 'adds')).toBe(true);
    expect(new Exclusions(text).excludesTest('a b/x1/CartTest.java', 'adds')).toBe(false);
  });
});

const sources: Sources = {
  'src/main/java/a/Cart.java': 'package a; public class Cart { public void add() {} public void clear() {} }',
  'src/main/java/a/Note.java': 'package a; public class Note { public void print() {} }',
  'src/test/java/a/CartTest.java':
    'package a; import org.junit.Test; public class CartTest { @Test public void add() { new Cart().add(); } @Test public void clear() { new Cart().clear(); } }',
  'src/test/java/a/NoteTest.java':
    'package a; import org.junit.Test; public class NoteTest { @Test public void print() { new Note().print(); } @Test public void empty() { } }',
};

/** What is mined, in short, with this exclusion file. */
async function mined(
  folder: string,
  text: string | null,
  mode: MiningMode = 'default',
  cacheFile?: string,
): Promise<string[]> {
  const file = join(folder, '.bespokeignore');
  await (text === null ? rm(file, { force: true }) : writeFile(file, text));
  const records = await recordsOf({
    workspace: folder,
    mode,
    threads: 0,
    ...(cacheFile === undefined ? {} : { cacheFile }),
  });
  return inShort(records).map((line) => line.replace(/ by .*/, ''));
}

describe('mining leaves out what is excluded', () => {
  const all = [
    'CartTest.add -> Cart.add()',
    'CartTest.clear -> Cart.clear()',
    'NoteTest.print -> Note.print()',
    'NoteTest.empty: empty-test',
  ];
  const as = (...lines: (string | null)[]) => all.map((line, at) => lines[at] ?? line);

  it.each<[string, readonly string[]]>([
    ['*.md', all],
    ['CartTest.java', as('CartTest.add: excluded', 'CartTest.clear: excluded')],
    [
      'src/test/',
      as('CartTest.add: excluded', 'CartTest.clear: excluded', 'NoteTest.print: excluded', 'NoteTest.empty: excluded'),
    ],
    ['CartTest.java#add', as('CartTest.add: excluded')],
    // The file of the method under test: its own reason stays with a test that is no pair anyway.
    ['src/main/**/Note.java', as(null, null, 'NoteTest.print: excluded')],
  ])('%s', async (text, expected) => {
    await withWorkspace(sources, async (folder) => expect(await mined(folder, text)).toEqual(expected));
  });

  it('and counts it, and names the method that has a test all the same', async () => {
    await withWorkspace({ ...sources, '.bespokeignore': 'CartTest.java#add' }, async (workspace) => {
      const records = await recordsOf({ workspace, mode: 'default', threads: 0 });
      expect(summaryOf(records)).toMatchObject({ testMethods: 4, pairs: 2, reasons: { excluded: 1 } });
      const excluded = records.find(
        (record: MiningRecord) => record.kind === 'unpaired' && record.reason === 'excluded',
      );
      expect(excluded).toMatchObject({
        focalFile: 'src/main/java/a/Cart.java',
        focalClass: 'Cart',
        focalMethod: 'add',
      });
    });
  });

  it('also where no Java file changed since the last run', async () => {
    await withWorkspace(sources, async (folder) => {
      const cacheFile = join(folder, '.cache/mining');
      const again = (text: string | null) => mined(folder, text, 'default', cacheFile);
      expect(await again(null)).toEqual(all);
      expect(await again('CartTest.java#add')).toEqual(as('CartTest.add: excluded'));
      expect(await again('CartTest.java#clear')).toEqual(as(null, 'CartTest.clear: excluded'));
      expect(await again(null)).toEqual(all);
    });
  });

  it('but not by the published rules, which know nothing of it', async () => {
    await withWorkspace(sources, async (folder) => {
      expect(await mined(folder, '*', 'methods2test')).toEqual(await mined(folder, null, 'methods2test'));
    });
  });

  it('and mines nothing where a folder stands in its place', async () => {
    await withWorkspace({ ...sources, '.bespokeignore/x.txt': '' }, async (workspace) => {
      await expect(recordsOf({ workspace, mode: 'default', threads: 0 })).rejects.toThrow(
        'cannot be read, so nothing was mined: check its permissions.',
      );
    });
  });
});
