import { expect, test } from 'vitest';
import type { CheckResult } from '../../../extension/check/check-result.ts';
import { bodyFault, compileFault, type Fault, failureFault, faultToRewrite } from '../../../extension/check/fault.ts';
import type { ReadableCandidate } from '../../../extension/check/judge-candidate.ts';

/** A candidate that stands in a file between these two texts. */
function itemOf(source: string, placed: string, before = 'class T {\n', after = '}\n'): ReadableCandidate {
  const placement = { test: { offset: before.length, text: placed }, imports: [], text: `${before}${placed}${after}` };
  const candidate = { id: '', source, focal: { className: 'Foo', method: 'bar' }, placement: { problem: '' } };
  return { candidate, placement: { ...placement, binaryClassName: 'a.T' } } as unknown as ReadableCandidate;
}

/** The part of the candidate that an error at the marked part of the placed text is about. */
function check(source: string, marked: string, expected: string | null, before = 'class T {\n') {
  const item = itemOf(source, marked.replace(/[«»]/g, ''), before);
  const error = {
    line: 1,
    code: '',
    message: '',
    meanings: [],
    start: before.length + marked.indexOf('«'),
    end: before.length + marked.indexOf('»') - 1,
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

test('a test that failed is at fault where it was, however deep the code was by then', () => {
  const item = itemOf(source, '\n  @Test\n  void bar() {\n    int n = 1;\n    foo.baz(n);\n    foo.baz(n);\n  }\n');
  const check = (frames: string, expected: string | null) => {
    const fault = failureFault(item, `java.lang.AssertionError: \nat last${frames}`);
    expect(fault === null ? null : fault.text.slice(fault.start)).toBe(expected);
    if (fault !== null) expect(fault.text.slice(fault.start, fault.end)).toBe('foo.baz(n);');
  };
  check('\nat a.T.bar(T.java:7)', 'foo.baz(n);\n}');
  check(
    '\nat a.Foo.qux(Foo.java:70)\nat a.Foo.baz(Foo.java:7)\nat a.T.bar(T.java:6)',
    'foo.baz(n);\n    foo.baz(n);\n}',
  );
  check('\nat a.T.lambda$bar$0(T.java:7)\nat a.Foo.baz(Foo.java:7)\nat a.T.bar(T.java:6)', 'foo.baz(n);\n}');
  check('\nat a.T$Inner.call(T.java:7)', 'foo.baz(n);\n}');
  check('\nat a.Top.bar(T.java:7)', null);
  check('\nat a.T.setUp(T.java:1)', null);
  check('\nat a.T.setUp(T.java:100)', null);
  check('\nat a.T.setUp(T.java:-1)', null);
  check('', null);
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

test('what came furthest is rewritten, and nothing where one is useful', () => {
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
  const failing = result({ compiles: true, fault: { text: 'cccccccccc', start: 1, end: 2 } });
  expect(faultToRewrite([late, failing], [])).toEqual(failing.fault);
  expect(faultToRewrite([early, result({ compiles: true, passes: true })], [])).toEqual(early.fault);
  expect(faultToRewrite([failing, result({ compiles: true, passes: true, useful: true })], [])).toBeNull();
  expect(faultToRewrite([early, result({ compiles: null, useful: null, outcome: 'not-checked' })], [])).toBeNull();
  expect(faultToRewrite([early, result({ parses: false })], [])).toEqual(early.fault);
});

test('all that a test does is its body', () => {
  expect(bodyFault('void f() { a(); }')).toEqual({ text: 'void f() { a(); }', start: 10, end: 17 });
  expect(bodyFault('no method')).toBeNull();
});
