import { describe, expect, test } from 'vitest';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { matchTest } from '../../../core/metrics/test-match.ts';

const parser = await JavaParser.create();

const teamTest = `@Test
void fill_whenEmpty_thenIsFull() {
    // given
    Jar jar = new Jar("plum", 3);

    assertEquals(3, jar.fill(3));
}`;

const differing = {
  itself: teamTest,
  'other white space': teamTest.replace(/\s+/g, ' ').replace('// given ', '// given\n').replace(' {', '{\n\t'),
  'white space in a comment': teamTest.replace('// given', '//  given '),
  'white space in a literal': teamTest.replace('"plum"', '"plu m"'),
  'another comment': teamTest.replace('given', 'when'),
  'other names and values': teamTest.replaceAll('jar', 'pot').replaceAll('Jar', 'Pot').replaceAll('3', '4'),
  'another annotation': teamTest.replace('@Test', '@Test @Slow'),
  'a value of its own': teamTest.replace('fill(3)', 'fill(4)'),
  'another idiom': teamTest.replace('assertEquals', 'assertSame'),
  'a line less': teamTest.replace(/ +Jar .*\n/, ''),
  'no brace at its end': teamTest.slice(0, -1),
  nothing: '',
};

describe('a candidate with', () => {
  test.each([
    ['itself', true, true],
    ['other white space', true, true],
    ['white space in a comment', true, true],
    ['white space in a literal', false, true],
    ['another comment', false, true],
    ['other names and values', false, true],
    ['another annotation', false, true],
    ['a value of its own', false, false],
    ['another idiom', false, false],
    ['a line less', false, false],
    ['no brace at its end', false, false],
    ['nothing', false, false],
  ] as const)('%s: exact %s, abstracted %s', (name, exact, abstracted) => {
    expect(matchTest(parser, [differing[name]], teamTest)).toEqual({ exact, abstracted });
  });
});

test('of several candidates any may match', () => {
  const candidates = [differing['a line less'], differing['other names and values'], differing.itself];
  const top = (k: number) => matchTest(parser, candidates.slice(0, k), teamTest);
  expect([0, 1, 2, 3].map((k) => [top(k).exact, top(k).abstracted])).toEqual([
    [false, false],
    [false, false],
    [false, true],
    [true, true],
  ]);
});
