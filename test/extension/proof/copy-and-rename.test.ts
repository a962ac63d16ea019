import { describe, expect, test } from 'vitest';
import { copyAndRename } from '../../../extension/proof/copy-and-rename.ts';

function check(
  [focalClass, focalMethod, testMethod]: readonly [string, string, string],
  testSource: string,
  [wantedClass, wantedMethod]: readonly [string, string],
  expected: string,
): void {
  const wanted = { focalClass: wantedClass, focalMethod: wantedMethod };
  expect(copyAndRename({ focalClass, focalMethod, testMethod, testSource }, wanted)).toBe(expected);
}

test('a whole test', () =>
  check(
    ['DateParser', 'parse', 'parse_whenTextIsEmpty_thenThrows'],
    `@Test
@DisplayName("DateParser: parse")
void parse_whenTextIsEmpty_thenThrows() {
    // DateParser knows no empty date
    DateParser dateParser = DateParser.strict();
    var parsed = newDateParser().parse("parse");

    assertThrows(ParseException.class, () -> dateParser.parse(""));
    assertEquals(dateParser.parser(), DateParser::parse);
}`,
    ['MoneyFormat', 'format'],
    `@Test
@DisplayName("DateParser: parse")
void format_whenTextIsEmpty_thenThrows() {
    // DateParser knows no empty date
    MoneyFormat moneyFormat = MoneyFormat.strict();
    var parsed = newDateParser().format("parse");

    assertThrows(ParseException.class, () -> moneyFormat.format(""));
    assertEquals(moneyFormat.parser(), MoneyFormat::format);
}`,
  ));

describe('the test’s own name', () => {
  const named = (method: string, testMethod: string, wanted: string, expected: string) =>
    check(['Jar', method, testMethod], `void ${testMethod}() {}`, ['Pot', wanted], `void ${expected}() {}`);
  test.each([
    ['put', 'put_whenFull', 'get', 'get_whenFull'],
    ['put', 'testPut', 'get', 'testGet'],
    ['put', 'testPutTwice2', 'getAll', 'testGetAllTwice2'],
    ['put', 'whenFull_put_thenPutAgain', 'get', 'whenFull_get_thenGetAgain'],
    ['put', 'put2', 'get', 'get2'],
    ['put', 'testOutput', 'get', 'testGet'],
    ['put', 'putsThings', 'get', 'get'],
    ['put', 'testsThings', 'get', 'get'],
    ['put', 'fillsTheJar', 'get', 'get'],
    ['put', 'test_it', 'get', 'testGet'],
    ['put', 'put_whenFull', 'put', 'put_whenFull'],
    ['$put', 'test$put', 'get', 'testGet'],
    ['Jar', 'testJar', 'get', 'testGet'],
  ])('of %s, %s, is for %s %s', named);
});

describe('leaves alone', () => {
  test('keywords: a class `Default` calls no variable `default`', () =>
    check(
      ['Default', 'of', 'ofAll'],
      'void ofAll() { switch (x) { default: of(); } }',
      ['Jar', 'put'],
      'void putAll() { switch (x) { default: put(); } }',
    ));
  test('a variable that would be called like a keyword', () =>
    check(
      ['Jar', 'put', 'put'],
      'void put() { Jar jar = new Jar(); jar.put(); }',
      ['Switch', 'flip'],
      'void flip() { Switch jar = new Switch(); jar.flip(); }',
    ));
});

test('names that change places do so at once', () =>
  check(
    ['Jar', 'pot', 'testPot'],
    'void testPot() { Jar jar = new Jar(); jar.pot(new Pot()); }',
    ['Pot', 'jar'],
    'void testJar() { Pot pot = new Pot(); pot.jar(new Pot()); }',
  ));
