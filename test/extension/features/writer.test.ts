import { afterAll, beforeAll, expect, test } from 'vitest';
import { Connection } from '../../../extension/client/connection.ts';
import { generate } from '../../../extension/client/generation.ts';
import { activateAdapter, listAdapters, rollBackAdapter, startRun } from '../../../extension/client/personalization.ts';
import { uploadCorpus } from '../../../extension/client/upload-corpus.ts';
import { watchRun } from '../../../extension/client/watch-run.ts';
import { forgetScopes } from '../../../extension/features/forget-scopes.ts';
import { writerFor } from '../../../extension/features/writer.ts';
import { type MinedRepository, mineRepository } from '../../../extension/workspace/mine-repository.ts';
import { allModulesOf, onlyModule } from '../../../extension/workspace/repository-modules.ts';
import { verifyReceipt } from '../../../server/receipts/receipt.ts';
import { endServers, localToken, startServer, temporaryFolder } from '../../server/support/server-under-test.ts';
import { sampleWorkspace } from '../../vscode/java-workspace.ts';
import { StandInServer, standInToken } from '../../vscode/stand-in-server.ts';

// The real server in a process of its own; only the trainer behind it is a stand-in that computes nothing.

let connection: Connection;
let repository: MinedRepository;
const signal = new AbortController().signal;
const ofText = 'text/src/main/java/example/wayside/text/CsvLine.java';
const ofDomain = 'domain/src/main/java/example/wayside/domain/depot/Depot.java';

beforeAll(async () => {
  const server = await startServer({ behaviour: 'steps=2' });
  connection = new Connection({ address: server.address, token: localToken, tls: false });
  repository = await mineRepository(sampleWorkspace(), temporaryFolder('writer'), { threads: 0 });
});
afterAll(async () => {
  connection.close();
  await endServers();
});

/** Trains on the pairs of a scope and lets its model write. */
async function personalize({ identity, clean }: MinedRepository): Promise<string> {
  const { corpusSha256 } = await uploadCorpus(connection, { repository: identity.id, pairs: clean, commit: null });
  const run = await startRun(connection, {
    ...{ requestId: identity.id, repository: identity.id, corpusSha256, strategy: 'prefix', options: {} },
    ...{ heldOutSplits: ['by-pair'], heldOutPairs: 10 },
  });
  for await (const _ of watchRun(connection, run.id));
  await activateAdapter(connection, run.id);
  return run.id;
}
const names = async () =>
  Promise.all([ofText, ofDomain].map(async (file) => (await writerFor(connection, repository, file, { signal })).name));

test('the module of the open file decides which model writes', async () => {
  const text = allModulesOf(repository).find(({ path }) => path === 'text');
  if (text === undefined) throw new Error('There is no module text.');
  expect(await names()).toEqual(['the base model', 'the base model']);
  const whole = await personalize(repository);
  expect(await names()).toEqual(['the model of this repository', 'the model of this repository']);
  const own = await personalize(onlyModule(repository, text));
  expect(await names()).toEqual(['the model of module text', 'the model of this repository']);

  // The server writes with what the name says.
  for (const [file, adapterId] of [
    [ofText, own],
    [ofDomain, whole],
  ] as const) {
    const writer = await writerFor(connection, repository, file, { signal });
    const focalContext = {
      method: 'int a() { return 1; }',
      classDeclaration: 'class A',
      constructors: [],
      methods: [],
      fields: [],
      relatedTypes: [],
    };
    const request = { ...writer, focalClass: 'A', focalMethod: 'a', focalContext, nearestTests: [], candidates: 1 };
    for await (const part of generate(connection, { ...request, maxNewTokens: 2 }))
      if (part.kind === 'started') expect(part.adapterId).toBe(adapterId);
  }

  await rollBackAdapter(connection, text.id);
  expect(await names()).toEqual(['the model of this repository', 'the model of this repository']);
  const scopes = [
    { id: repository.identity.id, name: 'whole repository' },
    ...allModulesOf(repository).map(({ id, path }) => ({ id, name: path })),
  ] as const;
  const { signed, ...receipt } = await forgetScopes([connection], [scopes[0], ...scopes.slice(1)]);
  expect(receipt).toMatchObject({ corpora: 2, runs: 2, adapters: 2 });
  expect(signed.map((text) => verifyReceipt(text).statement.erased)).toEqual(['repository', 'repository']);
  expect(await listAdapters(connection, text.id)).toEqual([]);
  await expect(forgetScopes([connection], [scopes[0]])).rejects.toMatchObject({ kind: 'not-found' });
});

test('a server that lists no models writes with what it has', async () => {
  const server = await StandInServer.start({});
  const own = new Connection({ address: server.address, token: standInToken, tls: false });
  expect(await writerFor(own, repository, ofText, { signal })).toMatchObject({
    repository: repository.identity.id,
    model: { kind: 'active' },
  });
  own.close();
  server.stop();
});
