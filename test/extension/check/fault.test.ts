import { expect, test } from 'vitest';
import type { CheckResult } from '../../../extension/check/check-result.ts';
import { bodyFault, compileFault, type Fault, faultToRewrite } from '../../../extension/check/fault.ts';
import type { ReadableCandidate } from '../../../extension/check/judge-candidate.ts';

/** A candidate that stands in a file between these two texts, and an error at the marked part of the placed text. */
function check(source: string, marked: string, expected: string | null, before = 'class T {\n', after = '}\n') {
  const start = marked.indexOf('«');
  const end = marked.indexOf('»') - 1;
  const placed = marked.replace(/[«»]/g, '');
  const item = {
    candidate: { id: '', source, focal: { className: 'Foo', method: 'bar' }, placement: { problem: '' } },
    placement: { test: { offset: before.length, text: placed }, imports: [], text: `${before}${placed}${after}` },
  } as unknown as ReadableCandidate;
  const error = {
    line: 1,
    code: '',
    message: '',
    meanings: [],
    start: before.length + start,
    end: before.length + end,
  };
  const fault = compileFault(item, [{ ...error, start: -1, end: -1 }, error]);
  expect(fault === null ? null : fault.text.slice(fault.start, fault.end)).toBe(expected);
  if (fault !== null) expect(fault.text).toBe(source);
}

const source = '@Test\nvoid bar() {\n    int n = 1;\n    foo.baz(n);\n    foo.baz(n);\n}';

test('an error is found again in the candidate, however it was indented', () => {
  check(source, '\n  @Test\n  void bar() {\n    int n = 1;\n    foo.«baz(n)»;\n    foo.baz(n);\n  }\n', 'baz(n)');
});

test('of equal lines it is the one that is meant', () => {
  const placed = '\n  @Test\n  void bar() {\n    int n = 1;\n    foo.baz(n);\n    «foo».baz(n);\n  }\n';
  check(source, placed, 'foo');
  const fault = source.lastIndexOf('foo');
  expect(source.slice(0, fault).split('\n')).toHaveLength(5);
});

test('a head that was fitted to the file does not hinder', () => {
  check(
    source,
    '\n@org.junit.Test\npublic void bar2() throws Exception {\n\tint n = «1»;\n\tfoo.baz(n);\n\tfoo.baz(n);\n}',
    '1',
  );
});

test('an error over several lines ends with its first line where the end is elsewhere', () => {
  check(source, '\n@Test\nvoid bar() {\n  int n = «1;\n  foo.baz(n);\n  foo.baz(n);\n}\n// behind»', '1;');
});

test('an error in what the candidate does not say is none of its faults', () => {
  check(source, '\n«@org.junit.Test»\nvoid bar() {\n  int n = 1;\n  foo.baz(n);\n  foo.baz(n);\n}', null);
});

const result = (changes: Partial<CheckResult>): CheckResult => ({
  id: '',
  outcome: 'compile-error',
  parses: true,
  compiles: false,
  passes: false,
  useful: false,
  reasons: [],
  durationMs: 0,
  ...changes,
});

test('what went right furthest is rewritten, and nothing where there is something to show', () => {
  const early = result({ fault: { text: 'aaaaaaaaaa', start: 2, end: 3 } });
  const late = result({ fault: { text: 'bbbbb', start: 4, end: 5 } });
  const repeating = result({
    compiles: true,
    repeats: 'FooTest#bar',
    fault: bodyFault('void f() { a(); }') ?? undefined,
  } as CheckResult);
  expect(faultToRewrite([], [])).toBeNull();
  expect(faultToRewrite([result({})], [])).toBeNull();
  expect(faultToRewrite([early, late], [])).toEqual(late.fault);
  expect(faultToRewrite([early, late], [late.fault as Fault])).toEqual(early.fault);
  expect(faultToRewrite([late], [late.fault as Fault])).toBeNull();
  expect(faultToRewrite([repeating, early], [])).toEqual(repeating.fault);
  expect(faultToRewrite([early, result({ compiles: true })], [])).toBeNull();
  expect(faultToRewrite([early, result({ compiles: null, outcome: 'not-checked' })], [])).toBeNull();
  expect(faultToRewrite([early, result({ parses: false })], [])).toEqual(early.fault);
});

test('all that a test does is its body', () => {
  expect(bodyFault('void f() { a(); }')).toEqual({ text: 'void f() { a(); }', start: 10, end: 17 });
  expect(bodyFault('no method')).toBeNull();
});
