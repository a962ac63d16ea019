import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../server/ledger/ledger.ts';
import { openPglite } from '../../server/ledger/pglite-database.ts';
import type { NewToken } from '../../server/ledger/tokens.ts';
import { dataDirAt } from '../../server/storage/data-dir.ts';
import { type Certificate, clientCredentials, issue, makeAuthority } from './support/certificates.ts';
import { type CallDefinition, everyCall, makeCall, type Outcome } from './support/every-call.ts';
import { filledRequest, type Named } from './support/filled-request.ts';
import { corpus, startRun } from './support/runs.ts';
import {
  endServers,
  localToken,
  type ServerUnderTest,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

// Every call is here by its definition alone, so that a new one cannot be forgotten; `access.test.ts` says of each what is expected.
const calls = everyCall();
const ours = calls.filter(({ path }) => path.startsWith('/bespoke.'));
const byPath = async <Result>(made: readonly CallDefinition[], make: (call: CallDefinition) => Promise<Result>) => {
  const results: Record<string, Result> = {};
  for (const call of made) results[call.path] = await make(call);
  return results;
};
const all = <Result>(made: readonly CallDefinition[], result: Result) =>
  Object.fromEntries(made.map(({ path }) => [path, result]));
const nothing = (): Named => ({
  ...{ repository: `nowhere-${randomUUID()}`, runId: randomUUID(), adapterId: randomUUID() },
  corpusSha256: '0'.repeat(64),
});

describe('every call is refused', () => {
  let server: ServerUnderTest;
  let theirs: Named;
  const tokens: Record<string, string> = {};
  beforeAll(async () => {
    const dataDir = temporaryFolder('matrix');
    const ledger = await openLedger(await openPglite(dataDirAt(dataDir).database));
    const create = (tenantName: string, name: string, more: Partial<NewToken> = {}) =>
      ledger.tokens.create({
        ...{ tenantName, name, role: 'maintainer', repositories: null, expiresMs: Date.now() + 86_400_000 },
        ...more,
      });
    tokens.owner = await create('team', 'owner');
    tokens.expired = await create('team', 'expired', { expiresMs: Date.now() - 1 });
    tokens.revoked = await create('team', 'revoked');
    await ledger.tokens.revoke('team', 'revoked');
    tokens.stranger = await create('strangers', 'stranger');
    await ledger.close();
    server = await startServer({ dataDir });
    const owner = server.client(tokens.owner);
    await owner.upload('repo', corpus);
    const { id } = await startRun(owner, 'run');
    await owner.watch(id);
    await owner.activateAdapter(id);
    theirs = { repository: 'repo', runId: id, adapterId: id, corpusSha256: corpus.sha256 };
  });
  afterAll(endServers);

  const make = (call: CallDefinition, named: Named, token: string) =>
    makeCall(server.address, call, filledRequest(call, named), token);

  for (const token of ['none', 'expired', 'revoked'])
    test(`token: ${token}`, async () => {
      const outcomes = await byPath(ours, async (call) => (await make(call, theirs, tokens[token] ?? '')).status);
      expect(ours.length).toBeGreaterThan(14);
      expect(outcomes).toEqual(all(ours, 'UNAUTHENTICATED'));
    });

  test("token: another tenant's, for which nothing of it exists", async () => {
    const read = ({ status, details, answer }: Outcome) => ({ status, details, answer });
    const there = await byPath(ours, async (call) => read(await make(call, theirs, tokens.stranger ?? '')));
    const notThere = await byPath(ours, async (call) => read(await make(call, nothing(), tokens.stranger ?? '')));
    const namesTheirs = (call: CallDefinition) => {
      const request = JSON.stringify(filledRequest(call, theirs));
      return Object.values(theirs).some((name) => request.includes(JSON.stringify(name)));
    };
    const asked = ours.filter(namesTheirs).map(({ path }) => path);
    for (const path of asked) expect({ path, ...there[path] }).toEqual({ path, ...notThere[path] });
    for (const outcome of Object.values(there))
      expect(JSON.stringify(outcome.answer ?? {})).not.toContain(theirs.runId);
    // Refused because nothing is there, and not because the request was filled badly.
    const found = asked.filter((path) => ['NOT_FOUND', 'OK'].includes(there[path]?.status ?? ''));
    expect(found.length).toBeGreaterThan(asked.length - 4);
  });

  test('and all of it is still there for its owner', async () => {
    const owner = server.client(tokens.owner);
    expect((await owner.listAdapters('repo')).adapters).toMatchObject([{ id: theirs.adapterId, active: true }]);
    expect((await owner.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).complete).toBe(true);
  });
});

test('no call is made with the certificate of another authority', async () => {
  const folder = temporaryFolder('matrix-tls');
  const authority = makeAuthority(folder, 'ours');
  const { certificate, key } = issue(folder, 'localhost', authority);
  const flags = ['--tls-cert', certificate, '--tls-key', key, '--client-ca', authority.certificate];
  const { address } = await startServer({ flags });
  const outsider = issue(folder, 'outsider', makeAuthority(folder, 'theirs'));
  const statuses = (shown: Certificate) =>
    byPath(calls, async (call) => {
      const request = filledRequest(call, nothing());
      return (await makeCall(address, call, request, localToken, clientCredentials(authority, shown))).status;
    });
  expect(await statuses(outsider)).toEqual(all(calls, 'UNAVAILABLE'));
  expect(Object.values(await statuses(issue(folder, 'insider', authority)))).not.toContain('UNAVAILABLE');
  await endServers();
});
