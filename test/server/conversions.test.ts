import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { RunEvent } from '../../proto/gen/bespoke/v1/trainer.ts';
import { refuseUnlessBetter } from '../../server/adapters/proof.ts';
import { runEventToWire } from '../../server/edge/convert-run.ts';
import { readRunEventLine, writeRunSpec } from '../../server/edge/trainer-wire.ts';
import { endOrphan, identityOf, isRunning } from '../../server/processes/process-identity.ts';
import type { Measurement, Proof } from '../../server/runs/run.ts';
import type { RunHappening } from '../../server/runs/run-event.ts';
import { required } from './support/runs.ts';

const measurement = (loss: number): Measurement => ({
  loss,
  perplexity: Math.exp(loss),
  targetTokens: 120,
  pairs: [{ pairId: 'p', lossSum: 3.5, targetTokens: 7 }],
});

/** One of every kind that a trainer tells. The record makes the compiler ask for a new kind. */
const happenings: { [Kind in RunHappening['kind']]: Extract<RunHappening, { kind: Kind }> | null } = {
  'stage-started': { kind: 'stage-started', stage: 'train', detail: 'Trains.' },
  'stage-progress': { kind: 'stage-progress', stage: 'cache-activations', done: 4, total: 9, etaSeconds: 2.5 },
  'training-progress': {
    ...{ kind: 'training-progress', step: 3, maxSteps: 90, epoch: 0.25, loss: 1.5, tokensPerSecond: 700 },
    ...{ etaSeconds: 12.5, petaflopSeconds: 0.001 },
  },
  'validation-measured': {
    ...{ kind: 'validation-measured', step: 9, epoch: 1, validationLoss: 1.2, best: true, petaflopSeconds: 0.002 },
  },
  'checkpoint-written': { kind: 'checkpoint-written', step: 4 },
  'held-out-measured': {
    ...{ kind: 'held-out-measured', personalized: true, split: 'by-focal-class', measurement: measurement(0.9) },
  },
  'adapter-written': {
    ...{ kind: 'adapter-written', bytes: 5_000_000_000, trainedParameters: 7, baseParameters: 9, manifestSha256: 'aa' },
    ...{ trainingSeconds: 8.5, blockChanges: [{ block: 'decoder.3', meanAbsoluteChange: 0.01 }] },
  },
  'strategy-probed': {
    ...{ kind: 'strategy-probed', strategy: 'telly', trainPairs: 32, maxEpochs: 6, adapterBytes: 5_000_000_000 },
    points: [
      { validationLoss: 1.5, petaflopSeconds: 0.25, seconds: 3 },
      { validationLoss: Number.NaN, petaflopSeconds: 0.5, seconds: 9 },
    ],
  },
  'strategy-left-out': {
    ...{ kind: 'strategy-left-out', strategy: 'custom', reason: 'out-of-memory', message: 'It did not fit.' },
  },
  'run-failed': { kind: 'run-failed', reason: 'out-of-memory', message: 'It did not fit: take a smaller one.' },
  'run-cancelled': { kind: 'run-cancelled', step: 6 },
  // Only the server says these.
  'strategy-chosen': null,
  'state-changed': null,
};

describe('events of a run', () => {
  const told = Object.values(happenings).filter((happening) => happening !== null);
  test.each(told.map((happening) => [happening.kind, happening] as const))(
    '%s comes back as it was',
    (_, happening) => {
      const line = JSON.stringify(RunEvent.toJSON(runEventToWire({ sequence: 1, timeMs: 2, happening })));
      expect(readRunEventLine(line)).toEqual(happening);
      const overTheWire = RunEvent.decode(
        RunEvent.encode(runEventToWire({ sequence: 5, timeMs: 6, happening })).finish(),
      );
      expect([overTheWire.sequence, overTheWire.timeMs]).toEqual([5, 6]);
    },
  );

  function check(line: string, expected: RunHappening | undefined) {
    expect(readRunEventLine(line)).toEqual(expected);
  }
  test('64-bit numbers as strings', () =>
    check(
      '{"timeMs":"17","adapterWritten":{"bytes":"5000000000","trainedParameters":"7","baseParameters":"9","manifestSha256":"aa","trainingSeconds":8.5,"blockChanges":[{"block":"decoder.3","meanAbsoluteChange":0.01}]}}',
      happenings['adapter-written'] ?? undefined,
    ));
  test('a loss that is no number', () =>
    check('{"validationMeasured":{"step":1,"validationLoss":"NaN"}}', {
      ...{
        kind: 'validation-measured',
        step: 1,
        epoch: 0,
        validationLoss: Number.NaN,
        best: false,
        petaflopSeconds: 0,
      },
    }));
  test("a change of state, which is not the trainer's to say", () =>
    check('{"stateChanged":{"state":"RUN_STATE_SUCCEEDED"}}', undefined));
  test("a choice, which is not the trainer's to say", () =>
    check('{"strategyChosen":{"strategy":"STRATEGY_CUSTOM","predictions":[]}}', undefined));
  test('a choice as clients are told of it', () => {
    const prediction = { lossDrop: 0.25, minutes: 3.5, petaflopSeconds: 0.75, megabytes: 17.5 };
    const happening = {
      kind: 'strategy-chosen',
      strategy: 'telly',
      predictions: [{ strategy: 'custom', ...prediction }],
    };
    const told = runEventToWire({ sequence: 1, timeMs: 2, happening: happening as RunHappening });
    expect(RunEvent.toJSON(RunEvent.decode(RunEvent.encode(told).finish()))).toMatchObject({
      strategyChosen: { strategy: 'STRATEGY_TELLY', predictions: [{ strategy: 'STRATEGY_CUSTOM', ...prediction }] },
    });
  });
  test('a probe of no strategy', () => check('{"strategyProbed":{"strategy":"STRATEGY_AUTO"}}', undefined));
  test('a measurement of no known split', () =>
    check('{"heldOutMeasured":{"personalized":true,"measurement":{"loss":1}}}', undefined));
  for (const line of ['', 'text', '[]', '{}', 'null', '7', '{"unknown":{}}', '{"stageStarted":'])
    test(`no event: ${JSON.stringify(line)}`, () => check(line, undefined));
});

test('a run specification is proto JSON', () => {
  const spec = writeRunSpec({
    ...{ runId: 'r', baseModelDir: '/b', examplesFile: '/e', workDir: '/w', adapterDir: '/a' },
    ...{
      task: 'last-decoder-block',
      options: { seed: 0, learningRate: 0.001, cacheActivations: false },
      corpusSha256: 'c',
    },
  });
  expect(JSON.parse(spec)).toEqual({
    ...{ runId: 'r', baseModelDir: '/b', examplesFile: '/e', workDir: '/w', adapterDir: '/a', corpusSha256: 'c' },
    ...{ strategy: 'STRATEGY_LAST_DECODER_BLOCK', options: { seed: 0, learningRate: 0.001, cacheActivations: false } },
  });
});

test('a specification of probes names what is tried, and nothing that is trained', () => {
  const size = { trainPairs: 32, validationPairs: 8, earlierSeconds: 2.5, earlierPetaflopSeconds: 0.1 };
  const spec = writeRunSpec({
    ...{ runId: 'r', baseModelDir: '/b', examplesFile: '/e', workDir: '/w', adapterDir: '/a', corpusSha256: 'c' },
    task: { strategies: ['telly', 'custom'], ...size },
    options: {},
  });
  expect(JSON.parse(spec)).toMatchObject({ probe: { strategies: ['STRATEGY_TELLY', 'STRATEGY_CUSTOM'], ...size } });
  expect(JSON.parse(spec)).not.toHaveProperty('strategy');
});

describe('refuseUnlessBetter', () => {
  const proof = (split: Proof['split'], base: number | null, personalized: number | null): Proof => ({
    ...{ split, pairIds: ['p'], base: base === null ? null : measurement(base) },
    personalized: personalized === null ? null : measurement(personalized),
  });
  function check(proofs: Proof[], refused: RegExp | null) {
    if (refused === null) expect(() => refuseUnlessBetter(proofs)).not.toThrow();
    else expect(() => refuseUnlessBetter(proofs)).toThrow(refused);
  }
  test('better on both', () => check([proof('by-pair', 2, 1), proof('by-focal-class', 2, 1.9)], null));
  test('better on the only one', () => check([proof('by-pair', 2, 1)], null));
  test('worse on one of two', () =>
    check(
      [proof('by-pair', 2, 1), proof('by-focal-class', 2, 2.1)],
      /held out by focal class \(loss 2\.100 against 2\.000\)/,
    ));
  test('equal', () => check([proof('by-pair', 2, 2)], /not better than the base on tests held out by pair/));
  test('not a number', () => check([proof('by-pair', 2, Number.NaN)], /not better/));
  test('nothing held out', () => check([], /held out no tests/));
  test('nothing measured', () =>
    check([proof('by-pair', null, null), proof('by-focal-class', 2, null)], /held out no tests/));
});

describe('the identity of a process', () => {
  const sleeper = () => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  test('holds while it runs and not after', async () => {
    const child = sleeper();
    const identity = await identityOf(required(child.pid));
    expect(await isRunning(identity)).toBe(true);
    expect(await endOrphan(identity)).toBe(true);
    expect(await isRunning(identity)).toBe(false);
    expect(await endOrphan(identity)).toBe(false);
  });
  test('is not that of another process with the same id', async () => {
    const child = sleeper();
    const pid = required(child.pid);
    const earlier = { pid, started: 'another boot:1' };
    expect(await isRunning(earlier)).toBe(false);
    expect(await endOrphan(earlier)).toBe(false);
    expect(await isRunning(await identityOf(pid))).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});
