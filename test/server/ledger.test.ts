import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database, OpenDatabase } from '../../server/ledger/database.ts';
import { type Ledger, openLedger } from '../../server/ledger/ledger.ts';
import { openPglite } from '../../server/ledger/pglite-database.ts';
import { openPostgres } from '../../server/ledger/postgres-database.ts';
import type { Repository } from '../../server/ledger/repositories.ts';
import type { NewRun } from '../../server/ledger/runs.ts';
import type { Tenant } from '../../server/ledger/tenants.ts';
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

describe.each(Object.entries(variants))('the ledger on %s', (_, variant) => {
  let open: () => Promise<OpenDatabase>;
  let ledger: Ledger;
  let tenant: Tenant;
  let repository: Repository;
  let requests = 0;
  beforeAll(async () => {
    open = await variant.start();
    ledger = await openLedger(await open());
    tenant = required(await ledger.tenants.byToken(await ledger.tenants.createToken('team')));
    repository = required(await ledger.repositories.ensure(tenant.id, 'repo'));
  });
  afterAll(async () => {
    await ledger.close();
    await variant.stop();
  });

  const newRun = (more: Partial<NewRun> = {}): NewRun => ({
    tenantId: tenant.id,
    repositoryId: repository.id,
    requestId: `request-${requests++}`,
    requestJson: '{}',
    corpusSha256: 'c'.repeat(64),
    strategy: 'prefix',
    options: { seed: 1, learningRate: 0.0003 },
    trainPairIds: ['p1', 'p2'],
    validationPairIds: ['p3'],
    proofs: [{ split: 'by-pair', pairIds: ['p4'], base: null, personalized: null }],
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

  test('a token belongs to one tenant and nothing else opens it', async () => {
    const token = await ledger.tenants.createToken('other team');
    expect(token).toMatch(/^bespoke_[\w-]{43}$/);
    expect((await ledger.tenants.byToken(token))?.name).toBe('other team');
    expect(await ledger.tenants.byToken(`${token}x`)).toBeUndefined();
  });

  test('the token of a start is worth nothing after the next, others stay', async () => {
    const kept = await ledger.tenants.createToken('local');
    for (const token of ['start-1', 'start-2', 'start-2']) await ledger.tenants.setStartToken('local', token);
    const names = await Promise.all(['start-1', 'start-2', kept].map((token) => ledger.tenants.byToken(token)));
    expect(names.map((one) => one?.name)).toEqual([undefined, 'local', 'local']);
  });

  test('a run is read as it was written', async () => {
    const { run } = await ledger.runs.queue(newRun());
    expect(run).toMatchObject({
      tenantId: tenant.id,
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

  test('an adapter is registered with its run, sizes beyond 32 bits kept', async () => {
    const { run } = await ledger.runs.queue(newRun());
    await ledger.runs.succeed(run.id, adapterOf(run.id));
    expect(await ledger.runs.get(run.id)).toMatchObject({ state: 'succeeded', adapterId: run.id, lastSequence: 2 });
    expect(await ledger.adapters.find(tenant.id, run.id)).toMatchObject({ bytes: 5_000_000_000, active: false });
    expect(await ledger.adapters.find('another tenant', run.id)).toBeUndefined();
    expect(await ledger.runs.find('another tenant', run.id)).toBeUndefined();
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
    const doomed = required(await ledger.repositories.ensure(tenant.id, 'doomed'));
    await ledger.corpora.complete(doomed.id, { sha256: 'd', pairs: 1, commit: 'x', chunkSha256s: ['e'] });
    const { run } = await ledger.runs.queue(newRun({ repositoryId: doomed.id }));
    await ledger.runs.succeed(run.id, { ...adapterOf(run.id), repositoryId: doomed.id });
    await ledger.adapters.activate(doomed.id, run.id);
    expect(await ledger.repositories.content(doomed.id)).toEqual({ corpora: 1, runs: 1, adapters: 1 });
    await ledger.repositories.beginForgetting(doomed.id);
    expect(await ledger.repositories.ensure(tenant.id, 'doomed')).toBeUndefined();
    expect(await ledger.runs.find(tenant.id, run.id)).toBeUndefined();
    expect(await ledger.adapters.find(tenant.id, run.id)).toBeUndefined();
    expect(await ledger.repositories.beingForgotten()).toEqual([doomed.id]);
    await ledger.repositories.erase(doomed.id);
    expect(await ledger.runs.get(run.id)).toBeUndefined();
    expect((await ledger.repositories.ensure(tenant.id, 'doomed'))?.id).not.toBe(doomed.id);
  });

  test('a corpus that is completed twice is one, with the newer commit', async () => {
    const corpus = { sha256: 'f', pairs: 2, commit: 'one', chunkSha256s: ['g', 'h'] };
    await ledger.corpora.complete(repository.id, corpus);
    await ledger.corpora.complete(repository.id, { ...corpus, commit: 'two' });
    expect(await ledger.corpora.find(repository.id, 'f')).toEqual({ ...corpus, commit: 'two' });
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
    await (await openLedger(first)).tenants.createToken('a');
    const second = await openPostgres(url, { exclusive: false, onLost: () => {} });
    await (await openLedger(second)).tenants.createToken('b');
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
