import { expect, test } from 'vitest';
import type { RunEventKind } from '../../../extension/client/run.ts';
import { formatSeconds, progressText } from '../../../extension/editor/progress-text.ts';
import { strategyLines } from '../../../extension/workspace/strategy-text.ts';

function check(event: RunEventKind, long: string | undefined, short?: string): void {
  const text = progressText({ sequence: 1, timeMs: 0, ...event });
  expect(text).toEqual(long === undefined ? undefined : { long, short });
}

test('what a user reads while a run goes on', () => {
  check({ kind: 'state', state: 'queued' }, 'waiting for its turn', 'queued');
  check(
    { kind: 'stage', stage: 'cache-activations', detail: '' },
    'preparing the frozen part',
    'preparing the frozen part',
  );
  check({ kind: 'stage', stage: 'a-new-stage', detail: '' }, 'a-new-stage', 'a-new-stage');
  check(
    { kind: 'stage-progress', stage: 'cache-activations', done: 20, total: 80, etaSeconds: 61 },
    'preparing the frozen part, 20 of 80 pairs, 2 min left',
    'preparing the frozen part, 2 min left',
  );
  check(
    {
      kind: 'progress',
      step: 3,
      maxSteps: 60,
      epoch: 0.1,
      loss: 1.2345,
      tokensPerSecond: 700,
      etaSeconds: 125,
      petaflopSeconds: 0,
    },
    'training, step 3 of at most 60, loss 1.23, 3 min left',
    'training, 3 min left',
  );
  check(
    { kind: 'validation', step: 3, epoch: 1, validationLoss: 0.98765, best: true, petaflopSeconds: 0 },
    'validation loss 0.988, the best so far',
    'training',
  );
  check({ kind: 'checkpoint', step: 3 }, undefined);
  check({ kind: 'unknown' }, undefined);
});

test.each([
  [0, '0 s'],
  [59.2, '60 s'],
  [60, '1 min'],
  [3_599, '60 min'],
  [5_400, '1 h 30 min'],
  [-1, 'some time'],
  [Number.NaN, 'some time'],
])('%s seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test('what a user reads while strategies are tried and one is chosen', () => {
  const trying = 'trying strategies';
  check({ kind: 'stage', stage: 'probe', detail: '' }, trying, trying);
  check(
    { kind: 'stage-progress', stage: 'probe', done: 40, total: 160, etaSeconds: 61 },
    'trying strategies, 40 of 160 pairs, 2 min left',
    'trying strategies, 2 min left',
  );
  check(
    { kind: 'strategy-probed', strategy: 'telly', baseLoss: 1, loss: 0.75 },
    'tried telly: validation loss 1.000 → 0.750',
    trying,
  );
  check({ kind: 'strategy-left-out', strategy: 'custom', message: 'Too large.' }, 'cannot use custom', trying);
  const predictions = [
    { strategy: 'custom', lossDrop: -0.1, minutes: 30, megabytes: 540 },
    { strategy: 'telly', lossDrop: 0.25, minutes: 2.2, megabytes: 17.5 },
  ] as const;
  check(
    { kind: 'strategy-chosen', strategy: 'telly', predictions },
    'chose telly: expects perplexity 22 % lower, at most 3 min, 17.5 MB',
    'chose telly',
  );
  const chosen = { sequence: 1, timeMs: 0, kind: 'strategy-chosen', strategy: 'telly', predictions } as const;
  expect(strategyLines(chosen)[0]).toBe('custom: expects perplexity 11 % higher, at most 30 min, 540.0 MB');
});
