import { expect, it } from 'vitest';
import { type ExperimentDesign, planRuns } from '../../../server/experiment/plan.ts';
import { runName } from '../../../server/experiment/run-setting.ts';

const design: ExperimentDesign = {
  ...{ repositories: ['a', 'b'], folds: 1, strategies: ['last-decoder-block', 'prefix'], frozenBlocks: [] },
  ...{ prefixFromWords: false, nearestTests: [4], curvePairs: [], mostPairs: null },
};

function check(changes: Partial<ExperimentDesign>, expected: readonly string[]): void {
  expect(planRuns({ ...design, ...changes }).map(runName)).toEqual(expected);
}

const main = [
  'a.fold-0.last-decoder-block.nearest-4.pairs-all',
  'a.fold-0.prefix.nearest-4.pairs-all',
  'b.fold-0.last-decoder-block.nearest-4.pairs-all',
  'b.fold-0.prefix.nearest-4.pairs-all',
];

it('plans every repository and strategy of a fold before the next', () => {
  check({}, main);
  check({ folds: 2 }, [...main, ...main.map((name) => name.replace('fold-0', 'fold-1'))]);
});

it('plans everything again without nearest tests', () => {
  check({ nearestTests: [4, 0] }, [...main, ...main.map((name) => name.replace('nearest-4', 'nearest-0'))]);
});

it('plans a prefix from words beside the other one, with the first input', () => {
  check({ repositories: ['a'], prefixFromWords: true, nearestTests: [4, 0] }, [
    ...['a.fold-0.last-decoder-block.nearest-4.pairs-all', 'a.fold-0.prefix.nearest-4.pairs-all'],
    'a.fold-0.prefix-words.nearest-4.pairs-all',
    ...['a.fold-0.last-decoder-block.nearest-0.pairs-all', 'a.fold-0.prefix.nearest-0.pairs-all'],
  ]);
});

it('plans sweep and curve in the first fold, and nothing twice', () => {
  const repositories = ['a'];
  const [one, other] = main;
  check({ repositories, frozenBlocks: [10, 20] }, [
    ...[one ?? '', other ?? ''],
    ...['a.fold-0.telly-10.nearest-4.pairs-all', 'a.fold-0.telly-20.nearest-4.pairs-all'],
  ]);
  check({ repositories, curvePairs: [25, null] }, [
    ...[one ?? '', other ?? ''],
    'a.fold-0.last-decoder-block.nearest-4.pairs-25',
  ]);
  check({ repositories, curvePairs: [25, null], mostPairs: 60, strategies: ['prefix'] }, [
    ...['a.fold-0.prefix.nearest-4.pairs-60', 'a.fold-0.prefix.nearest-4.pairs-25'],
  ]);
});
