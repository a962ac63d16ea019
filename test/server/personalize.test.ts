import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import { HeldOutSplit, Strategy } from '../../proto/gen/bespoke/v1/common.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { startPostgres } from './support/postgres-under-test.ts';
import { corpus, eventually, getRun, required, startRun } from './support/runs.ts';
import { S3UnderTest } from './support/s3-under-test.ts';
import { endServers, type ServerUnderTest, startServer } from './support/server-under-test.ts';

/** Both databases, and artifacts in both places; everything below happens on each. */
const stores = {
  PGlite: async () => ({ flags: [], stop: async () => {} }),
  PostgreSQL: async () => {
    const postgres = await startPostgres();
    return { flags: ['--database-url', await postgres.createDatabase()], stop: () => postgres.stop() };
  },
  'PGlite and S3': async () => {
    const s3 = await S3UnderTest.start();
    return { flags: s3.flags(await s3.createBucket()), stop: () => s3.stop() };
  },
};

describe.each(Object.entries(stores))(
  'the way of a personalization on %s, with a stand-in for the trainer',
  (_, startStore) => {
    let server: ServerUnderTest;
    let store: Awaited<ReturnType<typeof startStore>>;
    beforeAll(async () => {
      store = await startStore();
      server = await startServer({ flags: store.flags, behaviour: 'noise' });
    });
    afterAll(async () => {
      await endServers();
      await store.stop();
    });

    test('says what it is', async () => {
      const described = await server.client().getServer();
      expect(described).toMatchObject({
        version: '0.1.0',
        tenant: 'local',
        maxMessageBytes: 4 * 1024 * 1024,
        baseModel: { name: 'tiny-llama', family: 'decoder-only', parameters: 34016 },
      });
      expect(described.baseModel?.sha256).toMatch(/^[0-9a-f]{64}$/);
    });

    test('upload, run, watch, activate, roll back, forget', async () => {
      const client = server.client();
      const uploaded = await client.upload('repo', corpus);
      expect(uploaded).toEqual({ corpusSha256: corpus.sha256, pairs: 168, chunksReceived: corpus.chunks.length });

      const queued = await startRun(client, 'first');
      expect(queued).toMatchObject({
        state: RunState.RUN_STATE_QUEUED,
        repository: 'repo',
        strategy: Strategy.STRATEGY_PREFIX,
      });
      expect(queued.proofs.map((proof) => [proof.split, proof.pairIds.length])).toEqual([
        [HeldOutSplit.HELD_OUT_SPLIT_BY_PAIR, 20],
        [HeldOutSplit.HELD_OUT_SPLIT_BY_FOCAL_CLASS, 14],
      ]);
      expect(queued.trainPairIds.length + queued.validationPairIds.length).toBe(134);

      const events = await client.watch(queued.id);
      expect(events.map((event) => event.sequence)).toEqual(events.map((_, at) => at + 1));
      expect(events.map((event) => event.event?.$case)).toEqual([
        ...['stateChanged', 'stateChanged', 'stageStarted', 'heldOutMeasured', 'heldOutMeasured'],
        ...['trainingProgress', 'trainingProgress', 'checkpointWritten'],
        ...['trainingProgress', 'trainingProgress', 'checkpointWritten'],
        ...['heldOutMeasured', 'heldOutMeasured', 'adapterWritten', 'stateChanged'],
      ]);
      const later = await client.watch(queued.id, 7);
      expect(later).toEqual(events.slice(7));

      const run = await getRun(client, queued.id);
      expect(run).toMatchObject({
        state: RunState.RUN_STATE_SUCCEEDED,
        adapterId: run.id,
        lastSequence: events.length,
      });
      expect(run.endedMs).toBeGreaterThanOrEqual(run.createdMs);
      for (const proof of run.proofs) {
        expect([proof.base?.loss, proof.personalized?.loss]).toEqual([2, 1]);
        expect(proof.base?.pairs.map((pair) => pair.pairId).sort()).toEqual([...proof.pairIds].sort());
      }

      const [adapter] = (await client.listAdapters('repo')).adapters;
      expect(adapter).toMatchObject({
        id: run.adapterId,
        runId: run.id,
        active: false,
        commit: 'c0ffee',
        trainedParameters: 192,
      });
      expect((await client.activateAdapter(run.adapterId)).adapter?.active).toBe(true);
      expect((await client.listAdapters('repo')).adapters[0]?.active).toBe(true);
      expect((await client.rollBackAdapter('repo')).adapter).toBeUndefined();
      expect((await client.rollBackAdapter('repo')).adapter).toBeUndefined();

      const folder = join(server.dataDir, 'repositories');
      expect(readdirSync(folder)).toHaveLength(1);
      const forgotten = await client.forgetRepository('repo');
      expect(forgotten).toMatchObject({ corpora: 1, runs: 1, adapters: 1 });
      expect(forgotten.bytes).toBeGreaterThan(50_000);
      expect(readdirSync(folder)).toEqual([]);
      expect((await client.listRuns('repo')).runs).toEqual([]);
      expect((await client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).chunkSha256s).toEqual([]);
    });

    test('a list of runs leaves the pairs out, newest first', async () => {
      const client = server.client();
      await client.upload('listed', corpus);
      const runs = [];
      for (const id of ['a', 'b']) {
        const run = await startRun(client, id, { repository: 'listed' });
        await client.watch(run.id);
        runs.unshift(run.id);
      }
      const listed = (await client.listRuns('listed')).runs;
      expect(listed.map((run) => run.id)).toEqual(runs);
      for (const run of listed) {
        expect([run.trainPairIds, run.validationPairIds, ...run.proofs.map((proof) => proof.pairIds)].flat()).toEqual(
          [],
        );
        expect(run.proofs[0]?.personalized).toMatchObject({ loss: 1, pairs: [] });
      }
    });

    test('rolls back through the history of activations', async () => {
      const client = server.client();
      await client.upload('history', corpus);
      const adapters: string[] = [];
      for (const id of ['h1', 'h2']) {
        const run = await startRun(client, id, { repository: 'history' });
        await client.watch(run.id);
        adapters.push((await getRun(client, run.id)).adapterId);
      }
      const [first, second] = [required(adapters[0]), required(adapters[1])];
      for (const id of [first, second, second]) await client.activateAdapter(id);
      expect((await client.rollBackAdapter('history')).adapter?.id).toBe(first);
      expect((await client.rollBackAdapter('history')).adapter).toBeUndefined();
    });

    test('starting with the same request_id gives the same run, from many calls at once too', async () => {
      const client = server.client();
      await client.upload('repo', corpus);
      const runs = await Promise.all(Array.from({ length: 8 }, () => startRun(client, 'again')));
      expect(new Set(runs.map((run) => run.id)).size).toBe(1);
      expect((await client.listRuns('repo')).runs).toHaveLength(1);
      await client.watch(required(runs[0]).id);
    });

    test('a changed corpus sends only its changed chunk', async () => {
      const client = server.client();
      await client.upload('grown', corpus);
      const pairs = corpus.chunks.flatMap((chunk) => chunk.pairs);
      const grown = makeCorpus(pairs.map((pair, at) => (at === 3 ? { ...pair, confidence: 0.5 } : pair)));
      const { chunkSha256s, complete } = await client.getUpload({ repository: 'grown', corpusSha256: grown.sha256 });
      expect(complete).toBe(false);
      const missing = grown.chunks.filter((chunk) => !chunkSha256s.includes(chunk.sha256));
      expect(missing).toHaveLength(1);
      expect(await client.upload('grown', grown, { chunks: missing })).toMatchObject({ pairs: 168, chunksReceived: 1 });
      expect(await client.getUpload({ repository: 'grown', corpusSha256: grown.sha256 })).toMatchObject({
        complete: true,
      });
    });

    test('two watchers see the same, one of them late', async () => {
      const client = server.client();
      await client.upload('watched', corpus);
      const run = await startRun(client, 'watched', { repository: 'watched' });
      const [one, other] = await Promise.all([client.watch(run.id), server.client().watch(run.id)]);
      expect(other).toEqual(one);
      expect(await client.watch(run.id)).toEqual(one);
      expect(await client.watch(run.id, one.length)).toEqual([]);
    });

    test('runs wait for their turn', async () => {
      const client = server.client();
      await client.upload('turns', corpus);
      const runs = [];
      for (const id of ['t1', 't2', 't3']) runs.push(await startRun(client, id, { repository: 'turns' }));
      for (const run of runs) await client.watch(run.id);
      const times = await Promise.all(
        runs.map(async (run) => {
          const events = await client.watch(run.id);
          return [required(events[1]).timeMs, required(events.at(-1)).timeMs] as const;
        }),
      );
      for (const [at, [startedMs]] of times.entries())
        if (at > 0) expect(startedMs).toBeGreaterThanOrEqual(required(times[at - 1])[1]);
    });

    test('a run leaves neither examples nor checkpoints behind', async () => {
      const client = server.client();
      await client.upload('tidy', corpus);
      const run = await startRun(client, 'tidy', { repository: 'tidy' });
      await client.watch(run.id);
      const repositories = join(server.dataDir, 'repositories');
      const folders = readdirSync(repositories).map((repository) => join(repositories, repository, 'runs', run.id));
      const folder = required(folders.find((one) => existsSync(one)));
      await eventually(() => (readdirSync(folder).sort().join() === 'spec.json,trainer.log' ? true : undefined));
    });

    test('kill -9 in the middle of a run, and it completes after the start', async () => {
      const client = server.client();
      await client.upload('killed', corpus);
      server.behave('steps=40,step_seconds=0.1');
      const run = await startRun(client, 'killed', { repository: 'killed' });
      const seen = await client.watch(run.id, 0, (event) => event.event?.$case === 'checkpointWritten');
      await server.kill();
      expect(server.log()).not.toContain(`"run-succeeded","runId":"${run.id}"`);
      server = await startServer({ dataDir: server.dataDir, flags: store.flags, behaviour: 'steps=40' });
      const rest = await server.client().watch(run.id, required(seen.at(-1)).sequence);
      const all = [...seen, ...rest];
      expect(all.map((event) => event.sequence)).toEqual(all.map((_, at) => at + 1));
      expect((await getRun(server.client(), run.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
    });

    test('logs hold no source code and no token', () => {
      expect(server.log()).not.toMatch(/assertEquals|public int|token-of-the|w[0-9a-f]{8}/);
    });
  },
);
