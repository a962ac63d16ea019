import { expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { ResemblingTests } from '../../../core/style/resembling-test.ts';
import type { CheckReason, CheckResult } from '../../../extension/check/check-result.ts';
import { describeCandidate } from '../../../extension/features/describe-candidate.ts';
import { type Likeness, likenessOf } from '../../../extension/features/likeness.ts';
import type { Placement } from '../../../extension/placement/placement.ts';
import type { Focal } from '../../../extension/workspace/find-focal-method.ts';
import type { MinedRepository } from '../../../extension/workspace/mine-repository.ts';

const passed: CheckResult = {
  id: '0',
  outcome: 'passed',
  parses: true,
  compiles: true,
  passes: true,
  useful: true,
  reasons: [],
  durationMs: 1,
};
const unknown: Likeness = { resembles: null, style: null, problem: null, hidden: [] };

/** State, note and sentences of a candidate. */
function check(likeness: Partial<Likeness>, result: Partial<CheckResult>, expected: string): void {
  const { state, note, reason } = describeCandidate({
    check: { ...passed, ...result },
    likeness: { ...unknown, ...likeness },
  });
  expect(`${state} | ${note} | ${reason}`).toBe(expected);
}

test('says what a candidate resembles, how it keeps to the style, and what is hidden', () => {
  check({}, {}, 'useful |  | ');
  check(
    { resembles: { name: 'CartTest#adds', similarity: 0.714 } },
    {},
    'useful | resembles CartTest#adds 71 % | Resembles CartTest#adds (71 %).',
  );
  check({ style: { score: 1, deviations: [] } }, {}, 'useful | style 100 % | House style: 100 %.');
  check(
    { style: { score: 0.5, deviations: [{ trait: 'naming', habit: 'test…', welcome: ['should…'] }] } },
    {},
    'useful | style 50 % | House style: 50 % (name: test…, not should…).',
  );
  check({ problem: 'The file is no JSON.' }, {}, 'useful | style not scored | The file is no JSON.');
  check({ hidden: ['CartTest#adds', 'CartTest#adds'] }, {}, 'useful | 2 hidden | 2 hidden: repeats CartTest#adds.');
});

test('gives every verdict a state of its own', () => {
  const reasons = (code: CheckReason['code']): CheckReason[] => [{ code, message: 'Why.' }];
  const failed = { passes: false, useful: false } as const;
  check({}, { useful: false, reasons: reasons('notices-nothing') }, 'passes |  | Why.');
  check({}, { ...failed, outcome: 'flaky', reasons: reasons('flaky') }, 'flaky |  | Why.');
  check({}, { ...failed, outcome: 'exception', reasons: reasons('points-at-code') }, 'points-at-code |  | Why.');
  check({}, { ...failed, outcome: 'exception', reasons: reasons('exception') }, 'compiles |  | Why.');
});

test('is compared with the repository’s tests and its house style', async () => {
  const focal = { focalClass: 'Cart', focalMethod: 'add' } as Focal;
  const placement = { method: 'adds', text: 'class CartTest {}', isNewFile: false } as Placement;
  const source = 'void adds() { new Cart().add(1); }';
  const pair = {
    testClass: 'CartTest',
    testMethod: 'addsTwo',
    testSource: 'void addsTwo() { new Cart().add(2); }',
  } as TestPair;
  const repository = (naming: string) =>
    ({
      resembling: new ResemblingTests([pair]),
      teamStyle: { rules: { naming: [naming] }, isFromFile: true, problem: null },
    }) as unknown as MinedRepository;
  const likeness = await likenessOf(repository('methodSays…'), focal, source, placement);
  expect(likeness.resembles?.name).toBe('CartTest#addsTwo');
  expect(likeness.resembles?.similarity).toBeGreaterThan(0.5);
  expect(likeness.style).toEqual({ score: 1, deviations: [] });
  expect((await likenessOf(repository('should…'), focal, source, placement)).style?.score).toBe(0);
  expect(await likenessOf(undefined, focal, source, placement)).toEqual(unknown);
});
