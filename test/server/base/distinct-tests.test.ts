import { expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { distinctTests } from '../../../server/base/distinct-tests.ts';
import { pairOf } from './pairs.ts';

const long = (last: string) =>
  `List<String> names = new Reader(folder).read(first, second, third);\n    assertEquals(${last}, names.size());\n    assertTrue(names.contains(first));\n    assertTrue(names.contains(second));`;

function check(
  libraries: readonly (readonly TestPair[])[],
  expected: readonly { readonly left: number; readonly same: number; readonly near: number }[],
): void {
  const found = distinctTests(libraries).map(({ pairs, sameTests, nearTests }) => ({
    left: pairs.length,
    same: sameTests,
    near: nearTests,
  }));
  expect(found).toEqual(expected);
}

test('keeps siblings within a library', () => {
  check([[pairOf('A', 'read', long('1')), pairOf('A', 'read', long('2'))]], [{ left: 2, same: 0, near: 0 }]);
});

test('keeps a test once within a library, white space ignored', () => {
  check([[pairOf('A', 'read', 'check( 1 );'), pairOf('B', 'read', 'check(1);')]], [{ left: 1, same: 1, near: 0 }]);
});

test('drops from a later library what an earlier one has', () => {
  check(
    [
      [pairOf('A', 'read', long('1')), pairOf('A', 'size', 'check(4);')],
      [pairOf('B', 'read', long('1')), pairOf('B', 'read', long('2')), pairOf('B', 'open', 'fail("not yet");')],
    ],
    [
      { left: 2, same: 0, near: 0 },
      { left: 1, same: 1, near: 1 },
    ],
  );
});

test('takes libraries without pairs', () => {
  check(
    [[], [pairOf('A', 'read', 'check(1);')]],
    [
      { left: 0, same: 0, near: 0 },
      { left: 1, same: 0, near: 0 },
    ],
  );
});
