import { randomUUID } from 'node:crypto';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Role, roles } from '../../server/caller.ts';
import { accessOf } from '../../server/edge/access.ts';
import { Authorization } from '../../server/edge/authorization.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import { openPglite } from '../../server/ledger/pglite-database.ts';
import type { NewToken } from '../../server/ledger/tokens.ts';
import { createLog } from '../../server/log.ts';
import { dataDirAt } from '../../server/storage/data-dir.ts';
import { type Certificate, clientCredentials, issue, makeAuthority } from './support/certificates.ts';
import { type CallDefinition, everyCall, makeCall, type Outcome } from './support/every-call.ts';
import { corpus, required, startRun } from './support/runs.ts';
import {
  endServers,
  localToken,
  type ServerUnderTest,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

/** What a request names. */
interface Resource {
  readonly repository: string;
  readonly runId: string;
  readonly adapterId: string;
}

/** What is expected of a call, and a request that names a resource. */
interface Expected {
  readonly access: 'anyone' | readonly Role[];
  /** How a call ends that names what does not exist; `OK` is an empty answer. */
  readonly withoutResource?: Outcome['status'];
  /** It makes what it names, so that for its owner too nothing tells what was there. */
  readonly makes?: true;
  request(resource: Resource): object;
}

const developers: readonly Role[] = ['developer', 'maintainer'];
const maintainers: readonly Role[] = ['maintainer'];
const corpusSha256 = corpus.sha256;
const header = ({ repository }: Resource) => ({
  ...{ repository, corpusSha256, pairs: corpus.pairs, commit: '' },
  chunkSha256s: corpus.chunks.map((chunk) => chunk.sha256),
});
const open: Expected = { access: 'anyone', request: () => ({}) };

/** One entry for every call; a call without one fails the first test. */
const expected: Readonly<Record<string, Expected>> = {
  '/bespoke.v1.PersonalizationService/GetServer': { access: roles, request: () => ({}) },
  '/bespoke.v1.PersonalizationService/GetUpload': {
    ...{ access: developers, withoutResource: 'OK' },
    request: ({ repository }) => ({ repository, corpusSha256 }),
  },
  '/bespoke.v1.PersonalizationService/UploadCorpus': {
    // Sends no chunk: all that the owner uploaded is there, and nothing of it is for anybody else.
    ...{ access: developers, withoutResource: 'FAILED_PRECONDITION' },
    request: (resource) => ({ header: header(resource) }),
  },
  '/bespoke.v1.PersonalizationService/StartRun': {
    ...{ access: developers, withoutResource: 'NOT_FOUND' },
    request: ({ repository }) => ({
      ...{ requestId: 'again', repository, corpusSha256, strategy: 'STRATEGY_PREFIX', heldOutPairs: 20 },
      heldOutSplits: ['HELD_OUT_SPLIT_BY_PAIR', 'HELD_OUT_SPLIT_BY_FOCAL_CLASS'],
    }),
  },
  '/bespoke.v1.PersonalizationService/WatchRun': {
    ...{ access: developers, withoutResource: 'NOT_FOUND' },
    request: ({ runId }) => ({ runId }),
  },
  '/bespoke.v1.PersonalizationService/CancelRun': {
    ...{ access: developers, withoutResource: 'NOT_FOUND' },
    request: ({ runId }) => ({ runId }),
  },
  '/bespoke.v1.PersonalizationService/GetRun': {
    ...{ access: developers, withoutResource: 'NOT_FOUND' },
    request: ({ runId }) => ({ runId }),
  },
  '/bespoke.v1.PersonalizationService/ListRuns': {
    ...{ access: developers, withoutResource: 'OK' },
    request: ({ repository }) => ({ repository }),
  },
  '/bespoke.v1.PersonalizationService/ListAdapters': {
    ...{ access: developers, withoutResource: 'OK' },
    request: ({ repository }) => ({ repository }),
  },
  '/bespoke.v1.PersonalizationService/ActivateAdapter': {
    ...{ access: maintainers, withoutResource: 'NOT_FOUND' },
    request: ({ adapterId }) => ({ adapterId }),
  },
  '/bespoke.v1.PersonalizationService/RollBackAdapter': {
    ...{ access: maintainers, withoutResource: 'NOT_FOUND' },
    request: ({ repository }) => ({ repository }),
  },
  '/bespoke.v1.GenerationService/Generate': {
    ...{ access: developers, withoutResource: 'NOT_FOUND' },
    request: ({ repository, adapterId }) => ({
      ...{ repository, adapterId, candidates: 1, focalClass: 'Foo', focalMethod: 'bar' },
      focalContext: { method: 'int bar() { return 1; }', classDeclaration: 'class Foo' },
    }),
  },
  // Names nothing: what is personalized never comes here. One row of the tiny base's 32 numbers.
  '/bespoke.v1.GenerationService/RunBlocks': {
    access: developers,
    request: () => ({ stack: 'STACK_DECODER', wantedRows: 1, states: Buffer.alloc(32 * 4) }),
  },
  '/bespoke.v1.PersonalizationService/ExportAdapter': {
    ...{ access: maintainers, withoutResource: 'NOT_FOUND' },
    request: ({ adapterId }) => ({ adapterId }),
  },
  '/bespoke.v1.PersonalizationService/ImportAdapter': {
    // Its manifest is empty, so nothing is made.
    ...{ access: maintainers, withoutResource: 'FAILED_PRECONDITION', makes: true },
    request: ({ repository }) => ({ header: { repository } }),
  },
  // The last one: it works when the owner makes it.
  '/bespoke.v1.PersonalizationService/ForgetRepository': {
    ...{ access: maintainers, withoutResource: 'NOT_FOUND' },
    request: ({ repository }) => ({ repository }),
  },
  '/bespoke.v1.PersonalizationService/GetForgetReceipt': {
    ...{ access: maintainers, withoutResource: 'NOT_FOUND' },
    request: ({ repository }) => ({ repository }),
  },
  '/grpc.health.v1.Health/Check': open,
  '/grpc.health.v1.Health/List': open,
  '/grpc.health.v1.Health/Watch': open,
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': { ...open, request: () => ({ listServices: '' }) },
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': { ...open, request: () => ({ listServices: '' }) },
};

const definitions = new Map(everyCall().map((definition) => [definition.path, definition]));
/** A new name each time, because an upload makes the repository that it names. */
const nothing = (): Resource => ({ repository: `nowhere-${randomUUID()}`, runId: 'no-run', adapterId: 'no-adapter' });

/** Makes every call one after another, and returns what each came to. */
async function inTurn<Result>(
  make: (definition: CallDefinition, expectation: Expected) => Promise<Result>,
): Promise<Record<string, Result>> {
  const results: Record<string, Result> = {};
  for (const [path, expectation] of Object.entries(expected)) {
    const definition = definitions.get(path);
    if (definition === undefined) throw new Error(`No service has the call ${path}.`);
    results[path] = await make(definition, expectation);
  }
  return results;
}

/** The same of every call, by its expectation. */
function forEvery<Result>(expect: (expectation: Expected) => Result): Record<string, Result> {
  return Object.fromEntries(Object.entries(expected).map(([path, expectation]) => [path, expect(expectation)]));
}

test('every call that a service defines says who may make it, and is in the matrix below', () => {
  const calls = [...definitions.keys()].sort();
  expect(Object.keys(expected).sort()).toEqual(calls);
  expect([...accessOf.keys()].sort()).toEqual(calls);
});

test('a call that says nothing about who may make it may be made by nobody', async () => {
  const ledger = await openLedger(await openPglite(temporaryFolder('unsaid')));
  const token = await ledger.tokens.create({
    ...{ tenantName: 'team', name: 'token', role: 'maintainer', repositories: null, expiresMs: null },
  });
  let log = '';
  const authorization = new Authorization(
    ledger.tokens,
    createLog((line) => {
      log += line;
    }),
    { admitCall: () => {}, requireCall: () => {}, requireRoom: () => {} },
  );
  const server = new Server({ interceptors: [authorization.interceptor] });
  const unsaid = { ...required(definitions.get('/grpc.health.v1.Health/Check')), path: '/example.Unsaid/Check' };
  server.addService(
    { check: unsaid },
    { check: (_: unknown, answer: (error: null, value: object) => void) => answer(null, {}) },
  );
  const port = await new Promise<number>((bound, failed) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, at) =>
      error === null ? bound(at) : failed(error),
    ),
  );
  expect((await makeCall(`127.0.0.1:${port}`, unsaid, {}, token)).status).toBe('INTERNAL');
  expect(log).toContain('call-broke');
  server.forceShutdown();
  await ledger.close();
});

describe('who may make which call', () => {
  let server: ServerUnderTest;
  let theirs: Resource;
  const tokens: Record<string, string> = {};
  /** One tenant for each call, because some of the calls make something of the tenant's own. */
  const strangers: Record<string, string> = {};
  beforeAll(async () => {
    const dataDir = temporaryFolder('access');
    const ledger = await openLedger(await openPglite(dataDirAt(dataDir).database));
    const create = (name: string, more: Partial<NewToken> = {}) =>
      ledger.tokens.create({
        ...{ tenantName: 'team', name, role: 'maintainer', repositories: null, expiresMs: Date.now() + 86_400_000 },
        ...more,
      });
    for (const role of roles) tokens[role] = await create(role, { role });
    tokens.expired = await create('expired', { expiresMs: Date.now() - 1 });
    tokens.revoked = await create('revoked');
    await ledger.tokens.revoke('team', 'revoked');
    tokens.elsewhere = await create('elsewhere', { repositories: ['elsewhere'] });
    for (const path of Object.keys(expected)) strangers[path] = await create('stranger', { tenantName: path });
    await ledger.close();

    server = await startServer({ dataDir });
    const owner = server.client(tokens.maintainer);
    await owner.upload('repo', corpus);
    const { id } = await startRun(owner, 'again');
    await owner.watch(id);
    theirs = { repository: 'repo', runId: id, adapterId: id };
  });
  afterAll(endServers);

  const make = (definition: CallDefinition, request: object, token: string | undefined) =>
    makeCall(server.address, definition, request, token ?? '');

  /** Expects every call but the open ones to be refused with this sentence, whatever it names. */
  async function checkRefused(token: string | undefined, sentence: RegExp) {
    const outcomes = await inTurn((definition, { request }) => make(definition, request(theirs), token));
    expect(statusesOf(outcomes)).toEqual(forEvery(({ access }) => (access === 'anyone' ? 'OK' : 'UNAUTHENTICATED')));
    for (const { status, details } of Object.values(outcomes)) if (status !== 'OK') expect(details).toMatch(sentence);
  }
  test('no token', () => checkRefused('', /^The call carries no token: send/));
  test('a token that is garbage', () => checkRefused('garbage', /^The server does not know this token: set/));
  test('a token that has expired', () => checkRefused(tokens.expired, /^This token has expired: ask/));
  test('a token that was revoked', () => checkRefused(tokens.revoked, /^This token was revoked: ask/));

  for (const role of roles)
    test(`the role ${role}`, async () => {
      const outcomes = await inTurn((definition, { request }) => make(definition, request(nothing()), tokens[role]));
      expect(forEveryOutcome(outcomes, ({ status }) => (isRefusal(status) ? status : 'admitted'))).toEqual(
        forEvery(({ access }) => (access === 'anyone' || access.includes(role) ? 'admitted' : 'PERMISSION_DENIED')),
      );
      for (const { status, details } of Object.values(outcomes))
        if (status === 'PERMISSION_DENIED')
          expect(details).toMatch(new RegExp(`^The role of this token, ${role}, does not allow .*: ask .*\\.$`));
    });

  /** Expects that nothing tells a resource of somebody else from one that does not exist. */
  async function checkNotThere(token: (path: string) => string | undefined) {
    const seen = await inTurn((definition, { request }) => make(definition, request(theirs), token(definition.path)));
    const unseen = await inTurn((definition, { request }) =>
      make(definition, request(nothing()), token(definition.path)),
    );
    expect(seen).toEqual(unseen);
    return seen;
  }
  test("another tenant's token finds nothing", async () => {
    const seen = await checkNotThere((path) => strangers[path]);
    expect(statusesOf(seen)).toEqual(forEvery(({ withoutResource }) => withoutResource ?? 'OK'));
  });
  test("a token for another of the tenant's repositories finds nothing", async () => {
    const seen = await checkNotThere(() => tokens.elsewhere);
    // And makes no repository that it may not have.
    const upload = '/bespoke.v1.PersonalizationService/UploadCorpus';
    expect(statusesOf(seen)).toEqual({
      ...forEvery(({ withoutResource }) => withoutResource ?? 'OK'),
      [upload]: 'NOT_FOUND',
      '/bespoke.v1.PersonalizationService/ImportAdapter': 'NOT_FOUND',
    });
  });
  test('while all that was refused is there, for its owner', async () => {
    const owner = server.client(tokens.maintainer);
    expect((await owner.listAdapters('repo')).adapters).toMatchObject([{ id: theirs.adapterId, active: false }]);
    expect((await owner.listRuns('repo')).runs).toMatchObject([{ id: theirs.runId }]);
    const outcomes = await inTurn(async (definition, { request, withoutResource, makes }) => {
      if (withoutResource === undefined || makes) return 'names nothing';
      const seen = await make(definition, request(theirs), tokens.maintainer);
      const unseen = await make(definition, request(nothing()), tokens.maintainer);
      return JSON.stringify(seen) === JSON.stringify(unseen) ? 'not there' : 'there';
    });
    expect(outcomes).toEqual(
      forEvery(({ withoutResource, makes }) => (withoutResource === undefined || makes ? 'names nothing' : 'there')),
    );
  });
  test('a message is not read before the caller is known', async () => {
    const getRun = required(definitions.get('/bespoke.v1.PersonalizationService/GetRun'));
    const garbled = { ...getRun, requestSerialize: () => Buffer.from([0xff]) };
    expect(await make(garbled, {}, 'garbage')).toMatchObject({ status: 'UNAUTHENTICATED' });
    expect(await make(garbled, {}, tokens.maintainer)).toMatchObject({
      status: 'INTERNAL',
      details: expect.stringMatching(/deserializing/),
    });
  });
  test('no token is in the log', () => {
    for (const token of [...Object.values(tokens), ...Object.values(strangers)])
      expect(server.log()).not.toContain(token.slice('bespoke_'.length));
  });
});

describe('with mutual TLS', () => {
  let address: string;
  let ours: Certificate;
  let insider: Certificate;
  let outsider: Certificate;
  beforeAll(async () => {
    const folder = temporaryFolder('mutual-tls');
    ours = makeAuthority(folder, 'ours');
    insider = issue(folder, 'insider', ours);
    outsider = issue(folder, 'outsider', makeAuthority(folder, 'theirs'));
    const { certificate, key } = issue(folder, 'localhost', ours);
    const flags = ['--tls-cert', certificate, '--tls-key', key, '--client-ca', ours.certificate];
    address = (await startServer({ flags })).address;
  });
  afterAll(endServers);

  const make = (shown: Certificate | undefined, token: string) =>
    inTurn((definition, { request }) =>
      makeCall(address, definition, request(nothing()), token, clientCredentials(ours, shown)),
    );
  test("a client with the authority's certificate connects", async () => {
    const outcomes = await make(insider, localToken);
    expect(forEveryOutcome(outcomes, ({ status }) => isRefusal(status))).toEqual(forEvery(() => false));
  });
  test('and needs a token all the same', async () => {
    expect(statusesOf(await make(insider, ''))).toEqual(
      forEvery(({ access }) => (access === 'anyone' ? 'OK' : 'UNAUTHENTICATED')),
    );
  });
  test("a client with another authority's certificate does not connect, not even to what is open", async () => {
    expect(statusesOf(await make(outsider, localToken))).toEqual(forEvery(() => 'UNAVAILABLE'));
  });
  test('a client without a certificate does not connect', async () => {
    expect(statusesOf(await make(undefined, localToken))).toEqual(forEvery(() => 'UNAVAILABLE'));
  });
});

/** The ways in which a call is not admitted. */
function isRefusal(status: Outcome['status']): boolean {
  return ['UNAUTHENTICATED', 'PERMISSION_DENIED', 'UNAVAILABLE', 'INTERNAL'].includes(status);
}

function forEveryOutcome<Result>(outcomes: Record<string, Outcome>, read: (outcome: Outcome) => Result) {
  return Object.fromEntries(Object.entries(outcomes).map(([path, outcome]) => [path, read(outcome)]));
}

const statusesOf = (outcomes: Record<string, Outcome>) => forEveryOutcome(outcomes, ({ status }) => status);
