import { expect, test } from 'vitest';
import type { Measurement, PersonalizationRun } from '../../../extension/client/run.ts';
import { runRow } from '../../../extension/features/run-rows.ts';

const measured = (perplexity: number): Measurement => ({ loss: 1, perplexity, targetTokens: 9, pairs: [] });

const done: PersonalizationRun = {
  id: 'r',
  repository: 'repo',
  corpusSha256: '',
  strategy: 'telly',
  choosesStrategy: false,
  state: 'succeeded',
  createdMs: 1_000,
  endedMs: 75_400,
  lastSequence: 9,
  adapterId: 'r',
  failure: null,
  proofs: [{ split: 'by-pair', pairIds: [], base: measured(3.412), personalized: measured(2.6) }],
  trainPairs: 118,
  nearestTests: 4,
  imported: false,
  trainPairIds: [],
  validationPairIds: [],
};

function check(run: Partial<PersonalizationRun>, expected: Partial<ReturnType<typeof runRow>>, active = false): void {
  expect(runRow({ ...done, ...run }, active, 'local')).toMatchObject(expected);
}

test('a run that is done', () =>
  check(
    {},
    { icon: 'sparkle', description: 'done, telly, 118 pairs, 74 s', detail: 'perplexity 3.41 → 2.60 by pair' },
  ));
test('the one whose model writes', () =>
  check({}, { icon: 'check', description: 'done, telly, 118 pairs, 74 s, writes now' }, true));
test('a run that trains has neither seconds nor gain yet', () =>
  check(
    { state: 'running', endedMs: null, proofs: [] },
    { icon: 'loading~spin', description: 'is training, telly, 118 pairs', detail: '' },
  ));
test('a run that failed says its cause first', () =>
  check(
    { state: 'failed', failure: { reason: 'disk-full', message: 'No room: free some.' } },
    { icon: 'error', detail: 'the disk is full. No room: free some.' },
  ));
test('a run of another server, and a server that does not tell the pairs', () =>
  check({ imported: true, trainPairs: 0 }, { description: 'imported, telly' }));
test('a strategy that the server chose, or is about to choose', () => {
  check({ choosesStrategy: true }, { description: 'done, telly (chosen by auto), 118 pairs, 74 s' });
  check(
    { choosesStrategy: true, strategy: 'auto', state: 'running', endedMs: null },
    { description: 'is training, auto, 118 pairs' },
  );
});
