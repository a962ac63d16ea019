import { describe, expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { nearIdenticalGroups } from '../../../core/splits/near-identical.ts';
import { type SplitRequest, splitPairs } from '../../../core/splits/split-pairs.ts';
import { distinctPairs, distinctTest, makePair } from './make-pair.ts';

const both: SplitRequest = {
  heldOutSplits: ['by-pair', 'by-focal-class'],
  heldOutPairs: 40,
  fold: 0,
  isWritable: () => true,
};

describe('splitPairs', () => {
  function check(
    pairs: readonly TestPair[],
    request: SplitRequest,
    expected: { train: number; validation: number; byPair: number; byFocalClass: number; leftOut: number },
  ) {
    const split = splitPairs(pairs, request);
    expect({
      train: split.train.length,
      validation: split.validation.length,
      byPair: split.heldOut['by-pair'].length,
      byFocalClass: split.heldOut['by-focal-class'].length,
      leftOut: split.leftOut.length,
    }).toEqual(expected);
    expectNoStraddling(split);
    return split;
  }

  test('holds out for both splits in one go', () =>
    check(distinctPairs(24, 7), both, { train: 83, validation: 10, byPair: 40, byFocalClass: 35, leftOut: 0 }));
  test('holds out by pair alone', () =>
    check(
      distinctPairs(24, 7),
      { ...both, heldOutSplits: ['by-pair'] },
      {
        train: 115,
        validation: 13,
        byPair: 40,
        byFocalClass: 0,
        leftOut: 0,
      },
    ));
  test('holds out nothing when nothing is asked for', () =>
    check(
      distinctPairs(10, 2),
      { ...both, heldOutSplits: [] },
      {
        train: 18,
        validation: 2,
        byPair: 0,
        byFocalClass: 0,
        leftOut: 0,
      },
    ));
  test('folds have no held-out pair in common, and the first is the usual one', () => {
    const pairs = distinctPairs(24, 7);
    const folds = [0, 1, 2, 3].map((fold) => splitPairs(pairs, { ...both, heldOutPairs: 30, fold }));
    for (const split of folds) expectNoStraddling(split);
    for (const name of both.heldOutSplits) {
      const ids = folds.flatMap(({ heldOut }) => heldOut[name].map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeGreaterThan(100);
    }
    expect(folds[0]).toEqual(splitPairs(pairs, { ...both, heldOutPairs: 30 }));
  });
  test('holds out at most a quarter for each split', () =>
    check(distinctPairs(20, 1), both, { train: 8, validation: 2, byPair: 5, byFocalClass: 5, leftOut: 0 }));
  test('counts a pair once that occurs twice', () => {
    const pairs = distinctPairs(20, 1);
    check([...pairs, ...pairs], both, { train: 8, validation: 2, byPair: 5, byFocalClass: 5, leftOut: 0 });
  });

  test('never trains on a sibling of a class that is held out', () => {
    const split = splitPairs(distinctPairs(24, 7), both);
    const heldOut = new Set(split.heldOut['by-focal-class'].map((pair) => pair.focalClass));
    const others = [...split.train, ...split.validation, ...split.heldOut['by-pair']];
    expect(others.filter((pair) => heldOut.has(pair.focalClass))).toEqual([]);
  });

  test('measures only with tests that the model can write', () => {
    const isWritable = (pair: TestPair) => !pair.testMethod.endsWith('3');
    const split = splitPairs(distinctPairs(24, 7), { ...both, isWritable });
    const measured = [...split.validation, ...split.heldOut['by-pair'], ...split.heldOut['by-focal-class']];
    expect(measured.filter((pair) => !isWritable(pair))).toEqual([]);
    expect(split.heldOut['by-pair']).toHaveLength(40);
    const heldOutClasses = new Set(split.heldOut['by-focal-class'].map(({ focalClass }) => focalClass));
    expect(split.leftOut.length).toBeGreaterThan(0);
    expect(split.leftOut.every((pair) => !isWritable(pair) && heldOutClasses.has(pair.focalClass))).toBe(true);
    expect(split.train.some((pair) => !isWritable(pair))).toBe(true);
  });

  test('holds no class out of which the model can write no test', () => {
    const split = splitPairs(distinctPairs(24, 7), { ...both, isWritable: (pair) => pair.focalClass !== 'Class3' });
    expect(split.train.filter(({ focalClass }) => focalClass === 'Class3')).toHaveLength(7);
  });

  test('keeps copies together, across classes too', () => {
    const pairs = distinctPairs(12, 5).flatMap((pair, at) =>
      at % 3 === 0
        ? [pair, makePair(`Class${at % 12}`, `copy${at}`, pair.testSource.replace(pair.testMethod, `copy${at}`))]
        : [pair],
    );
    expectNoStraddling(splitPairs(pairs, both));
    for (let heldOutPairs = 0; heldOutPairs < 20; heldOutPairs++)
      expectNoStraddling(splitPairs(pairs, { ...both, heldOutPairs }));
  });

  test('depends on the pairs alone, not on their order', () => {
    const pairs = distinctPairs(24, 7);
    const ids = (list: readonly TestPair[]) => list.map((pair) => pair.id).sort();
    const one = splitPairs(pairs, both);
    const other = splitPairs(pairs.toReversed(), both);
    expect(ids(other.train)).toEqual(ids(one.train));
    expect(ids(other.heldOut['by-pair'])).toEqual(ids(one.heldOut['by-pair']));
    expect(ids(other.validation)).toEqual(ids(one.validation));
  });
});

function expectNoStraddling(split: ReturnType<typeof splitPairs>) {
  const lists = [split.train, split.validation, split.heldOut['by-pair'], split.heldOut['by-focal-class']];
  const all = lists.flat();
  const groups = nearIdenticalGroups(all);
  const listOfGroup = new Map<number, number>();
  all.forEach((pair, at) => {
    const list = lists.findIndex((candidates) => candidates.includes(pair));
    const group = groups[at] ?? at;
    expect(listOfGroup.get(group) ?? list).toBe(list);
    listOfGroup.set(group, list);
  });
}

describe('nearIdenticalGroups', () => {
  const long = distinctTest('original', 1);
  function check(tests: readonly [name: string, source: string][], expected: number[]) {
    expect(nearIdenticalGroups(tests.map(([name, source]) => makePair('Foo', name, source)))).toEqual(expected);
  }

  test('a new name is no difference', () =>
    check(
      [
        ['original', long],
        ['other', long.replace('original', 'other')],
      ],
      [0, 0],
    ));
  test('white space and comments are no difference', () =>
    check(
      [
        ['original', long],
        ['original', long.replace('{', '{ // a word\n\n\n')],
      ],
      [0, 0],
    ));
  test('one literal in a long test is no difference', () => {
    const body = Array.from({ length: 12 }, (_, at) => `step${at}(${at});`).join('\n');
    check(
      [
        ['a', `void a() { ${body} check(1); }`],
        ['a', `void a() { ${body} check(2); }`],
      ],
      [0, 0],
    );
  });
  test('other statements are a difference', () =>
    check(
      [
        ['original', long],
        ['b', distinctTest('b', 2)],
      ],
      [0, 1],
    ));
  test('a chain of small steps is one group', () => {
    const steps = Array.from({ length: 30 }, (_, at) => `call${at}();`);
    const source = (changed: number) =>
      `void a() { ${steps.map((step, at) => (at < changed ? `new${step}` : step)).join(' ')} }`;
    check(
      [
        ['a', source(0)],
        ['a', source(2)],
        ['a', source(4)],
        ['a', source(30)],
      ],
      [0, 0, 0, 3],
    );
  });
  test('finds exactly what comparing everything finds', () => {
    const pairs = Array.from({ length: 120 }, (_, at) => {
      const statements = Array.from(
        { length: 10 },
        (_, line) => `s${(line * 7 + (at % 9) * (line % (1 + (at % 4)))) % 13}(v${line});`,
      );
      return makePair('Foo', `t${at}`, `void t${at}() { ${statements.join(' ')} }`);
    });
    const groups = nearIdenticalGroups(pairs);
    const slow = slowGroups(pairs);
    expect(groups).toEqual(slow);
    expect(new Set(groups).size).toBeGreaterThan(3);
    expect(new Set(groups).size).toBeLessThan(100);
  });
  test('an empty list has no groups', () => check([], []));
});

/** The same definition, computed by comparing every test with every other. */
function slowGroups(pairs: readonly TestPair[]): number[] {
  const sets = pairs.map((pair) => {
    const tokens = pair.testSource.replaceAll(pair.testMethod, ' ').match(/\w+|\S/gu) ?? [];
    const withGap = tokens.flatMap((token) => (token === 'void' ? [token, ''] : [token]));
    return new Set(withGap.slice(0, -2).map((_, at) => withGap.slice(at, at + 3).join(' ')));
  });
  const group = pairs.map((_, at) => at);
  for (let a = 0; a < pairs.length; a++)
    for (let b = a + 1; b < pairs.length; b++) {
      const one = sets[a] ?? new Set();
      const other = sets[b] ?? new Set();
      const common = [...one].filter((member) => other.has(member)).length;
      if (common / (one.size + other.size - common) < 0.8) continue;
      const [keep, lose] = [Math.min(group[a] ?? a, group[b] ?? b), Math.max(group[a] ?? a, group[b] ?? b)];
      group.forEach((value, at) => {
        if (value === lose) group[at] = keep;
      });
    }
  return group;
}
