import { rmSync, writeFileSync } from 'node:fs';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { distinctPairs, makePair } from '../core/splits/make-pair.ts';
import { corpus, getRun, required, runRequest, startRun } from './support/runs.ts';
import { endServers, startServer } from './support/server-under-test.ts';

describe('a full disk', () => {
  afterEach(endServers);

  test('an upload is refused with one sentence, and what was acknowledged stays', async () => {
    const server = await startServer({ disk: { folder: 'repositories', bytes: 1024 * 1024 } });
    const client = server.client();
    await client.upload('repo', corpus);
    const large = makeCorpus(
      Array.from({ length: 40 }, (_, at) => makePair('Foo', `t${at}`, `${at}${'x'.repeat(100_000)}`)),
    );
    const error = await client.upload('repo', large).then(
      () => undefined,
      (thrown: ServiceError) => thrown,
    );
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error?.details).toBe(
      "The server's disk is full, so nothing more was kept: free space in its data folder and try again.",
    );
    expect((await client.getUpload({ repository: 'repo', corpusSha256: corpus.sha256 })).complete).toBe(true);
    expect((await client.getUpload({ repository: 'repo', corpusSha256: large.sha256 })).complete).toBe(false);
    await client.forgetRepository('repo');
    await client.upload('repo', corpus);
  });

  test('a run that cannot write its examples fails with that reason', async () => {
    const pairs = makeCorpus(distinctPairs(24, 7));
    const bytes = pairs.chunks.reduce((sum, chunk) => sum + chunk.jsonLines.length, 0);
    const disk = { folder: 'repositories', bytes: Math.ceil(bytes / 4096) * 4096 + 64 * 1024 } as const;
    const server = await startServer({ disk });
    const client = server.client();
    await client.upload('repo', pairs);
    const run = await startRun(client, 'run');
    const events = await client.watch(run.id);
    const failure = { reason: 'disk-full', message: expect.stringMatching(/^The server's disk is full.*: free space/) };
    expect(await getRun(client, run.id)).toMatchObject({ state: RunState.RUN_STATE_FAILED, failure });
    expect(required(events.at(-2)).event?.$case).toBe('runFailed');
  });

  test('a ledger that cannot write refuses, and goes on when there is space again', async () => {
    const disk = { folder: '.', bytes: 64 * 1024 * 1024 } as const;
    const server = await startServer({
      disk,
      freshDatabase: true,
      // The trainer's own files on a full disk are a matter of its own tests.
      behaviour: 'steps=60,step_seconds=0.05,no_checkpoints',
    });
    const client = server.client();
    await client.upload('repo', corpus);
    const running = await startRun(client, 'running');
    // A run that has not written its examples yet would rightly fail for the full disk.
    await client.watch(running.id, 0, ({ event }) => event?.$case === 'trainingProgress');
    // The disk is in the server's own mount namespace.
    const filler = `/proc/${server.process.pid}/root${server.dataDir}/filler`;
    expect(() => writeFileSync(filler, Buffer.alloc(disk.bytes))).toThrow(/ENOSPC/);
    await expect(client.startRun(runRequest('refused'))).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: expect.stringMatching(/^The server's disk is full/),
    });
    rmSync(filler);
    await client.watch(running.id);
    expect((await getRun(client, running.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
    expect((await client.listRuns('repo')).runs).toHaveLength(1);
  });
});
