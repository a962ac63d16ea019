import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import type { GenerateRequest, GenerateResponse } from '../../proto/gen/bespoke/v1/generation.ts';
import type { Caller } from '../../server/caller.ts';
import { ForgetFlow } from '../../server/flow-forget.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import { openPglite } from '../../server/ledger/pglite-database.ts';
import { ensureTenant } from '../../server/ledger/tenants.ts';
import { createLog } from '../../server/log.ts';
import { openReceiptKey } from '../../server/receipts/receipt-key.ts';
import { RepositoryUses } from '../../server/repository-uses.ts';
import { RunNews } from '../../server/runs/run-news.ts';
import { dataDirAt } from '../../server/storage/data-dir.ts';
import { FolderArtifacts } from '../../server/storage/folder-artifacts.ts';
import { makePair } from '../core/splits/make-pair.ts';
import { faultRun } from '../faults/fault-run.ts';
import { corpus, eventually, required, startRun } from './support/runs.ts';
import {
  endServers,
  runServerProgram,
  type ServerUnderTest,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';
import { Shingles } from './support/shingles.ts';

const faults = faultRun('forget');
const TIMEOUT_MS = faults.isLong ? 3_600_000 : 300_000;

/** A name that is itself long enough to be looked for. */
const doomed = 'doomed-repository-with-a-name-of-more-than-32-bytes';
const commit = 'commit-of-more-than-thirty-two-bytes-c0ffee';
const requestIdOf = (name: string) => `request-of-more-than-thirty-two-bytes-${name}`;
const pairs = Array.from({ length: 60 }, (_, at) => {
  const words = Array.from({ length: 12 }, (_unused, word) => `secretWord${at}x${word}of${(at * 7919 + word) % 997}`);
  const pair = makePair(
    `SecretClass${Math.floor(at / 5)}`,
    `secretTest${at}`,
    `@Test void t${at}() { ${words.join('.')}(); }`,
  );
  return {
    ...pair,
    focalContext: { ...pair.focalContext, method: `int secretMethod${at}() { return ${words.at(-1)}; }` },
  };
});
const secret = makeCorpus(pairs);
const shingles = new Shingles([
  doomed,
  requestIdOf(doomed),
  commit,
  ...pairs.flatMap(({ id, testSource, focalContext, testFile }) => [id, testSource, focalContext.method, testFile]),
]);

afterEach(endServers);

/** Two repositories with a run each; the one that is not forgotten keeps its own texts. */
async function withRepositories(behaviour = 'steps=4') {
  const server = await startServer();
  const client = server.client();
  await client.upload('kept', corpus);
  const kept = await startRun(client, 'kept', { repository: 'kept' });
  await client.watch(kept.id);
  server.behave(behaviour);
  await client.upload(doomed, secret, { header: { commit } });
  const run = await startRun(client, requestIdOf(doomed), { repository: doomed, corpusSha256: secret.sha256 });
  return { server, client, run, kept };
}

/** Expects that nothing of the forgotten repository is on the disk, and everything of the other. */
async function checkGone(server: ServerUnderTest, keptRunId: string) {
  expect(shingles.foundUnder(server.dataDir)).toEqual({});
  const client = server.client();
  expect((await client.listRuns(doomed)).runs).toEqual([]);
  expect((await client.getUpload({ repository: 'kept', corpusSha256: corpus.sha256 })).complete).toBe(true);
  expect((await client.listAdapters('kept')).adapters).toMatchObject([{ id: keptRunId }]);
  expect((await client.watch(keptRunId)).length).toBeGreaterThan(4);
}

async function verify(receipt: string, ...args: string[]) {
  const file = join(temporaryFolder('receipt'), 'receipt.json');
  writeFileSync(file, receipt);
  return runServerProgram(['receipt', 'verify', '--file', file, ...args]);
}

describe('forgetting a repository', () => {
  test('leaves no 32 bytes of it under the data folder, and a receipt that can be verified without the server', async () => {
    const { server, client, run, kept } = await withRepositories();
    await client.watch(run.id);
    const before = Object.keys(shingles.foundUnder(server.dataDir)).map((path) => path.split('/')[0]);
    expect(new Set(before)).toEqual(new Set(['database', 'repositories']));
    const { receipt, bytes, ...counts } = await client.forgetRepository(doomed);
    await checkGone(server, kept.id);

    expect(counts).toEqual({ corpora: 1, runs: 1, adapters: 1 });
    const said = await verify(receipt, '--repository', doomed, '--tenant', 'local');
    expect(JSON.parse(said.stdout)).toMatchObject({
      ...{ erased: 'repository', fingerprint: expect.stringMatching(/^SHA256:/) },
      content: {
        corpusSha256s: [secret.sha256],
        adapterSha256s: [expect.stringMatching(/^[0-9a-f]{64}$/)],
        runs: 1,
        bytes,
      },
    });
    expect((await runServerProgram(['receipt', 'key', '--data-dir', server.dataDir])).stdout.trim()).toBe(
      JSON.parse(said.stdout).fingerprint,
    );
    expect((await client.getForgetReceipt(doomed)).receipt).toBe(receipt);
    for (const text of pairs.map((pair) => pair.testSource)) expect(receipt).not.toContain(text);
  });

  test('a receipt that was changed, or is of another key or repository, is refused with one sentence', async () => {
    const { client } = await withRepositories();
    const { receipt } = await client.forgetRepository(doomed);
    const check = async (changed: string, args: string[], sentence: RegExp) => {
      const { code, stderr, stdout } = await verify(changed, ...args);
      expect([code, stdout]).toEqual([1, '']);
      expect(JSON.parse(stderr).message).toMatch(sentence);
    };
    await check(receipt.replace('\\"runs\\":1', '\\"runs\\":2'), [], /changed after it was signed: ask/);
    await check('{}', [], /changed after it was signed: ask/);
    await check(receipt, ['--fingerprint', 'SHA256:other'], /was signed by the key SHA256:.*: compare/);
    await check(receipt, ['--repository', 'kept'], /for another repository than kept: check --repository/);
    expect((await verify(receipt)).code).toBe(0);
  });

  test('while everything uses it: uploads, runs and generation end, and nothing comes back', async () => {
    const { server, client, run, kept } = await withRepositories();
    await client.watch(run.id);
    await client.activateAdapter(run.id);
    // Loads its adapter.
    await collect(client.generate(generateRequest()));
    server.behave('steps=1000,step_seconds=0.05');
    const running = await startRun(client, 'running', { repository: doomed, corpusSha256: secret.sha256 });
    await client.watch(running.id, 0, (event) => event.event?.$case === 'checkpointWritten');
    const codeOf = (call: Promise<unknown>) =>
      call.then(
        () => 'OK',
        (error: ServiceError) => status[error.code],
      );
    let release = () => {};
    const stalled = new Promise<void>((done) => {
      release = done;
    });
    const extra = makeCorpus([...pairs, makePair('SecretClass', 'late', '@Test void lateSecretTestOfTheUpload() {}')]);
    let reached = () => {};
    const halfway = new Promise<void>((done) => {
      reached = done;
    });
    const upload = codeOf(
      client.upload(doomed, extra, {
        afterChunk: async () => {
          reached();
          await stalled;
        },
      }),
    );
    await halfway;
    const writing = codeOf(collect(client.generate(generateRequest())));
    const receipt = await client.forgetRepository(doomed);
    expect(receipt).toMatchObject({ runs: 2, adapters: 1 });
    release();
    expect(await upload).toBe('NOT_FOUND');
    expect(['OK', 'NOT_FOUND']).toContain(await writing);
    await checkGone(server, kept.id);
    const parts = await collect(client.generate(generateRequest()));
    expect(parts.find((part) => part.$case === 'started')).toMatchObject({ value: { adapterId: '' } });
  });

  test('again finds nothing, and a repository of that name begins anew with a receipt of its own', async () => {
    const { client } = await withRepositories();
    const { receipt } = await client.forgetRepository(doomed);
    const code = await client.forgetRepository(doomed).catch((error: ServiceError) => error.code);
    expect(code).toBe(status.NOT_FOUND);
    await client.upload(doomed, corpus);
    const again = await client.forgetRepository(doomed);
    expect(again).toMatchObject({ corpora: 1, runs: 0, adapters: 0 });
    expect((await client.getForgetReceipt(doomed)).receipt).toBe(again.receipt);
    expect(again.receipt).not.toBe(receipt);
  });
});

describe('kill -9 in the middle of forgetting', () => {
  async function check(reach: (server: ServerUnderTest) => Promise<unknown>) {
    const { server, client, kept } = await withRepositories('steps=1000,step_seconds=0.05');
    const forgetting = client.forgetRepository(doomed).then(
      () => 'answered',
      () => 'cut',
    );
    await reach(server);
    await server.kill();
    const answer = await forgetting;
    const next = await startServer({ dataDir: server.dataDir });
    await checkGone(next, kept.id);
    const { receipt } = await next.client().getForgetReceipt(doomed);
    const said = JSON.parse((await verify(receipt, '--repository', doomed)).stdout);
    expect(said.content).toMatchObject({ runs: 1, corpusSha256s: [secret.sha256] });
    expect(said.content.files).toBeGreaterThan(2);
    return answer;
  }
  const events = ['forgetting-begun', 'ended-runs', 'removed-files', 'deleted-rows', 'scrubbed-database'];
  for (const event of events)
    test(`at ${event}`, () =>
      check((server) => eventually(() => (server.log().includes(event) ? true : undefined), 20_000, 1)));
  test(
    'at random moments',
    async () => {
      const kills = faults.amount(2, 60);
      let answered = 0;
      for (let at = 0; at < kills; at++) {
        const afterMs = Math.random() * 400;
        const answer = await check(async (server) => {
          await eventually(() => (server.log().includes('forgetting-begun') ? true : undefined), 20_000, 1);
          await new Promise((next) => setTimeout(next, afterMs));
        });
        answered += answer === 'answered' ? 1 : 0;
        await endServers();
        faults.report({ kills: at + 1, answeredBeforeTheKill: answered });
      }
    },
    TIMEOUT_MS,
  );
});

describe('forgetting a tenant', () => {
  /** A stopped server with a tenant that leaves and one that stays. */
  async function withTenants() {
    const dataDir = temporaryFolder('tenants');
    const ledger = await openLedger(await openPglite(dataDirAt(dataDir).database));
    const token = (tenantName: string) =>
      ledger.tokens.create({ tenantName, name: 'one', role: 'maintainer', repositories: null, expiresMs: null });
    const [leaving, staying] = [await token('leaving'), await token('staying')];
    await ledger.close();
    const server = await startServer({ dataDir });
    await server.client(staying).upload('kept', corpus);
    const kept = await startRun(server.client(staying), 'kept', { repository: 'kept' });
    await server.client(staying).watch(kept.id);
    const client = server.client(leaving);
    await client.upload(doomed, secret, { header: { commit } });
    const run = await startRun(client, requestIdOf(doomed), { repository: doomed, corpusSha256: secret.sha256 });
    await client.watch(run.id);
    const forget = (killAt?: string) =>
      runServerProgram(['tenant', 'forget', '--data-dir', dataDir, '--tenant', 'leaving'], killAt);
    expect((await forget()).stderr).toMatch(/Another Bespoke server/);
    await server.stop();
    expect(Object.keys(shingles.foundUnder(dataDir))).not.toEqual([]);
    const checkServer = async () => {
      const next = await startServer({ dataDir });
      expect(shingles.foundUnder(dataDir)).toEqual({});
      const refused = await next
        .client(leaving)
        .listRuns(doomed)
        .catch((error: ServiceError) => error.code);
      expect(refused).toBe(status.UNAUTHENTICATED);
      expect((await next.client(staying).listAdapters('kept')).adapters).toMatchObject([{ id: kept.id }]);
      await next.stop();
    };
    return { dataDir, forget, checkServer };
  }

  test('leaves nothing of its repositories and tokens', async () => {
    const { dataDir, forget, checkServer } = await withTenants();
    const forgotten = await forget();
    expect(forgotten.code).toBe(0);
    expect(shingles.foundUnder(dataDir)).toEqual({});
    const said = JSON.parse((await verify(forgotten.stdout, '--tenant', 'leaving')).stdout);
    expect(said).toMatchObject({ erased: 'tenant', content: { repositories: 1, runs: 1 } });
    expect((await forget()).stdout).toBe(forgotten.stdout);
    const nobody = await runServerProgram(['tenant', 'forget', '--data-dir', dataDir, '--tenant', 'nobody']);
    expect(JSON.parse(nobody.stderr).message).toBe('There is no tenant nobody: look at `token list`.');
    await checkServer();
  });

  for (const event of ['forgetting-begun', 'deleted-rows'])
    test(`is finished by the next start of the server after kill -9 at ${event}`, async () => {
      const { forget, checkServer } = await withTenants();
      expect((await forget(event)).code).toBe(null);
      await checkServer();
      expect(JSON.parse((await verify((await forget()).stdout, '--tenant', 'leaving')).stdout).erased).toBe('tenant');
    });
});

describe('an erasure that broke', () => {
  async function withLedger() {
    const dataDir = dataDirAt(temporaryFolder('broken'));
    const database = await openPglite(dataDir.database);
    const ledger = await openLedger(database);
    const tenant = await ensureTenant(database.queries, 'team');
    const caller: Caller = { tenant, role: 'maintainer', repositories: null };
    await ledger.repositories.ensure(caller, doomed);
    const broken = { times: 0 };
    const forget = new ForgetFlow({
      artifacts: new FolderArtifacts(dataDir),
      ...{ ledger, dataDir, uses: new RepositoryUses(), executor: { cancel: async () => {} }, news: new RunNews() },
      ...{ log: createLog(() => {}), receiptKey: await openReceiptKey(dataDir.receiptKey), onErased: () => {} },
      dropAdapters: async () => {
        broken.times -= 1;
        if (broken.times >= 0) throw new Error('The worker does not answer.');
      },
    });
    return { ledger, database, caller, forget, broken };
  }

  test('goes on when it is asked for again', async () => {
    const { ledger, caller, forget, broken } = await withLedger();
    broken.times = 1;
    await expect(forget.forget(caller, doomed)).rejects.toThrow('does not answer');
    await expect(forget.receipt(caller, doomed)).rejects.toThrow(/A receipt .* does not exist/);
    expect(await ledger.repositories.ensure(caller, doomed)).toBeUndefined();
    const [one, other] = await Promise.all([forget.forget(caller, doomed), forget.forget(caller, doomed)]);
    expect(one.receipt).toBe(other.receipt);
    expect(await forget.receipt(caller, doomed)).toBe(one.receipt);
    const elsewhere = { ...caller, repositories: ['elsewhere'] };
    await expect(forget.receipt(elsewhere, doomed)).rejects.toThrow(/does not exist for this token/);
    await ledger.close();
  });

  test('by a server of the time before receipts is finished with one', async () => {
    const { ledger, database, caller, forget } = await withLedger();
    await database.queries.updateTable('repositories').set({ forgetting: true }).execute();
    await forget.finishAll();
    expect(await ledger.repositories.all()).toEqual([]);
    expect(await forget.receipt(caller, doomed)).toContain('"algorithm": "ed25519"');
    await ledger.close();
  });
});

function generateRequest(): GenerateRequest {
  return {
    ...{ repository: doomed, model: { $case: 'active', value: {} }, focalClass: 'SecretClass0' },
    ...{
      focalMethod: 'secretMethod0',
      nearestTests: [],
      candidates: 1,
      maxNewTokens: 0,
      lengthPenalty: undefined,
      faulty: undefined,
    },
    focalContext: {
      ...{ method: 'int secretMethod0() { return 1; }', classDeclaration: 'class SecretClass0' },
      ...{ constructors: [], methods: [], fields: [], relatedTypes: [] },
    },
  };
}

async function collect(stream: AsyncIterable<GenerateResponse>) {
  const parts = [];
  for await (const { part } of stream) parts.push(required(part));
  return parts;
}
