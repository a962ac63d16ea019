import { beforeAll, describe, expect, it } from 'vitest';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { type CheckResult, rank } from '../../../extension/check/check-result.ts';
import { checkingHelpers, readCandidate } from '../../../extension/check/read-candidate.ts';
import { testFingerprint } from '../../../extension/check/test-fingerprint.ts';

let parser: JavaParser;
beforeAll(async () => {
  parser = await JavaParser.create();
});

function checkCanFail(body: string, expected: boolean): void {
  const read = readCandidate(parser, body.startsWith('@') ? body : `@Test void t() { ${body} }`);
  expect(read.parses && read.canFail, body).toBe(expected);
}

describe('a check that can fail', () => {
  it.each([
    'assertEquals(1, bag.size());',
    'assertEquals("message", 1, bag.size());',
    'assertThat(bag.size()).isEqualTo(1);',
    'assertThat(bag.size(), is(1));',
    'assertThat(bag).as("bag").extracting(Bag::size).isEqualTo(1);',
    'assertThatThrownBy(() -> bag.get(1)).isInstanceOf(X.class);',
    'assertThatExceptionOfType(X.class).isThrownBy(() -> bag.get(1));',
    'Assertions.assertThrows(X.class, () -> bag.get(1));',
    'try { bag.get(1); fail(); } catch (X expected) { }',
    'verify(mock).run();',
    'then(mock).should().run();',
    'thrown.expect(X.class); bag.get(1);',
    'assert bag.size() == 1;',
    'assertEquals(iterator.next(), iterator.next());',
    'mvc.perform(get("/")).andExpect(status().isOk());',
    'assertThat(Bag.class).isFinal();',
    '@Test(expected = X.class) public void t() { bag.get(1); }',
    '@Test(expectedExceptions = X.class) public void t() { bag.get(1); }',
  ])('is in %s', (body) => checkCanFail(body, true));

  it.each([
    '',
    'bag.size();',
    'assertTrue(true);',
    'assertFalse("never", false);',
    'assertEquals(1, 1);',
    'assertEquals(-1, (int) -1);',
    'assertEquals(bag, bag);',
    'assertSame("bag", bag, bag);',
    'assertNotNull(new Bag());',
    'assertThat(new Bag()).isNotNull();',
    'assertThat(true).isTrue();',
    'assertThat(bag).isEqualTo(bag);',
    'assertThat(bag);',
    'assertThat(bag).as("bag");',
    'assert true;',
    'expect(mock.run()).andReturn(1);',
    '@Test(timeout = 5) public void t() { bag.get(1); }',
  ])('is not in %s', (body) => checkCanFail(body, false));

  it('is in the helpers of a test file, but not in its tests', () => {
    const helpers = checkingHelpers(
      parser,
      'class T { @Test void a() { assertEquals(1, x); } void b() { assertEquals(1, x); } void c() { x(); } }',
    );
    expect([...helpers]).toEqual(['b']);
  });
});

describe('a candidate', () => {
  it('names what it calls, refers to and creates', () => {
    const read = readCandidate(parser, 'void t() { new a.Bag<String>(3); bag.get(1); Arrays.sort(Bag::compare); }');
    expect(read.parses && [...read.calls]).toEqual(['Bag', 'get', 'sort', 'compare']);
  });

  it.each([
    ['void t() { a(', 'Syntax error in line 1'],
    ['@Test\nvoid t() {\n  a()\n}', 'Syntax error in line 3'],
    ['void a() {} void b() {}', 'not exactly one method'],
    ['void a();', 'not exactly one method'],
    ['int a;', 'not exactly one method'],
    ['void a() {} } class D { void b() {}', 'not exactly one method'],
    ['', 'not exactly one method'],
  ])('that reads %j is refused', (source, message) => {
    const read = readCandidate(parser, source);
    expect(read.parses ? 'parses' : read.message).toContain(message);
  });
});

describe('two tests are the same', () => {
  const test = '@Test void a() { assertEquals(1, x.get("a b")); }';
  it.each([
    ['another name', test.replace(' a()', ' somethingElse()')],
    ['another layout', '@Test\nvoid a()\n{\n  assertEquals( 1,x.get("a b") ) ;\n}'],
    ['comments', '@Test /* c */ void a() { // d\n assertEquals(1, x.get("a b")); }'],
    ['access', test.replace('void', 'public void')],
    ['a display name', `@DisplayName("It (works)") ${test}`],
  ])('but for %s', (_, other) => expect(testFingerprint(other)).toBe(testFingerprint(test)));

  it.each([
    ['another value', test.replace('1', '2')],
    ['another string', test.replace('a b', 'a  b')],
    ['another annotation', test.replace('@Test', '@Test(timeout = 3)')],
    ['a parameter', test.replace('()', '(int i)')],
  ])('unless they differ by %s', (_, other) => expect(testFingerprint(other)).not.toBe(testFingerprint(test)));
});

it('ranks useful before passing before compiling before parsing, then by score', () => {
  const result = (id: string, stages: number): CheckResult => ({
    id,
    outcome: 'passed',
    parses: stages > 0,
    compiles: stages > 1,
    passes: stages > 2,
    useful: stages > 3,
    reasons: [],
    durationMs: 0,
  });
  const given = [
    { result: result('broken', 0), score: 9 },
    { result: result('parses', 1), score: 5 },
    { result: result('low', 3), score: -2 },
    { result: result('high', 3), score: -1 },
    { result: result('useful', 4), score: -8 },
    { result: result('compiles', 2), score: 7 },
  ];
  const ids = rank(given, (item) => item).map((item) => item.result.id);
  expect(ids).toEqual(['useful', 'high', 'low', 'compiles', 'parses', 'broken']);
});
