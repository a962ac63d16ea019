import { expect, test } from 'vitest';
import type { RunEventKind } from '../../../extension/client/run.ts';
import { formatSeconds, progressText } from '../../../extension/editor/progress-text.ts';

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
