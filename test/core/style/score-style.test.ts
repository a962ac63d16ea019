import { describe, expect, it } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import type { HouseStyle, StyleTrait } from '../../../core/style/house-style.ts';
import { ResemblingTests } from '../../../core/style/resembling-test.ts';
import { deviationText, scoreStyle } from '../../../core/style/score-style.ts';
import { rulesOf, type StyleRules } from '../../../core/style/style-rules.ts';

const imports = `package p;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import org.junit.jupiter.api.Test;
class CartTest extends ShopTestCase {
`;

const rules: StyleRules = {
  framework: ['JUnit 5'],
  assertions: ['AssertJ'],
  mocks: ['Mockito, given / then'],
  naming: ['method_when…_then…', 'method_condition'],
  structure: ['// given, // when, // then'],
  'assertions-per-test': ['one'],
  fixtures: ['builders (`.build()`)', 'object under test called `subject`'],
  'base-class': ['ShopTestCase'],
  length: ['6 to 10 lines'],
};

/** The score in percent, and the deviations. */
function check(source: string, expected: string, given: StyleRules = rules, file = imports, isNewFile = false): void {
  const testMethod = /void (\w+)/.exec(source)?.[1] ?? '';
  const test = { testSource: source, testMethod, focalClass: 'Cart', focalMethod: 'add', file, isNewFile };
  const scored = scoreStyle(given, test);
  const text =
    scored === null
      ? 'nothing'
      : [`${Math.round(100 * scored.score)} %`, ...scored.deviations.map(deviationText)].join('; ');
  expect(text).toBe(expected);
}

const good = `@Test
void add_whenOne_thenHolds() {
  // given
  Cart subject = new Cart();
  // when
  subject.add(1);
  // then
  assertThat(subject.size()).isEqualTo(1);
}`;

describe('a written test against the house style', () => {
  it('keeps to all of it', () => check(good, '100 %'));

  it.each([
    [
      'its name',
      good.replace('add_whenOne_thenHolds', 'addsOne'),
      '86 %; name: methodSays…, not method_when…_then… or method_condition',
    ],
    [
      'its structure',
      good.replaceAll(/ {2}\/\/ .*\n/g, ''),
      '86 %; structure: one block, not // given, // when, // then',
    ],
    [
      'its assertions',
      good.replace('assertThat(subject.size()).isEqualTo(1)', 'assertEquals(1, subject.size())'),
      '86 %; assertions: the framework’s own, not AssertJ',
    ],
    [
      'the name of the object under test',
      good.replaceAll('subject', 'cart'),
      '86 %; fixture: object under test called `cart`, not object under test called `subject`',
    ],
    [
      'how many assertions it has',
      good.replace('// then', 'assertThat(subject).isNotNull();\n  // then'),
      '86 %; assertions per test: two or three, not one',
    ],
  ])('deviates by %s', (_, source, expected) => check(source, expected));

  it('is not blamed for what it does not show', () => {
    // No mock, no fixture, and a test class that was there before.
    check(
      '@Test void add_one() { assertThat(1).isOne(); }',
      '67 %; structure: one block, not // given, // when, // then; length: up to 5 lines, not 6 to 10 lines',
    );
    check(
      good.replace('assertThat(subject.size()).isEqualTo(1)', 'assertThrows(X.class, () -> subject.add(2))'),
      '100 %',
    );
  });

  it('chooses its base class only in a new file', () => {
    const file = imports.replace(' extends ShopTestCase', '');
    check(good, '100 %', rules, file);
    check(good, '88 %; base class: none, not ShopTestCase', rules, file, true);
  });

  it('mocks as the team does', () => {
    const mocking = good.replace('// when', 'given(subject.size()).willReturn(2);\n  // when');
    check(mocking, '100 %');
    check(mocking, '88 %; mocks: Mockito, not Mockito, given / then', rules, imports.replace('BDDMockito', 'Mockito'));
  });

  it('is not scored by rules that say nothing about it', () => check(good, 'nothing', { fixtures: ['local mocks'] }));
});

describe('rules read off the tests', () => {
  const trait = (name: StyleTrait['name'], ...shares: [string, number][]): StyleTrait => ({
    name,
    unit: 'test',
    habits: shares.map(([habit, share]) => ({ name: habit, count: 1, share, evidence: [] })),
  });
  const style = (...traits: StyleTrait[]): HouseStyle => ({ tests: 100, testClasses: 10, traits });

  it.each<[string, StyleTrait, readonly string[] | undefined]>([
    ['what four in five tests do', trait('naming', ['a', 0.6], ['b', 0.3], ['c', 0.1]), ['a', 'b']],
    ['no rare habit', trait('naming', ['a', 0.5], ['b', 0.09]), ['a']],
    ['every frequent fixture', trait('fixtures', ['a', 0.9], ['b', 0.4], ['c', 0.05]), ['a', 'b']],
    ['a base class that most classes have', trait('base-class', ['A', 0.5], ['B', 0.4]), ['A']],
    ['no base class that few have', trait('base-class', ['A', 0.4]), undefined],
    ['nothing of what was not seen', trait('mocks'), undefined],
  ])('hold %s', (_, given, expected) => expect(rulesOf(style(given))[given.name]).toEqual(expected));
});

describe('the test that a written one resembles', () => {
  const pair = (testMethod: string, testSource: string) =>
    ({ testClass: 'CartTest', testMethod, testSource }) as TestPair;
  const tests = new ResemblingTests([
    pair('adds', 'void adds() { Cart cart = new Cart(); cart.add(1); assertThat(cart.size()).isOne(); }'),
    pair('clears', 'void clears() { Cart cart = new Cart(); cart.clear(); assertThat(cart.isEmpty()).isTrue(); }'),
    pair('note', 'void note() { Note note = new Note(); note.print(System.out); }'),
  ]);
  const nearest = async (source: string) => {
    const found = await tests.nearest(source);
    return found === null ? null : [found.pair.testMethod, Math.round(100 * found.similarity)];
  };

  it('is the one with the same rare names', async () => {
    const clearing = 'void x() { Cart cart = new Cart(); cart.clear(); assertThat(cart.isEmpty()).isFalse(); }';
    expect((await nearest(clearing))?.[0]).toBe('clears');
    expect((await nearest('void x() { new Note().print(log); }'))?.[0]).toBe('note');
  });
  it('is fully alike to its copy', async () => {
    const copy = 'void adds() { Cart cart = new Cart(); cart.add(2); assertThat(cart.size()).isOne(); }';
    expect(await nearest(copy)).toEqual(['adds', 100]);
  });
  it('is none where nothing is shared, or nothing is there', async () => {
    expect(await nearest('int unrelated = 3;')).toBeNull();
    expect(await new ResemblingTests([]).nearest('void adds() { }')).toBeNull();
  });
  it('is looked for without keeping others from their turn', async () => {
    const many = Array.from({ length: 4000 }, (_, at) =>
      pair(`t${at}`, `void t${at}() { a${at}(b, c, d${at % 9}); }`.repeat(20)),
    );
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await new ResemblingTests(many).nearest('void x() { a7(); }');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });
});
