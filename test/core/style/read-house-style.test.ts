import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mineWorkspace } from '../../../core/mining/mine-workspace.ts';
import { type HouseStyle, type StyleTraitName, styleTraitNames } from '../../../core/style/house-style.ts';
import { readHouseStyle, type StyledTest } from '../../../core/style/read-house-style.ts';
import { assertionCountHabit, countAssertions, structureOf, subjectNameOf } from '../../../core/style/test-traits.ts';

const sample = join(import.meta.dirname, '../../sample');

async function houseStyleOfSample(): Promise<HouseStyle | null> {
  const tests: StyledTest[] = [];
  for await (const record of mineWorkspace({ workspace: sample, mode: 'default', threads: 0 })) {
    if (record.kind === 'pair') tests.push(record.pair);
  }
  return readHouseStyle(tests, (path) => readFileSync(join(sample, path), 'utf8'));
}

/** The first habit of a trait, and its share. */
function first(style: HouseStyle | null, trait: StyleTraitName): string {
  const habit = style?.traits.find(({ name }) => name === trait)?.habits[0];
  return habit === undefined ? 'none' : `${habit.name} ${habit.share >= 0.5 ? 'mostly' : 'partly'}`;
}

describe('the house style', () => {
  it('of the sample workspace is what its README says', async () => {
    const style = await houseStyleOfSample();
    expect(style?.traits.map(({ name }) => name)).toEqual([...styleTraitNames]);
    expect(first(style, 'framework')).toBe('JUnit 5 mostly');
    expect(first(style, 'assertions')).toBe('AssertJ mostly');
    expect(first(style, 'mocks')).toBe('Mockito, given / then partly');
    expect(first(style, 'naming')).toBe('method_when…_then… mostly');
    expect(first(style, 'structure')).toBe('// given, // when, // then mostly');
    expect(first(style, 'fixtures')).toBe('object under test called `subject` mostly');
    expect(first(style, 'base-class')).toBe('GatewayTestCase partly');
    for (const { habits } of style?.traits ?? []) {
      for (const { count, share, evidence } of habits) {
        expect(share).toBeLessThanOrEqual(1);
        expect(evidence.length).toBe(Math.min(5, count));
        for (const { file } of evidence) expect(readFileSync(join(sample, file), 'utf8')).toContain('class');
      }
    }
  }, 60_000);

  it('counts a test of two focal methods once, and is nothing without tests', async () => {
    const test = {
      testFile: 'T.java',
      testClass: 'T',
      testMethod: 'a',
      testSource: 'void a() { }',
      focalClass: 'F',
      focalMethod: 'x',
    };
    const style = await readHouseStyle([test, { ...test, focalMethod: 'y' }], () => null);
    expect(style).toMatchObject({ tests: 1, testClasses: 1 });
    expect(await readHouseStyle([], () => null)).toBeNull();
  });

  it.each([
    ['{ // given\n a();\n // when\n b();\n // then\n c(); }', '// given, // when, // then'],
    ['{ // Arrange\n a();\n // Act\n b(); }', '// arrange, // act, // assert'],
    ['{\n a();\n\n b();\n}', 'blank lines between steps'],
    ['{\n a(); // given up\n b();\n}', 'one block'],
  ])('structure of %j', (body, habit) => expect(structureOf(`void t() ${body}`)).toBe(habit));

  it.each([
    ['void t() { }', 0],
    ['void t() { assertThat(a).isEqualTo(b); verify(m).run(); }', 2],
    ['void t() { then(m).should().run(); x.then(y); }', 1],
    ['void t() { Assertions.assertEquals(1, a); /* assertTrue(x) */ "assertTrue(y)"; }', 1],
    ['@Test(expected = X.class) void t() { run(); }', 1],
    ['void assertsNothing() { run(); }', 0],
  ])('assertions of %j', (source, count) => expect(countAssertions(source)).toBe(count));

  it('groups counts and finds the subject', () => {
    expect([0, 1, 2, 3, 4].map(assertionCountHabit)).toEqual([
      'none',
      'one',
      'two or three',
      'two or three',
      'four or more',
    ]);
    expect(subjectNameOf('var sut = new Bag<>(3);', 'Bag')).toBe('sut');
    expect(subjectNameOf('Bag<String> bag = new Bag<>();', 'Bag')).toBe('bag');
    expect(subjectNameOf('Bags bag = new Bags();', 'Bag')).toBeNull();
  });
});
