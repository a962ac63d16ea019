import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../server/caller.ts';
import type { Database, OpenDatabase } from '../../server/ledger/database.ts';
import { type Ledger, openLedger } from '../../server/ledger/ledger.ts';
import { migrations } from '../../server/ledger/migrations.ts';
import { openPglite } from '../../server/ledger/pglite-database.ts';
import { openPostgres } from '../../server/ledger/postgres-database.ts';
import type { Repository } from '../../server/ledger/repositories.ts';
import type { NewRun } from '../../server/ledger/runs.ts';
import type { NewToken } from '../../server/ledger/tokens.ts';
import type { RunHappening } from '../../server/runs/run-event.ts';
import { type PostgresUnderTest, query, startPostgres } from './support/postgres-under-test.ts';
import { required } from './support/runs.ts';
import { temporaryFolder } from './support/server-under-test.ts';

/** The two databases that the ledger runs on; every test below runs on both. */
const variants: Record<string, { start(): Promise<() => Promise<OpenDatabase>>; stop(): Promise<void> }> = (() => {
  let postgres: PostgresUnderTest;
  let folder: string;
  return {
    PGlite: {
      start: async () => {
        folder = temporaryFolder('pglite');
        return () => openPglite(folder);
      },
      stop: async () => rmSync(folder, { recursive: true, force: true }),
    },
    PostgreSQL: {
      start: async () => {
        postgres = await startPostgres();
        const url = await postgres.createDatabase();
        return () => openPostgres(url, { exclusive: true, onLost: () => {} });
      },
      stop: () => postgres.stop(),
    },
  };
})();

const newToken = (tenantName: string, more: Partial<NewToken> = {}): NewToken => ({
  ...{ tenantName, name: 'token', role: 'maintainer', repositories: null, expiresMs: null },
  ...more,
});

describe.each(Object.entries(variants))('the ledger on %s', (_, variant) => {
  let open: () => Promise<OpenDatabase>;
  let ledger: Ledger;
  let caller: Caller;
  let repository: Repository;
  let requests = 0;
  beforeAll(async () => {
    open = await variant.start();
    ledger = await openLedger(await open());
    caller = required(await ledger.tokens.find(await ledger.tokens.create(newToken('team'))));
    repository = required(await ledger.repositories.ensure(caller, 'repo'));
  });
  afterAll(async () => {
    await ledger.close();
    await variant.stop();
  });

  const newRun = (more: Partial<NewRun> = {}): NewRun => ({
    tenantId: caller.tenant.id,
    repositoryId: repository.id,
    requestId: `request-${requests++}`,
    requestJson: '{}',
    corpusSha256: 'c'.repeat(64),
    strategy: 'prefix',
    options: { seed: 1, learningRate: 0.0003 },
    nearestTests: 4,
    trainPairIds: ['p1', 'p2'],
    validationPairIds: ['p3'],
    proofs: [{ split: 'by-pair', pairIds: ['p4'], base: null, personalized: null }],
    mostQueued: 1000,
    ...more,
  });
  const step = (at: number): RunHappening => ({ kind: 'checkpoint-written', step: at });
  const adapterOf = (id: string) => ({
    id,
    repositoryId: repository.id,
    runId: id,
    strategy: 'prefix' as const,
    bytes: 5_000_000_000,
    trainedParameters: 406_000_000,
    createdMs: Date.now(),
    baseModelSha256: 'b'.repeat(64),
    commit: '',
  });

  test('opens again with everything in it, migrating nothing twice', async () => {
    const { run } = await ledger.runs.queue(newRun());
    await ledger.close();
    ledger = await openLedger(await open());
    expect(await ledger.runs.get(run.id)).toEqual(run);
  });

  test('a token is found by itself alone, with all that it was made for', async () => {
    const made = newToken('other team', {
      role: 'developer',
      repositories: ['one', 'two'],
      expiresMs: 4_000_000_000_000,
    });
    const token = await ledger.tokens.create(made);
    expect(token).toMatch(/^bespoke_[\w-]{43}$/);
    const { tenantName, ...rest } = made;
    const tenant = { id: expect.any(String), name: tenantName };
    const found = required(await ledger.tokens.find(token));
    expect(found).toMatchObject({ ...rest, tenant, lastUsedMs: null, revokedMs: null });
    expect(Math.abs(found.createdMs - Date.now())).toBeLessThan(60_000);
    expect(await ledger.tokens.find(`${token}x`)).toBeUndefined();
    expect(await ledger.tokens.find('')).toBeUndefined();
  });

  test('a name is taken until its token is revoked, in each tenant alone', async () => {
    const first = await ledger.tokens.create(newToken('namers', { name: 'ci' }));
    await ledger.tokens.create(newToken('other namers', { name: 'ci' }));
    await expect(ledger.tokens.create(newToken('namers', { name: 'ci' }))).rejects.toThrow(
      /already has a token named ci/,
    );
    await ledger.tokens.revoke('namers', 'ci');
    expect((await ledger.tokens.find(first))?.revokedMs).toBeGreaterThan(0);
    const second = await ledger.tokens.create(newToken('namers', { name: 'ci' }));
    expect((await ledger.tokens.find(second))?.revokedMs).toBeNull();
    const listed = (await ledger.tokens.list()).filter((token) => token.name === 'ci');
    expect(listed.map((token) => [token.tenant.name, token.revokedMs === null])).toEqual([
      ['namers', false],
      ['namers', true],
      ['other namers', true],
    ]);
  });

  test('what is not there, or is revoked already, cannot be revoked', async () => {
    await ledger.tokens.create(newToken('revokers', { name: 'once' }));
    await ledger.tokens.revoke('revokers', 'once');
    for (const [tenant, name] of [
      ['revokers', 'once'],
      ['revokers', 'never'],
      ['nobody', 'once'],
    ] as const)
      await expect(ledger.tokens.revoke(tenant, name)).rejects.toThrow(/no token named .* to revoke: look at/);
  });

  test('a token remembers to the minute when it was used', async () => {
    const token = await ledger.tokens.create(newToken('users'));
    const unused = required(await ledger.tokens.find(token));
    await ledger.tokens.markUsed(token, unused);
    const { lastUsedMs } = required(await ledger.tokens.find(token));
    expect(Math.abs(required(lastUsedMs ?? undefined) - Date.now())).toBeLessThan(60_000);
    const usedAgo = async (ms: number) => {
      await ledger.tokens.markUsed(token, { ...unused, lastUsedMs: Date.now() - ms });
      return (await ledger.tokens.find(token))?.lastUsedMs;
    };
    await new Promise((later) => setTimeout(later, 5));
    expect(await usedAgo(50_000)).toBe(lastUsedMs);
    expect(await usedAgo(70_000)).toBeGreaterThan(lastUsedMs ?? 0);
  });

  test('the token of a start is worth nothing after the next, others stay', async () => {
    const kept = await ledger.tokens.create(newToken('local', { name: 'start' }));
    for (const token of ['start-1', 'start-2', 'start-2']) await ledger.tokens.setStartToken('local', token);
    const found = await Promise.all(['start-1', 'start-2', kept].map((token) => ledger.tokens.find(token)));
    expect(found.map((one) => one?.tenant.name)).toEqual([undefined, 'local', 'local']);
    expect(found[1]).toMatchObject({ role: 'maintainer', repositories: null, expiresMs: null });
    expect((await ledger.tokens.list()).filter((token) => token.tenant.name === 'local')).toEqual([found[2]]);
    await ledger.tokens.revoke('local', 'start');
    expect((await ledger.tokens.find('start-2'))?.revokedMs).toBeNull();
  });

  test('a run is read as it was written', async () => {
    const { run } = await ledger.runs.queue(newRun());
    expect(run).toMatchObject({
      tenantId: caller.tenant.id,
      repository: 'repo',
      state: 'queued',
      options: { seed: 1, learningRate: 0.0003 },
      lastSequence: 1,
      trainPairIds: ['p1', 'p2'],
      endedMs: null,
      failure: null,
      process: null,
      checkpointStep: -1,
    });
    expect(Math.abs(run.createdMs - Date.now())).toBeLessThan(60_000);
  });

  test('a request makes one run, from many calls at once', async () => {
    const request = newRun();
    const queued = await Promise.all(Array.from({ length: 10 }, () => ledger.runs.queue(request)));
    expect(new Set(queued.map(({ run }) => run.id)).size).toBe(1);
    expect(required(queued[0]).run.lastSequence).toBe(1);
  });

  test('events have no gaps, whoever writes them at once', async () => {
    const { run } = await ledger.runs.queue(newRun());
    await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        ledger.runs.record(run.id, at % 3 === 0 ? [step(at), step(at)] : [step(at)]),
      ),
    );
    const events = await ledger.runs.eventsAfter(run.id, 0, 1000);
    expect(events.map((event) => event.sequence)).toEqual(Array.from({ length: 1 + 40 + 14 }, (_, at) => at + 1));
    expect((await ledger.runs.get(run.id))?.lastSequence).toBe(events.length);
    expect((await ledger.runs.eventsAfter(run.id, 50, 3)).map((event) => event.sequence)).toEqual([51, 52, 53]);
  });

  test('a loss that is not a number stays none', async () => {
    const { run } = await ledger.runs.queue(newRun());
    const happening: RunHappening = {
      kind: 'validation-measured',
      step: 1,
      epoch: 1,
      validationLoss: Number.NaN,
      best: false,
      petaflopSeconds: 0,
    };
    const measurement = { loss: Number.NaN, perplexity: Number.NaN, targetTokens: 3, pairs: [] };
    await ledger.runs.record(run.id, [happening], {
      proofs: [{ split: 'by-pair', pairIds: [], base: measurement, personalized: null }],
    });
    expect((await ledger.runs.eventsAfter(run.id, 1, 1))[0]?.happening).toEqual(happening);
    expect((await ledger.runs.get(run.id))?.proofs[0]).toEqual({
      split: 'by-pair',
      pairIds: [],
      base: measurement,
      personalized: null,
    });
  });

  test('a run that has ended takes nothing more', async () => {
    const { run } = await ledger.runs.queue(newRun());
    expect(await ledger.runs.record(run.id, [step(1)], { state: 'cancelled' })).toBe(true);
    expect(await ledger.runs.record(run.id, [step(2)], { state: 'running' })).toBe(false);
    expect(await ledger.runs.succeed(run.id, adapterOf(run.id))).toBe(false);
    const ended = required(await ledger.runs.get(run.id));
    expect(ended).toMatchObject({ state: 'cancelled', lastSequence: 2, adapterId: null });
    expect(ended.endedMs).toBeGreaterThanOrEqual(run.createdMs);
    expect(await ledger.runs.record('nothing', [step(1)])).toBe(false);
  });

  test('one of two ends wins', async () => {
    const { run } = await ledger.runs.queue(newRun());
    const won = await Promise.all([
      ledger.runs.record(run.id, [], { state: 'cancelled' }),
      ledger.runs.succeed(run.id, adapterOf(run.id)),
      ledger.runs.record(run.id, [], { state: 'failed', failure: { reason: 'internal', message: '' } }),
    ]);
    expect(won.filter((one) => one)).toHaveLength(1);
  });

  test('a run keeps what was asked for when a strategy is chosen', async () => {
    const { run } = await ledger.runs.queue(newRun({ strategy: 'auto' }));
    expect(run).toMatchObject({ strategy: 'auto', requestedStrategy: 'auto' });
    const chosen: RunHappening = { kind: 'strategy-chosen', strategy: 'telly', predictions: [] };
    await ledger.runs.record(run.id, [chosen], { strategy: 'telly' });
    expect(await ledger.runs.get(run.id)).toMatchObject({ strategy: 'telly', requestedStrategy: 'auto' });
    const happened = await ledger.runs.happenings(run.id);
    expect(happened).toEqual([{ kind: 'state-changed', state: 'queued' }, chosen]);
  });

  test('an adapter is registered with its run, sizes beyond 32 bits kept', async () => {
    const { run } = await ledger.runs.queue(newRun());
    await ledger.runs.succeed(run.id, adapterOf(run.id));
    expect(await ledger.runs.get(run.id)).toMatchObject({ state: 'succeeded', adapterId: run.id, lastSequence: 2 });
    expect(await ledger.adapters.find(caller, run.id)).toMatchObject({ bytes: 5_000_000_000, active: false });
  });

  test('a caller finds what is of its tenant, and of its repositories if it has only some', async () => {
    const { run } = await ledger.runs.queue(newRun());
    await ledger.runs.succeed(run.id, adapterOf(run.id));
    const finds = async (who: Caller) => [
      (await ledger.repositories.find(who, 'repo'))?.id,
      (await ledger.runs.find(who, run.id))?.id,
      (await ledger.adapters.find(who, run.id))?.id,
    ];
    const everything = [repository.id, run.id, run.id];
    expect(await finds(caller)).toEqual(everything);
    expect(await finds({ ...caller, repositories: ['other', 'repo'] })).toEqual(everything);
    const nothing = [undefined, undefined, undefined];
    expect(await finds({ ...caller, repositories: ['other'] })).toEqual(nothing);
    expect(await finds({ ...caller, repositories: [] })).toEqual(nothing);
    expect(await finds({ ...caller, tenant: { id: 'another', name: 'team' } })).toEqual(nothing);
  });

  test('the history of activations goes back step by step', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 3; at++) {
      const { run } = await ledger.runs.queue(newRun());
      await ledger.runs.succeed(run.id, adapterOf(run.id));
      ids.push(run.id);
    }
    const active = async () => (await ledger.adapters.active(repository.id))?.id;
    for (const id of ids) await ledger.adapters.activate(repository.id, id);
    await Promise.all(ids.map(() => ledger.adapters.activate(repository.id, required(ids[2]))));
    const seen = [];
    for (let at = 0; at < 4; at++) {
      seen.push(await active());
      await ledger.adapters.rollBack(repository.id);
    }
    expect(seen).toEqual([ids[2], ids[1], ids[0], undefined]);
  });

  test('a repository that is being forgotten is found by nobody, and goes with all that refers to it', async () => {
    const doomed = required(await ledger.repositories.ensure(caller, 'doomed'));
    await ledger.corpora.complete(doomed.id, { sha256: 'd', pairs: 1, commit: 'x', chunkSha256s: ['e'] });
    const { run } = await ledger.runs.queue(newRun({ repositoryId: doomed.id }));
    await ledger.runs.succeed(run.id, { ...adapterOf(run.id), repositoryId: doomed.id });
    await ledger.adapters.activate(doomed.id, run.id);
    expect(await ledger.corpora.sha256s(doomed.id)).toEqual(['d']);
    const content = { repositories: 1, runs: 1, corpusSha256s: ['d'], adapterSha256s: [], files: 0, bytes: 0 };
    const erasure = await ledger.erasures.beginRepository(caller.tenant, doomed, content);
    expect(await ledger.repositories.ensure(caller, 'doomed')).toBeUndefined();
    expect(await ledger.runs.find(caller, run.id)).toBeUndefined();
    expect(await ledger.adapters.find(caller, run.id)).toBeUndefined();
    expect(await ledger.erasures.hidden()).toEqual([{ id: doomed.id, name: 'doomed', tenant: caller.tenant }]);
    const nothingYet = { ...content, runs: 0 };
    expect(await ledger.erasures.beginRepository(caller.tenant, doomed, nothingYet)).toEqual(erasure);
    expect(await ledger.erasures.unfinished()).toEqual([erasure]);
    await ledger.erasures.deleteRows(erasure);
    expect(await ledger.erasures.hidden()).toEqual([]);
    await ledger.scrub();
    expect(await ledger.erasures.find(caller, 'doomed')).toEqual({ erasure, receipt: null });
    await ledger.erasures.end(erasure.id, 'signed');
    expect(await ledger.erasures.find(caller, 'doomed')).toEqual({ erasure, receipt: 'signed' });
    expect(await ledger.erasures.unfinished()).toEqual([]);
    expect(await ledger.runs.get(run.id)).toBeUndefined();
    expect((await ledger.repositories.ensure(caller, 'doomed'))?.id).not.toBe(doomed.id);
  });

  test('a corpus that is completed twice is one, with the newer commit', async () => {
    const corpus = { sha256: 'f', pairs: 2, commit: 'one', chunkSha256s: ['g', 'h'] };
    await ledger.corpora.complete(repository.id, corpus);
    await ledger.corpora.complete(repository.id, { ...corpus, commit: 'two' });
    expect(await ledger.corpora.find(repository.id, 'f')).toEqual({ ...corpus, commit: 'two' });
  });
});

describe.each(Object.entries(variants))('migrations on %s', (_, variant) => {
  test('a token of the time before roles keeps every right in its tenant', async () => {
    const open = await variant.start();
    const database = await open();
    const provider = { getMigrations: async () => migrations };
    await new Migrator({ db: database.queries, provider }).migrateTo('001-first');
    const hash = createHash('sha256').update('old').digest('hex');
    await sql`INSERT INTO tenants VALUES ('t', 'team', 1)`.execute(database.queries);
    await sql`INSERT INTO tokens VALUES (${hash}, 't', 2, false)`.execute(database.queries);
    const ledger = await openLedger(database);
    expect(await ledger.tokens.find('old')).toEqual({
      ...{ tenant: { id: 't', name: 'team' }, name: `token-${hash.slice(0, 12)}`, role: 'maintainer' },
      ...{ repositories: null, createdMs: 2, expiresMs: null, lastUsedMs: null, revokedMs: null },
    });
    await ledger.close();
    await variant.stop();
  });
});

describe.each(Object.entries(variants))('runs of the time before auto on %s', (_, variant) => {
  test('were asked for what they trained', async () => {
    const open = await variant.start();
    const database = await open();
    const provider = { getMigrations: async () => migrations };
    await new Migrator({ db: database.queries, provider }).migrateTo('005-erasures');
    await sql`INSERT INTO tenants VALUES ('t', 'team', 1)`.execute(database.queries);
    await sql`INSERT INTO repositories VALUES ('p', 't', 'repo', 1, false)`.execute(database.queries);
    await sql`INSERT INTO runs VALUES
      ('r', 't', 'p', 'request', '{}', 'c', 'telly', '{}', 'queued', 1, NULL, 0, '[]', '[]', '[]', NULL, NULL, false, -1, 0, NULL)`.execute(
      database.queries,
    );
    const ledger = await openLedger(database);
    expect(await ledger.runs.get('r')).toMatchObject({ strategy: 'telly', requestedStrategy: 'telly' });
    await ledger.close();
    await variant.stop();
  });
});

describe('the lock of a PostgreSQL database', () => {
  let postgres: PostgresUnderTest;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  const openServer = (url: string, onLost: (error: Error) => void = () => {}) =>
    openPostgres(url, { exclusive: true, onLost });

  test('keeps a second server out until the first has closed', async () => {
    const url = await postgres.createDatabase();
    const first = await openServer(url);
    await expect(openServer(url)).rejects.toThrow(/Another Bespoke server uses this database: stop it/);
    const other = await openServer(await postgres.createDatabase());
    await other.close();
    await first.close();
    await (await openServer(url)).close();
  });
  test('whoever only makes a token needs no lock', async () => {
    const url = await postgres.createDatabase();
    const first = await openServer(url);
    await (await openLedger(first)).tokens.create(newToken('a'));
    const second = await openPostgres(url, { exclusive: false, onLost: () => {} });
    await (await openLedger(second)).tokens.create(newToken('b'));
    await second.close();
    await first.close();
  });
  test('says when it was lost', async () => {
    const url = await postgres.createDatabase();
    let lost = () => {};
    const loss = new Promise<void>((done) => {
      lost = done;
    });
    const first: { queries: Database; close(): Promise<void> } = await openServer(url, () => lost());
    await query(url, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
    await loss;
    await first.close().catch(() => {});
  });
});
