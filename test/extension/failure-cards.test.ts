import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { toServerError } from '../../extension/client/rethrow.ts';
import { failureReasons } from '../../extension/client/run.ts';
import type { ServerErrorKind } from '../../extension/client/server-error.ts';
import { cardOfCall, cardOfLocalServer, cardOfRun, type FailureCard } from '../../extension/failure-cards.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { toStatus } from '../../server/edge/status.ts';
import * as situations from '../../server/errors.ts';
import { createLog } from '../../server/log.ts';
import { root } from '../server/support/places.ts';

const ofEditor = ['workbench.action.openSettings'];
const commands = new Set([...packageJson.contributes.commands.map(({ command }) => command), ...ofEditor]);

/** Expects a few words for the cause and an action that exists. */
function checkCard({ cause, action }: FailureCard): void {
  expect(cause).toMatch(/^[a-z][^.:]{5,60}$/);
  expect(action.title).toMatch(/^[A-Z]/);
  expect([...commands]).toContain(action.command);
}

const textOf = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const namesIn = (text: string | undefined, name: RegExp) => [...(text ?? '').matchAll(name)].map(([, found]) => found);

describe('a personalization that fails', () => {
  for (const side of ['local', 'remote'] as const)
    for (const reason of [...failureReasons, 'unknown'] as const)
      test(`${reason}, on a ${side} server`, () => checkCard(cardOfRun(reason, side)));

  test('every reason of the contract has a card', () => {
    const said = /message RunFailed \{\s*\/\/ One of ([^\n]+)/.exec(textOf('proto', 'bespoke', 'v1', 'trainer.proto'));
    expect(namesIn(said?.[1], /`([a-z-]+)`/g)).toEqual([...failureReasons]);
  });
  test('every reason of the trainer has a card', () => {
    const file = textOf('server', 'trainer', 'bespoke_trainer', 'failures.py');
    const said = /FailureReason = Literal\[([^\]]+)\]/.exec(file);
    const named = namesIn(said?.[1], /"([a-z-]+)"/g);
    expect(named.length).toBeGreaterThan(5);
    expect(failureReasons).toEqual(expect.arrayContaining(named));
  });
  test('every reason of the server has a card', () => {
    const said = namesIn(textOf('server', 'runs', 'run-failures.ts'), /'([a-z]+-[a-z-]+|internal)'[,} :\n]/g);
    expect(said.length).toBeGreaterThan(4);
    expect(failureReasons).toEqual(expect.arrayContaining(said));
  });
  test('every reason for which no strategy is chosen has a card', () => {
    const said = namesIn(textOf('server', 'runs', 'auto-strategy.ts'), /reason: '([a-z-]+)'/g);
    expect(said).toEqual(['too-few-pairs', 'no-gain']);
    expect(failureReasons).toEqual(expect.arrayContaining(said));
  });
  test('no two reasons are told as the same cause', () => {
    const causes = failureReasons.map((reason) => cardOfRun(reason, 'local').cause);
    expect(new Set(causes).size).toBe(causes.length);
  });
});

describe('a call that fails', () => {
  /** Expects a sentence of the server to reach the user as it is, with a card. */
  function check(error: situations.BespokeError, kind: ServerErrorKind): void {
    const told = toStatus(
      error,
      createLog(() => undefined),
      'Test',
    );
    const failure = toServerError(Object.assign(new Error('call failed'), told), 'h:1');
    expect([failure.kind, failure.message]).toEqual([kind, error.message]);
    checkCard(cardOfCall(failure.kind, 'remote'));
  }
  test('unknown token', () => check(situations.wrongToken(), 'unauthenticated'));
  test('no token', () => check(situations.missingToken(), 'unauthenticated'));
  test('expired token', () => check(situations.expiredToken(), 'unauthenticated'));
  test('revoked token', () => check(situations.revokedToken(), 'unauthenticated'));
  test('missing role', () => check(situations.wrongRole('developer', ['maintainer']), 'forbidden'));
  test('what does not exist', () => check(situations.notFound('A run with this id'), 'not-found'));
  test('not better', () => check(situations.notBetter('by pair', 1, 2), 'refused'));
  test('no proof', () => check(situations.noProof(), 'refused'));
  test('too few pairs', () => check(situations.tooFewPairs(1, 1, { train: 8, validation: 2 }), 'refused'));
  test('refused adapter', () => check(situations.adapterRefused('it holds a pickle'), 'refused'));
  test('full disk', () => check(situations.diskFull(), 'limit'));
  test('too large', () => check(situations.messageTooLarge(4_194_304), 'limit'));

  test('what stands between has no sentence, so ours is told', () => {
    const of = (code: status, details: string) => toServerError(Object.assign(new Error(), { code, details }), 'h:1');
    expect(of(status.UNAUTHENTICATED, 'Received HTTP status code 401').message).toMatch(/does not accept the token: /);
    expect(of(status.PERMISSION_DENIED, '').message).toMatch(/does not allow this to the token: /);
  });
  test('a local server that does not run', () => {
    for (const kind of ['not-set-up', 'did-not-start'] as const) checkCard(cardOfLocalServer(kind));
  });
});
