import { expect, test } from 'vitest';
import type { CheckResult } from '../../../extension/check/check-result.ts';
import { describeRun } from '../../../extension/workspace/run-text.ts';

function check(result: Partial<CheckResult>, problems: readonly string[], expected: string): void {
  const text = describeRun({
    placement: { method: 'add_one', file: 'src/test/java/shop/CartTest.java' },
    focal: { focalClass: 'Cart', focalMethod: 'add' },
    result: {
      ...{ id: 'shown', outcome: 'passed', parses: true, compiles: true, passes: true, useful: true, reasons: [] },
      ...{ durationMs: 1240, ...result },
    },
    report: { sandbox: 'bubblewrap', problems },
    endedMs: new Date(2026, 10, 21, 20, 3, 11).getTime(),
    words: 'passes',
  });
  expect(text.slice(text.indexOf('add_one'))).toBe(expected);
}

test('which test, how far it came, how long it took and where it ran', () => {
  check(
    {},
    [],
    'add_one, a test of Cart.add for src/test/java/shop/CartTest.java\n  passes\n  1.2 s, in a sandbox without network\n',
  );
});

test('what it printed, before how far it came', () => {
  check(
    { output: 'one\ntwo\n' },
    [],
    'add_one, a test of Cart.add for src/test/java/shop/CartTest.java\none\ntwo\n  passes\n  1.2 s, in a sandbox without network\n',
  );
});

test('every reason, and a problem of the module once', () => {
  const message =
    'An assertion failed: either the expectation is wrong or the code has a bug. expected: 2\n but was: 3';
  check(
    { reasons: [{ code: 'assertion-failure', message }] },
    [message, 'The module was built with an older JDK.'],
    'add_one, a test of Cart.add for src/test/java/shop/CartTest.java\n  passes\n  An assertion failed: either the expectation is wrong or the code has a bug. expected: 2\n     but was: 3\n  The module was built with an older JDK.\n  1.2 s, in a sandbox without network\n',
  );
});
