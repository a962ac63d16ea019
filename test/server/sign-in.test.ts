import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IdentityProviderUnderTest, type SigningKey, signingKey } from './support/identity-provider-under-test.ts';
import { corpus, eventually, startRun } from './support/runs.ts';
import { endServers, type ServerUnderTest, startRefusedServer, startServer } from './support/server-under-test.ts';

const audience = 'https://bespoke.example';
const team = { bespoke_tenant: 'team', bespoke_role: 'maintainer' };
const unknown = /^The server does not know this token: set the token that `token create` printed/;
const expired = /^This sign-in has expired: sign in again with your identity provider\.$/;
const withoutRights =
  /^This sign-in says nothing about Bespoke: ask .* for the claims bespoke_tenant and bespoke_role in your token\.$/;

let provider: IdentityProviderUnderTest;
let stranger: IdentityProviderUnderTest;
let server: ServerUnderTest;
const key = signingKey('first');
const flagsFor = (issuer: string, more: readonly string[] = []) => [
  ...['--oidc-issuer', issuer, '--oidc-audience', audience],
  ...more,
];

beforeAll(async () => {
  provider = await IdentityProviderUnderTest.start(key);
  // Another provider that even has the same key.
  stranger = await IdentityProviderUnderTest.start(key);
  server = await startServer({ flags: flagsFor(provider.issuer) });
});
afterAll(async () => {
  await provider.stop();
  await stranger.stop();
  await endServers();
});

/** How a call ends: `OK` or its status, and what is said about it. */
async function outcome(token: string, of = server): Promise<[string, string]> {
  return of
    .client(token)
    .listRuns('repo')
    .then(
      (): [string, string] => ['OK', ''],
      (error: ServiceError): [string, string] => [status[error.code] ?? '', error.details],
    );
}
async function expectRefused(token: string, sentence: RegExp, of = server) {
  expect(await outcome(token, of)).toEqual(['UNAUTHENTICATED', expect.stringMatching(sentence)]);
}

/** A token that the provider did not make. */
function forge(header: object, payload: object, by: (text: string) => Buffer = () => Buffer.alloc(0)): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${by(text).toString('base64url')}`;
}
const rs256 = (by: SigningKey) => (text: string) =>
  sign('sha256', Buffer.from(text), createPrivateKey({ key: by, format: 'jwk' }));
const goodPayload = () => {
  const now = Math.floor(Date.now() / 1000);
  return { iss: provider.issuer, aud: audience, sub: 'ann', iat: now, exp: now + 600, ...team };
};
const header = { alg: 'RS256', kid: key.kid, typ: 'JWT' };

describe('somebody who signed in', () => {
  test('with an access token is in the tenant and has the role that its claims say', async () => {
    const client = server.client(await provider.accessToken(audience, team));
    await client.upload('repo', corpus);
    expect((await client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).complete).toBe(true);

    const other = server.client(await provider.accessToken(audience, { ...team, bespoke_tenant: 'other' }));
    expect((await other.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).complete).toBe(false);
    const developer = server.client(await provider.accessToken(audience, { ...team, bespoke_role: 'developer' }));
    expect((await developer.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).complete).toBe(true);
    await expect(developer.forgetRepository('repo')).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  });

  test('has, of several roles, the one with the most rights, and passes over what is none', async () => {
    const bearer = async (roles: readonly string[]) =>
      server.client(await provider.accessToken(audience, { ...team, bespoke_role: roles }));
    const maintainer = await bearer(['everyone', 'operator', 'developer', 'maintainer']);
    await expect(maintainer.forgetRepository('nowhere')).rejects.toMatchObject({ code: status.NOT_FOUND });
    const developer = await bearer(['operator', 'developer']);
    expect((await developer.listRuns('repo')).runs).toEqual([]);
    await expect(developer.forgetRepository('nowhere')).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  });

  test('with an ID token of the authorization code flow with PKCE, on a server whose audience is that client', async () => {
    const flags = ['--oidc-issuer', provider.issuer, '--oidc-audience', 'editor'];
    const ofEditor = await startServer({ flags });
    const idToken = await provider.signIn('ann');
    expect(await outcome(idToken, ofEditor)).toEqual(['OK', '']);
    await expectRefused(await provider.signIn('without-rights'), withoutRights, ofEditor);
    // The first server is for another audience.
    await expectRefused(idToken, unknown);
    await ofEditor.stop();
  });

  test('is known by other claims where the server is told so', async () => {
    const flags = flagsFor(provider.issuer, ['--oidc-tenant-claim', 'department', '--oidc-role-claim', 'groups']);
    const renamed = await startServer({ flags });
    const token = await provider.accessToken(audience, { department: 'team', groups: ['developer'] });
    expect(await outcome(token, renamed)).toEqual(['OK', '']);
    await expectRefused(await provider.accessToken(audience, team), /for the claims department and groups/, renamed);
    await renamed.stop();
  });

  test('and tokens of the server itself work beside each other', async () => {
    expect((await server.client().listRuns('repo')).runs).toEqual([]);
  });

  test('loses an open stream when the sign-in ends', async () => {
    server.behave('steps=1000,step_seconds=0.05');
    const client = server.client(await provider.accessToken(audience, team, 8));
    await client.upload('long', corpus);
    const run = await startRun(client, 'long', { repository: 'long' });
    await expect(client.watch(run.id)).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      details: expect.stringMatching(expired),
    });
    await server.client(await provider.accessToken(audience, team)).cancelRun(run.id);
  });
});

describe('refused, with nothing said of tenants', () => {
  test('one that has expired', async () => {
    const token = await provider.accessToken(audience, team, 1);
    await eventually(async () => ((await outcome(token))[0] === 'OK' ? undefined : true));
    await expectRefused(token, expired);
    const over = { exp: Math.floor(Date.now() / 1000) - 1 };
    await expectRefused(forge(header, { ...goodPayload(), ...over }, rs256(key)), expired);
  });
  test('one for another audience', async () => {
    await expectRefused(await provider.accessToken('https://other.example', team), unknown);
    // Whoever holds it does not even learn that it is over.
    const over = { aud: 'https://other.example', exp: Math.floor(Date.now() / 1000) - 1 };
    await expectRefused(forge(header, { ...goodPayload(), ...over }, rs256(key)), unknown);
  });
  test('one of another issuer, though its key be the same', async () =>
    expectRefused(await stranger.accessToken(audience, team), unknown));
  test('one that the forger signed with a key of their own', () =>
    expectRefused(forge(header, goodPayload(), rs256(signingKey('first'))), unknown));
  test('one with a key that nobody knows', () =>
    expectRefused(forge({ ...header, kid: 'nobody' }, goodPayload(), rs256(key)), unknown));
  test('one that nobody signed', async () => {
    await expectRefused(forge({ alg: 'none' }, goodPayload()), unknown);
    await expectRefused(forge(header, goodPayload()), unknown);
  });
  test('one that was signed with the public key as if it were a shared secret', async () => {
    const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const hs256 = (text: string) => createHmac('sha256', pem).update(text).digest();
    await expectRefused(forge({ ...header, alg: 'HS256' }, goodPayload(), hs256), unknown);
  });
  test('one that was changed after it was signed', async () => {
    const [head, payload = '', signature] = (await provider.accessToken(audience, team)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const changed = Buffer.from(JSON.stringify({ ...claims, bespoke_tenant: 'other' })).toString('base64url');
    await expectRefused([head, changed, signature].join('.'), unknown);
  });
  test('one that never ends, or is nobody’s', async () => {
    await expectRefused(forge(header, { ...goodPayload(), exp: undefined }, rs256(key)), unknown);
    await expectRefused(forge(header, { ...goodPayload(), sub: undefined }, rs256(key)), unknown);
  });
  test('one that does not say where its owner belongs', async () => {
    const check = async (claims: object) => expectRefused(await provider.accessToken(audience, claims), withoutRights);
    await check({});
    await check({ bespoke_tenant: 'team' });
    await check({ ...team, bespoke_role: 'king' });
    await check({ ...team, bespoke_role: [] });
    await check({ ...team, bespoke_tenant: ['team'] });
    await check({ ...team, bespoke_tenant: '' });
    await check({ ...team, bespoke_tenant: '../team' });
  });
  test('one for a server where nobody signs in', async () => {
    const plain = await startServer();
    await expectRefused(await provider.accessToken(audience, team), unknown, plain);
    await plain.stop();
  });
  test('and no sign-in is in the log', async () => {
    const token = await provider.accessToken(audience, team);
    await outcome(token);
    expect(server.log()).not.toContain(token.split('.')[1]);
    expect(server.log()).not.toContain('call-broke');
  });
});

describe('the identity provider', () => {
  test('gets a new key: its tokens are good at once, those of the old key no longer', async () => {
    const before = await provider.accessToken(audience, team);
    expect(await outcome(before)).toEqual(['OK', '']);
    await provider.stop();
    await provider.startAgain(signingKey('second'));
    const after = await provider.accessToken(audience, team);
    // The server asks for keys at most every two seconds.
    await eventually(async () => ((await outcome(after))[0] === 'OK' ? true : undefined));
    await expectRefused(before, unknown);
  });

  test('is away: known keys go on, a server starts all the same and comes to know it later', async () => {
    const token = await provider.accessToken(audience, team);
    expect(await outcome(token)).toEqual(['OK', '']);
    await provider.stop();
    expect(await outcome(token)).toEqual(['OK', '']);
    const late = await startServer({ flags: flagsFor(provider.issuer) });
    expect(late.log()).toContain('identity-provider-away');
    expect(await outcome(token, late)).toEqual([
      'UNAVAILABLE',
      expect.stringMatching(/^The identity provider does not answer, .*: try again in a moment\.$/),
    ]);
    expect((await late.client().listRuns('repo')).runs).toEqual([]);
    await provider.startAgain(signingKey('third'));
    expect(await outcome(await provider.accessToken(audience, team), late)).toEqual(['OK', '']);
    await late.stop();
  });
});

describe('a server does not start', () => {
  async function check(flags: readonly string[], sentence: RegExp) {
    const { code, message } = await startRefusedServer({ flags });
    expect([code, message]).toEqual([1, expect.stringMatching(sentence)]);
  }
  test('with a provider that calls itself otherwise', () =>
    check(
      flagsFor(provider.issuer.replace('127.0.0.1', 'localhost')),
      /calls itself "http:\/\/127.*": give --oidc-issuer exactly/,
    ));
  test('with one whose keys anybody on the way could change', async () => {
    let issuer = '';
    const bad = createServer((_, answer) => answer.end(JSON.stringify({ issuer, jwks_uri: 'http://keys.example/' })));
    await new Promise<void>((listening) => bad.listen(0, '127.0.0.1', listening));
    const address = bad.address();
    issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await check(flagsFor(issuer), /names no https address of its keys: check --oidc-issuer/);
    bad.close();
  });
  test('with half of the flags, or an address that is not safe', async () => {
    await check(['--oidc-audience', 'a'], /--oidc-issuer is missing/);
    await check(['--oidc-role-claim', 'a'], /--oidc-issuer is missing/);
    await check(['--oidc-issuer', provider.issuer], /--oidc-audience is missing/);
    await check(flagsFor('http://provider.example'), /--oidc-issuer has the value "http:.*": give an https address/);
  });
});
