import { describe, expect, it } from 'vitest';
import { chooseStrategy, predict, type StrategyProbe } from '../../server/runs/choose-strategy.ts';
import type { Strategy } from '../../server/runs/strategy.ts';

/** A probe whose validation losses are these, the base's first, at so much compute an epoch. */
function probe(strategy: Strategy, losses: readonly number[], compute = 1, maxEpochs = 4): StrategyProbe {
  const points = losses.map((validationLoss, epoch) => ({
    ...{ validationLoss, petaflopSeconds: compute * epoch, seconds: 60 * epoch },
  }));
  return { strategy, trainPairs: 100, points, maxEpochs, adapterBytes: 2_000_000 };
}

function check(probes: readonly StrategyProbe[], expected: string, trainPairs = 100): void {
  const choice = chooseStrategy(trainPairs, probes);
  expect(choice.kind === 'chosen' ? choice.strategy : choice.kind).toBe(expected);
}

describe('auto', () => {
  it.each([
    ['the strategy that gains most', [probe('custom', [1, 0.7]), probe('prefix', [1, 0.9])], 'custom'],
    ['whatever the order', [probe('prefix', [1, 0.9]), probe('custom', [1, 0.7])], 'custom'],
    ['the cheaper of two that gain alike', [probe('custom', [1, 0.7], 5), probe('telly', [1, 0.71], 1)], 'telly'],
    ['the cheaper within what a probe can tell', [probe('custom', [1, 0.7], 5), probe('telly', [1, 0.75], 1)], 'telly'],
    ['not the cheaper that gains less', [probe('custom', [1, 0.7], 5), probe('telly', [1, 0.81], 1)], 'custom'],
    ['the one with epochs left to gain', [probe('custom', [1, 0.75], 1, 1), probe('prefix', [1, 0.7], 1, 9)], 'prefix'],
    ['nothing where nothing gains', [probe('custom', [1, 1.2]), probe('prefix', [1, 1])], 'no-gain'],
    ['nothing without a probe', [], 'no-gain'],
    ['not what diverged', [probe('custom', [1, Number.NaN]), probe('prefix', [1, 0.9])], 'prefix'],
  ] as const)('chooses %s', (_, probes, expected) => check(probes, expected));

  it('says when there are too few pairs, and how many it takes', () => {
    check([probe('custom', [1, 0.7])], 'too-few-pairs', 19);
    check([probe('custom', [1, 0.7])], 'custom', 20);
    expect(chooseStrategy(3, [])).toEqual({ kind: 'too-few-pairs', trainPairs: 3, neededPairs: 20 });
  });
});

describe('a prediction', () => {
  it('goes on as the probed epochs went', () => {
    // 0.2, then 0.1: each epoch half of the one before, so two more give 0.05 and 0.025.
    const predicted = predict(probe('custom', [1, 0.8, 0.7], 3), 100);
    expect(predicted.lossDrop).toBeCloseTo(0.375, 12);
    expect(predicted).toMatchObject({ minutes: 4, petaflopSeconds: 12, megabytes: 2 });
  });

  it('takes the usual course after a single epoch', () => {
    expect(predict(probe('custom', [1, 0.8]), 100).lossDrop).toBeCloseTo(0.2 * (1 + 1 / 4 + 1 / 16 + 1 / 64), 12);
  });

  it('is what was measured once all epochs were probed', () => {
    const whole = predict(probe('custom', [1, 0.8, 0.7], 3, 2), 100);
    expect(whole.lossDrop).toBeCloseTo(0.3, 12);
    expect(whole.petaflopSeconds).toBe(6);
  });

  it('expects nothing more of a loss that rises', () => {
    expect(predict(probe('custom', [1, 0.8, 0.9]), 100).lossDrop).toBeCloseTo(0.1, 12);
  });

  it('costs more than the probe by as much as there are more pairs, and expects the gain of the probe', () => {
    const some = predict({ ...probe('custom', [1, 0.8, 0.7], 3), trainPairs: 25 }, 100);
    expect(some).toMatchObject({ minutes: 16, petaflopSeconds: 48, megabytes: 2 });
    expect(some.lossDrop).toBe(predict(probe('custom', [1, 0.8, 0.7], 3), 100).lossDrop);
  });

  it('needs an epoch', () => {
    expect(() => predict(probe('prefix', [1]), 100)).toThrow('A probe of prefix needs');
  });
});
