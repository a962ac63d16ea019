import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Connection } from '../../../extension/client/connection.ts';
import { type Drift, type DriftRecord, driftOf, driftText, takeExams } from '../../../extension/proof/drift.ts';
import { distinctPairs } from '../../core/splits/make-pair.ts';
import { StandInServer, standInToken } from '../../vscode/stand-in-server.ts';

const pairs = distinctPairs(4, 3).map((pair, at) => ({ ...pair, focalMethod: `method${at}` }));
const trained: DriftRecord = {
  adapterId: 'a',
  server: 'this machine',
  trainedLikeness: 0.72,
  pairIds: pairs.slice(0, 8).map(({ id }) => id),
  exams: [],
};
const withExams = (...likenesses: (number | null)[]): DriftRecord => ({
  ...trained,
  exams: likenesses.map((likeness, at) => ({ pairId: `p${at}`, takenMs: at, likeness })),
});

describe('how far a repository has moved', () => {
  function check(record: DriftRecord, expected: Partial<Drift>, text: string, of = pairs): void {
    const drift = driftOf(record, of);
    expect(drift).toMatchObject(expected);
    expect(driftText(drift)).toBe(text);
  }
  test('nothing has changed', () =>
    check(trained, { newTests: 0, share: 0, refresh: false }, '0 tests since training', pairs.slice(0, 8)));
  test('new tests that were not exams yet', () =>
    check(trained, { newTests: 4, share: 0.5, likeness: null, refresh: false }, '4 tests since training'));
  test('a test that was taken away counts too', () =>
    check(trained, { newTests: 1, share: 0.25 }, '1 test since training', pairs.slice(1, 9)));
  test('a changed test is a new one and one that is gone', () => {
    const [first, ...rest] = pairs.slice(0, 8);
    if (first === undefined) throw new Error('There is no pair.');
    check(trained, { newTests: 1, share: 0.25 }, '1 test since training', [{ ...first, id: 'changed' }, ...rest]);
  });
  test('too few exams say nothing yet', () =>
    check(withExams(0.1, 0.1, 0.1, 0.1), { refresh: false }, '4 tests since training, likeness 0.72 → 0.10'));
  test('a fall by less than the threshold', () =>
    check(withExams(0.63, 0.63, 0.63, 0.63, 0.63), { refresh: false }, '4 tests since training, likeness 0.72 → 0.63'));
  test('a fall by more', () =>
    check(withExams(0.55, 0.55, 0.55, 0.55, 0.55), { refresh: true }, '4 tests since training, likeness 0.72 → 0.55'));
  test('tests that were kept from the model are no exams', () =>
    check(
      withExams(null, null, 0.6, null, null),
      { likeness: 0.6, refresh: false },
      '4 tests since training, likeness 0.72 → 0.60',
    ));
  test('only the newest twenty count', () =>
    check(
      withExams(...Array(10).fill(0), ...Array(20).fill(0.7)),
      { likeness: expect.closeTo(0.7), refresh: false },
      '4 tests since training, likeness 0.72 → 0.70',
    ));
  test('a model that was not measured at its training is never called old', () =>
    check(
      { ...withExams(0, 0, 0, 0, 0), trainedLikeness: null },
      { refresh: false },
      '4 tests since training, likeness 0.00',
    ));
});

describe('an exam', () => {
  let server: StandInServer;
  let connection: Connection;
  /** What the stand-in writes: for the ninth pair the team's own test, for the others something else. */
  beforeAll(async () => {
    const candidates = Object.fromEntries(
      pairs.map((pair, at) => [pair.focalMethod, [at === 8 ? ` ${pair.testSource}\n` : 'void x() { foo.bar(); }']]),
    );
    server = await StandInServer.start(candidates);
    connection = new Connection({ address: server.address, token: standInToken, tls: false });
  });
  afterAll(() => {
    connection.close();
    server.stop();
  });
  const signal = new AbortController().signal;

  test('is taken once for each new test, a few at a time', async () => {
    const first = await takeExams(connection, 'repo', trained, pairs, { most: 3, signal });
    expect(first.exams.map(({ pairId }) => pairId)).toEqual(pairs.slice(8, 11).map(({ id }) => id));
    const second = await takeExams(connection, 'repo', first, pairs, { most: 3, signal });
    expect(second.exams.map(({ pairId }) => pairId)).toEqual(pairs.slice(8).map(({ id }) => id));
    expect(await takeExams(connection, 'repo', second, pairs, { most: 3, signal })).toBe(second);
    // What the model writes to the letter was kept from it.
    expect(second.exams.map(({ likeness }) => likeness === null)).toEqual([true, false, false, false]);
  });
  test('keeps no source code', async () => {
    const { exams } = await takeExams(connection, 'repo', trained, pairs, { most: 3, signal });
    expect(Object.keys(exams[1] ?? {})).toEqual(['pairId', 'takenMs', 'likeness']);
  });
  test('is not taken where nothing is new', async () => {
    const nowhere = new Connection({ address: '127.0.0.1:1', token: 't', tls: false });
    const old = pairs.slice(0, 8);
    expect(await takeExams(nowhere, 'repo', trained, old, { most: 3, signal })).toBe(trained);
    nowhere.close();
  });
  test('ends at once when it is cancelled', async () => {
    const reason = new Error('the user types');
    const aborted = AbortSignal.abort(reason);
    await expect(takeExams(connection, 'repo', trained, pairs, { most: 3, signal: aborted })).rejects.toBe(reason);
  });
});
