import { expect, test } from 'vitest';
import type { CheckReason, CheckResult } from '../../../extension/check/check-result.ts';
import { bestTestRow, methodRow } from '../../../extension/features/class-test-rows.ts';
import type { MethodTestsState } from '../../../extension/features/class-tests.ts';
import type { Placement } from '../../../extension/placement/placement.ts';

const candidate = { rank: 0, text: '', logProbability: -1, tokens: 1, complete: true };
const placement: Placement = {
  file: 'src/test/java/p/CartTest.java',
  isNewFile: false,
  module: '',
  binaryClassName: 'p.CartTest',
  method: 'addsTwo',
  libraries: { framework: 'junit5', assertions: 'framework', mocks: null },
  test: { offset: 0, text: '' },
  imports: [],
  text: '',
};

const likeness = { resembles: null, style: null, problem: null, hidden: [] };

function written(check: Partial<CheckResult> | null): MethodTestsState {
  const result: CheckResult | null = check && {
    id: '0',
    outcome: 'passed',
    parses: true,
    compiles: true,
    passes: true,
    useful: true,
    reasons: [],
    durationMs: 1,
    ...check,
  };
  return { kind: 'written', tests: [{ candidate, placement, likeness, check: result }] };
}

const because = (message: string): CheckReason[] => [{ code: 'assertion-failure', message }];

/** What a method's row says, and the row under it. */
function check(state: MethodTestsState, method: string, best: string | undefined): void {
  const row = methodRow('add', state);
  expect(row.label).toBe('add');
  expect(`${row.icon}: ${row.description}`).toBe(method);
  const under = bestTestRow(state);
  expect(under && `${under.label}: ${under.description}`).toBe(best);
}

test('on the way', () => {
  check({ kind: 'waiting' }, 'clock: waiting', undefined);
  check({ kind: 'writing' }, 'sync~spin: writing', undefined);
  check({ kind: 'kept' }, 'check: kept', undefined);
});

test('the best test with its state and the reason', () => {
  check(written({}), 'pass: passes', 'addsTwo: It compiles, passes, calls the method and can fail.');
  check(
    written({ useful: false, reasons: because('Nothing in it can fail.') }),
    'pass: passes, but proves little',
    'addsTwo: Nothing in it can fail.',
  );
  check(
    written({ useful: false, passes: false, reasons: because('Expected 2 and got 3.') }),
    'warning: compiles, does not pass',
    'addsTwo: Expected 2 and got 3.',
  );
  check(
    written({ useful: false, passes: false, compiles: false, reasons: because('There is no Cart.') }),
    'warning: does not compile',
    'addsTwo: There is no Cart.',
  );
  check(written(null), 'circle-slash: not checked', 'addsTwo: Checking is switched off in the settings.');
});

test('why there is none', () => {
  check({ kind: 'none', reason: 'It was cancelled.' }, 'circle-slash: no test', 'no test: It was cancelled.');
});
