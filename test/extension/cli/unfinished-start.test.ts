import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UnfinishedStart } from '../../../extension/cli/start/unfinished-start.ts';
import { Connection } from '../../../extension/client/connection.ts';
import { listRuns } from '../../../extension/client/personalization.ts';
import { uploadCorpus } from '../../../extension/client/upload-corpus.ts';
import { distinctPairs } from '../../core/splits/make-pair.ts';
import { endServers, localToken, startServer, temporaryFolder } from '../../server/support/server-under-test.ts';

// The real server in a process of its own; only the trainer behind it is a stand-in that computes nothing.

const pairs = distinctPairs(24, 7);
const file = join(temporaryFolder('unfinished'), 'work', 'unfinished-start.json');
let dataDir: string;
let corpusSha256: string;

/** A start up to the run, on a server that ends in the middle of the training. */
async function check(change: object, behaviour = 'steps=1000,step_seconds=1') {
  const server = await startServer({ dataDir, behaviour });
  const connection = new Connection({ address: server.address, token: localToken, tls: false });
  try {
    const { run, goesOn } = await new UnfinishedStart(file).run(connection, {
      ...{ repository: 'repo', corpusSha256, strategy: 'prefix', heldOutPairs: 20, fold: 0, nearestTests: 4 },
      heldOutSplits: ['by-pair', 'by-focal-class'],
      options: { frozenBlocks: undefined },
      ...change,
    });
    const states = new Map((await listRuns(connection, 'repo')).map((one) => [one.id, one.state]));
    return { id: run.id, goesOn, states };
  } finally {
    connection.close();
    await server.kill();
  }
}

beforeAll(async () => {
  const server = await startServer();
  ({ dataDir } = server);
  const connection = new Connection({ address: server.address, token: localToken, tls: false });
  ({ corpusSha256 } = await uploadCorpus(connection, { repository: 'repo', pairs, commit: null }));
  connection.close();
  await server.stop();
});
afterAll(endServers);

test('the next start for the same goes on with the run, and one for something else cancels it', async () => {
  const first = await check({});
  expect(first.goesOn).toBe(false);
  expect(await check({})).toMatchObject({ id: first.id, goesOn: true });

  const other = await check({ strategy: 'custom' });
  expect(other.goesOn).toBe(false);
  expect(other.states.get(first.id)).toBe('cancelled');
  expect((await check({ options: { frozenBlocks: 3 } })).states.get(other.id)).toBe('cancelled');
});

test('a start that came to its end leaves nothing to go on with', async () => {
  const first = await check({});
  new UnfinishedStart(file).finished();
  expect(await check({})).not.toMatchObject({ id: first.id });
});

test('neither does a file that cannot be read', async () => {
  writeFileSync(file, '{"request"');
  expect((await check({})).goesOn).toBe(false);
});
