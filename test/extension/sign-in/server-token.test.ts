import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Connection } from '../../../extension/client/connection.ts';
import { listRuns } from '../../../extension/client/personalization.ts';
import { watchRun } from '../../../extension/client/watch-run.ts';
import { beginSignIn } from '../../../extension/sign-in/device-sign-in.ts';
import type { SignedIn } from '../../../extension/sign-in/renew-sign-in.ts';
import { ServerToken, type TokenStorage } from '../../../extension/sign-in/server-token.ts';
import {
  answerDevice,
  IdentityProviderUnderTest,
  signingKey,
} from '../../server/support/identity-provider-under-test.ts';
import { corpus, startRun } from '../../server/support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from '../../server/support/server-under-test.ts';

const key = signingKey('key');
let provider: IdentityProviderUnderTest;
let server: ServerUnderTest;
beforeAll(async () => {
  provider = await IdentityProviderUnderTest.start(key);
  const flags = ['--oidc-issuer', provider.issuer, '--oidc-audience', 'editor-with-renewal'];
  server = await startServer({ flags, behaviour: 'steps=200,step_seconds=0.1' });
});
afterAll(async () => {
  await provider.stop();
  await endServers();
});

/** The editor's secret storage, as a map. */
class Storage implements TokenStorage {
  readonly #values = new Map<string, string>();
  async get(key: string) {
    return this.#values.get(key);
  }
  async store(key: string, value: string) {
    this.#values.set(key, value);
  }
  async delete(key: string) {
    this.#values.delete(key);
  }
}

/** Signs in at a provider whose ID tokens end after 12 seconds. */
async function signIn(): Promise<SignedIn> {
  const begun = await beginSignIn({ issuer: provider.issuer, clientId: 'editor-with-renewal' });
  const finished = begun.finish(new AbortController().signal);
  await answerDevice(begun.page, begun.userCode, 'ann');
  const signedIn = await finished;
  if (signedIn === undefined) throw new Error('The sign-in was cancelled.');
  return signedIn;
}

describe('a token of a sign-in', () => {
  test('is renewed before it ends, and the other windows use the new one', async () => {
    const storage = new Storage();
    const first = await signIn();
    const windows = [new ServerToken('server', storage), new ServerToken('server', storage)];
    await windows[0]?.keep(first);
    // Tokens of the same second are the same.
    await new Promise((next) => setTimeout(next, 1100));
    const renewed = (await windows[0]?.current()) ?? '';
    expect(renewed).not.toBe(first.token);
    expect(await storage.get('token of server')).toBe(renewed);
    const again = (await windows[1]?.current()) ?? '';
    for (const token of [renewed, again]) expect((await server.client(token).listRuns('repo')).runs).toEqual([]);
  });

  test('lets a run be watched for longer than a token holds', async () => {
    const storage = new Storage();
    const token = new ServerToken('server', storage);
    await token.keep(await signIn());
    const first = await token.current();
    const client = server.client(first);
    await client.upload('repo', corpus);
    const run = await startRun(client, 'longer-than-a-token');
    const connection = new Connection({ address: server.address, token: first, tls: false });
    void token.renewInTime((renewed) => connection.useToken(renewed));
    const startedMs = Date.now();
    const seen: number[] = [];
    for await (const event of watchRun(connection, run.id)) seen.push(event.sequence);
    expect(Date.now() - startedMs).toBeGreaterThan(15_000);
    expect(connection.tokens).toBeGreaterThan(1);
    expect(seen).toEqual(seen.map((_, at) => at + 1));
    await listRuns(connection, 'repo');
    token.close();
    connection.close();
  }, 120_000);

  test('that cannot be renewed any more says to sign in again; where the provider is away that is said', async () => {
    const storage = new Storage();
    const signedIn = await signIn();
    const token = new ServerToken('server', storage);
    await token.keep(signedIn);
    await provider.stop();
    expect(await token.current(), 'it holds for a while yet').toBe(signedIn.token);
    await new Promise((next) => setTimeout(next, 13_000));
    await expect(token.current()).rejects.toThrow(/^the identity provider does not answer/);
    // It forgot everybody.
    await provider.startAgain(key);
    await expect(token.current()).rejects.toThrow(/^your sign-in to server has ended: sign in again\.$/);
  }, 60_000);
});

test('a token of a server is used as it is', async () => {
  const token = new ServerToken('server', new Storage());
  await expect(token.current()).rejects.toThrow(/^there is no token for server: connect to the server first\.$/);
  await token.keep({ token: 'made-by-a-server', renewal: undefined });
  expect(await token.current()).toBe('made-by-a-server');
});
