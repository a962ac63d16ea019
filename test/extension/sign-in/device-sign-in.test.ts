import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginSignIn } from '../../../extension/sign-in/device-sign-in.ts';
import {
  answerDevice,
  IdentityProviderUnderTest,
  signingKey,
} from '../../server/support/identity-provider-under-test.ts';
import { endServers, startServer } from '../../server/support/server-under-test.ts';

let provider: IdentityProviderUnderTest;
beforeAll(async () => {
  provider = await IdentityProviderUnderTest.start(signingKey('key'));
});
afterAll(async () => {
  await provider.stop();
  await endServers();
});

const begin = (clientId = 'editor') => beginSignIn({ issuer: provider.issuer, clientId });
const never = new AbortController().signal;

describe('signing in by a code', () => {
  test('gives a token that the server takes', async () => {
    const begun = await begin();
    const finished = begun.finish(never);
    await answerDevice(begun.page, begun.userCode, 'ann');
    const token = (await finished)?.token ?? '';
    const flags = ['--oidc-issuer', provider.issuer, '--oidc-audience', 'editor'];
    const server = await startServer({ flags });
    expect((await server.client(token).listRuns('repo')).runs).toEqual([]);
  });

  test('goes on asking while nobody has answered, and ends at once when it is cancelled', async () => {
    const begun = await begin();
    const controller = new AbortController();
    const finished = begun.finish(controller.signal);
    // The first question comes after five seconds and is answered with "not yet".
    await new Promise((next) => setTimeout(next, 6_000));
    const cancelledMs = Date.now();
    controller.abort();
    expect(await finished).toBeUndefined();
    expect(Date.now() - cancelledMs).toBeLessThan(1000);
  });

  test('says so when the person refuses', async () => {
    const begun = await begin();
    const finished = begun.finish(never);
    finished.catch(() => {});
    await answerDevice(begun.page, begun.userCode, 'refuse');
    await expect(finished).rejects.toThrow(/^the sign-in was refused on the page .*: sign in again\.$/);
  });
});

describe('is refused with one sentence', () => {
  const settings = /: check the settings under Bespoke › Server › Sign In\.$/;
  async function check(issuer: string, clientId: string, clause: RegExp, next = settings) {
    const failure = beginSignIn({ issuer, clientId });
    await expect(failure).rejects.toThrow(clause);
    await expect(failure).rejects.toThrow(next);
  }
  test('for a client that nobody knows, or that may not', async () => {
    await check(provider.issuer, 'nobody', /does not know the client nobody for a sign-in by code/);
    await check(provider.issuer, 'service', /does not know the client service/);
  });
  test('for a provider that is another, is not safe, or does not answer', async () => {
    await check(provider.issuer.replace('127.0.0.1', 'localhost'), 'editor', /calls itself otherwise/);
    await check('http://provider.example', 'editor', /has no https address/);
    await check('', 'editor', /has no https address/);
    await check('http://127.0.0.1:9', 'editor', /does not answer/, /: try again in a moment\.$/);
  });
  test('for a provider without the device flow', async () => {
    let issuer = '';
    const bad = createServer((_, answer) => answer.end(JSON.stringify({ issuer, token_endpoint: `${issuer}/token` })));
    await new Promise<void>((listening) => bad.listen(0, '127.0.0.1', listening));
    const address = bad.address();
    issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await check(issuer, 'editor', /offers no sign-in by code/);
    bad.close();
  });
});
