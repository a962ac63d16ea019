import { beforeAll, describe, expect, it } from 'vitest';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { placeTest } from '../../../extension/placement/place-test.ts';
import { isPlaced, type Placement } from '../../../extension/placement/placement.ts';
import { indexFiles } from '../../../extension/placement/workspace-index.ts';
import { type GoldenPlacement, goldenPlacements } from './golden-placements.ts';

let parser: JavaParser;
beforeAll(async () => {
  parser = await JavaParser.create();
});

async function place({
  files,
  focalFile,
  focalMethod = 'size',
  candidate,
  preferredTestFile,
}: Omit<GoldenPlacement, 'expected'>) {
  const index = await indexFiles(Object.keys(files).sort(), (path) => files[path] ?? null);
  const preferred = preferredTestFile === undefined ? {} : { preferredTestFile };
  return placeTest(parser, index, { focalFile, focalMethod, candidate, ...preferred });
}

async function check(golden: GoldenPlacement): Promise<Placement> {
  const placement = await place(golden);
  if (!isPlaced(placement)) throw new Error(placement.problem);
  const { file, text, ...rest } = golden.expected;
  expect(placement.text).toBe(text);
  expect(placement).toMatchObject({ file, ...rest });
  return placement;
}

describe('placing a test', () => {
  it.each(Object.entries(goldenPlacements))('%s', async (_, golden) => {
    const { text, test, imports, isNewFile, file, binaryClassName } = await check(golden);
    // The edits that the editor applies give the same text, and whatever stood there still stands there.
    const before = isNewFile ? '' : (golden.files[file] ?? '');
    let edited = before;
    for (const { offset, text: inserted } of [...imports, test].sort((one, other) => other.offset - one.offset)) {
      edited = edited.slice(0, offset) + inserted + edited.slice(offset);
    }
    expect(edited).toBe(text);
    const tree = parser.parse(text);
    expect(tree?.hasErrors).toBe(false);
    tree?.delete();
    expect(binaryClassName).toMatch(/Test|IT|Should/);
  });

  it.each([
    ['a file that is not there', { focalFile: 'src/main/java/a/None.java' }, 'is not a Java file of this workspace'],
    ['test code', { focalFile: 'src/test/java/a/BagTest.java' }, 'is test code itself'],
    [
      'a class whose tests are in Kotlin',
      {
        files: {
          'src/test/java/a/BagTest.java': '',
          'src/test/kotlin/a/JarTest.kt': 'package a',
          'src/main/java/a/Jar.java': '',
        },
        focalFile: 'src/main/java/a/Jar.java',
      },
      'The tests of Jar are in src/test/kotlin/a/JarTest.kt, which is not Java',
    ],
    ['broken candidates', { candidate: '@Test void x() { foo(' }, 'not exactly one Java method'],
    [
      'a broken test file',
      { files: { 'src/test/java/a/BagTest.java': 'class BagTest {\n  void x( {\n}' } },
      'has a syntax error in line 2',
    ],
    [
      'a test file without a class',
      { files: { 'src/test/java/a/BagTest.java': 'package a;\ninterface BagTest { }' } },
      'declares no class',
    ],
  ])('refuses %s with a sentence', async (_, { files, ...request }: Partial<GoldenPlacement>, sentence) => {
    const base = {
      files: {
        'pom.xml': '',
        'src/main/java/a/Bag.java': 'package a; class Bag {}',
        'src/test/java/a/BagTest.java': 'package a; class BagTest {}',
        ...files,
      },
      focalFile: 'src/main/java/a/Bag.java',
      candidate: '@Test void x() { }',
    };
    const placement = await place({ ...base, ...request });
    expect(isPlaced(placement) ? placement.text : placement.problem).toContain(sentence);
  });
});
