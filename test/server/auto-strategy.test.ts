import { describe, expect, it } from 'vitest';
import { nextOfAuto, PROBED_STRATEGIES } from '../../server/runs/auto-strategy.ts';
import type { RunHappening } from '../../server/runs/run-event.ts';
import type { Strategy } from '../../server/runs/strategy.ts';

const probed = (strategy: Strategy, loss: number): RunHappening => ({
  ...{ kind: 'strategy-probed', strategy, trainPairs: 32, maxEpochs: 4, adapterBytes: 5_000_000 },
  points: [
    { validationLoss: 1, petaflopSeconds: 1, seconds: 6 },
    { validationLoss: loss, petaflopSeconds: 2, seconds: 12 },
  ],
});
const leftOut = (strategy: Strategy, reason = 'out-of-memory'): RunHappening => ({
  ...{ kind: 'strategy-left-out', strategy, reason, message: `${strategy} does not fit.` },
});
const others: RunHappening[] = [{ kind: 'stage-started', stage: 'probe', detail: '' }];

/** Expects what a run with so many training pairs needs next. */
function check(told: readonly RunHappening[], expected: object, trainPairs = 100): void {
  const trainPairIds = Array.from({ length: trainPairs }, (_, at) => `p${at}`);
  expect(nextOfAuto({ trainPairIds }, [...others, ...told])).toMatchObject(expected);
}

const plan = (trainPairs: number, strategies = PROBED_STRATEGIES) => ({
  ...{ kind: 'probe', plan: { strategies, trainPairs, validationPairs: 32 } },
});
const failure = (reason: string, message: RegExp) => ({
  ...{ kind: 'fail', failure: { reason, message: expect.stringMatching(message) } },
});

describe('a run whose strategy is not chosen', () => {
  it('probes every strategy of the product first, on a fifth of its pairs within bounds', () => {
    expect([...PROBED_STRATEGIES].sort()).toEqual([
      'custom',
      'embeddings-output',
      'last-decoder-block',
      'prefix',
      'telly',
    ]);
    check([], plan(24), 20);
    check([], plan(24), 120);
    check([], plan(40), 200);
    check([], plan(96), 4000);
  });

  it('probes nothing twice', () => {
    const [one, two, ...rest] = PROBED_STRATEGIES;
    check([probed(one ?? 'custom', 0.9), leftOut(two ?? 'custom')], plan(24, rest));
  });

  it('tells the next trainer how fast the probes before were', () => {
    const [one, two, three] = PROBED_STRATEGIES as [Strategy, Strategy, Strategy];
    check([], { plan: { earlierSeconds: 0, earlierPetaflopSeconds: 0 } });
    check([probed(one, 0.9), leftOut(two), probed(three, 1.2)], {
      plan: { earlierSeconds: 24, earlierPetaflopSeconds: 4 },
    });
  });

  it('goes on with the one of which most is expected, and says what of each', () => {
    const told = PROBED_STRATEGIES.map((strategy) => probed(strategy, strategy === 'prefix' ? 0.7 : 0.9));
    check(told, {
      kind: 'train',
      strategy: 'prefix',
      predictions: PROBED_STRATEGIES.map((strategy) => ({ strategy })),
    });
  });

  it('chooses among those that could be probed', () => {
    const told = PROBED_STRATEGIES.map((one) => (one === 'telly' ? probed(one, 0.9) : leftOut(one)));
    check(told, { kind: 'train', strategy: 'telly', predictions: [{ strategy: 'telly' }] });
  });

  it('fails where there are too few pairs, before anything is tried', () =>
    check([], failure('too-few-pairs', /yields 19 training pairs, .* at least 20: choose one in the settings/), 19));

  it('fails where nothing makes the model better', () =>
    check(
      PROBED_STRATEGIES.map((strategy) => probed(strategy, 1.1)),
      failure('no-gain', /Of 5 strategies .*none .*: go on with the base model/),
    ));

  it('names what was not tried because it takes long', () => {
    const [one, two, ...rest] = PROBED_STRATEGIES as [Strategy, Strategy, ...Strategy[]];
    check(
      [probed(one, 1.1), leftOut(two), ...rest.map((slow) => leftOut(slow, 'too-slow'))],
      failure('no-gain', /^The one strategy .* or choose prefix or embeddings-output or custom in the settings/),
    );
  });

  it('fails as its last probe where none came to its end', () =>
    check(
      PROBED_STRATEGIES.map((one) => leftOut(one)),
      failure('out-of-memory', /^custom does not fit\.$/),
    ));
});
