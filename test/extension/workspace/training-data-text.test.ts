import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type MinedRepository, mineRepository } from '../../../extension/workspace/mine-repository.ts';
import { type TrainingData, trainingDataDocument } from '../../../extension/workspace/training-data-text.ts';

// Built from parts, so that no scanner takes this file for a leak.
const secret = `${'AKIA'}${'IOSFODNN7EXAMPLE'}`;

const files = {
  'pom.xml': '<project/>',
  'src/main/java/shop/Cart.java':
    'package shop;\npublic class Cart {\n  public static final int MOST = 9;\n  private int items;\n  public int add(int n) { return items += n; }\n  public String key() { return "none"; }\n}\n',
  'src/main/java/shop/Note.java':
    'package shop;\npublic class Note {\n  public String quoted() { return """\n      ```java\n      x\n      ```\n      """; }\n}\n',
  'src/test/java/shop/CartTest.java': `package shop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import org.junit.jupiter.api.Test;
class CartTest {
  @Test void add() { assertEquals(2, new Cart().add(2)); }
  @Test void key() { assertEquals("${secret}", new Cart().key()); }
  @Test void nothing() { }
  @Test void addsMany() { assertEquals(9, new Cart().add(9)); }
}
`,
  '.bespokeignore': '# Not like us.\nCartTest.java#addsMany\n',
  'src/test/java/shop/NoteTest.java':
    'package shop;\nimport org.junit.jupiter.api.Test;\nclass NoteTest {\n  @Test void quoted() { assert new Note().quoted() != null; }\n}\n',
};

const trainingDataText = (data: TrainingData) => trainingDataDocument(data).text;

let mined: MinedRepository;
beforeAll(async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'bespoke-preview-')), 'shop');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mined = await mineRepository(folder, join(folder, '.storage'));
});

test('shows all that is sent of each pair, by test class', () => {
  expect(mined.clean.length).toBe(2);
  const text = trainingDataText(mined);
  expect(text).toContain('would send these 2 pairs (of 5 test methods, ');
  expect(text).toMatch(/## CartTest, `src\/test\/java\/shop\/CartTest\.java`\n\n### add tests Cart\.add\n/);
  for (const { testSource, focalContext, confidence, evidence } of mined.clean) {
    for (const sent of [testSource, focalContext.method, focalContext.classDeclaration]) expect(text).toContain(sent);
    for (const sent of [...focalContext.fields, ...focalContext.methods]) expect(text).toContain(`${sent};`);
    expect(text).toContain(
      `Confidence ${confidence.toFixed(2)}; evidence: ${evidence.join(', ').replaceAll('-', ' ')}.`,
    );
  }
});

test('names what is left out with its reason, and shows no secret', () => {
  expect(mined.withSecret.map(({ testMethod }) => testMethod)).toEqual(['key']);
  const text = trainingDataText(mined);
  expect(text).toContain('Left out: 3 test methods');
  expect(text).toMatch(
    /### The test or its method seems to hold a secret\. \(1 test method\)\n\n- CartTest\.key, `.*`: AWS access key: line 1 of the test CartTest#key, in src/,
  );
  expect(text).toMatch(/### The test method has no statement\. \(1 test method\)\n\n- CartTest\.nothing, `/);
  expect(text).not.toContain(secret);
});

test('tells where each test stands that can be rejected, or accepted again', () => {
  const { text, tests } = trainingDataDocument(mined);
  const lines = text.split('\n');
  expect(tests.map(({ line, testMethod, choice }) => `${choice} ${testMethod}: ${lines[line]}`)).toEqual([
    'sent add: ### add tests Cart.add',
    'sent quoted: ### quoted tests Note.quoted',
    'excluded addsMany: - CartTest.addsMany, `src/test/java/shop/CartTest.java`',
  ]);
});

test('a method whose test is excluded is not without a test', () => {
  const methods = (all: readonly { focalMethod: string }[]) => all.map(({ focalMethod }) => focalMethod);
  expect(methods(mined.pairs).filter((name) => name === 'add')).toHaveLength(1);
  expect(methods(mined.tested).filter((name) => name === 'add')).toHaveLength(2);
});

test('a fence that the code cannot close', () => {
  const block = /\n(`{4,})java\n([\s\S]*?)\n\1\n/.exec(trainingDataText(mined));
  expect(block?.[2]).toMatch(/```java\s+x\s+```/);
});

test('a pair that no message can carry is left out here as in the upload', () => {
  const [pair] = mined.clean;
  if (pair === undefined) throw new Error('There is no pair.');
  const large = { ...pair, id: `${pair.id.slice(0, -1)}x`, testMethod: 'large', testSource: 'x'.repeat(1024 * 1024) };
  const text = trainingDataText({ ...mined, clean: [...mined.clean, large] });
  expect(text).toContain('would send these 2 pairs');
  expect(text).toMatch(/larger than a message to the server may be\. \(1 test method\)\n\n- \w+\.large, /);
  expect(text.length).toBeLessThan(100_000);
});
