import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { readBackup, writeBackup } from '../../server/backup/backup-file.ts';
import { readReceipts } from '../../server/backup/read-receipts.ts';
import { signReceipt, verifyReceipt } from '../../server/receipts/receipt.ts';
import { openReceiptKey } from '../../server/receipts/receipt-key.ts';
import { dataDirAt } from '../../server/storage/data-dir.ts';
import { SeededRandom } from '../seeded-random.ts';
import { corpus, getRun, startRun } from './support/runs.ts';
import {
  endServers,
  runServerProgram,
  type ServerUnderTest,
  startRefusedServer,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

/** A server with two repositories, each with a run whose adapter is active, and a token of its own. */
let dataDir: string;
let token: string;
let backup: string;
let runIds: Record<string, string>;
const none = () => temporaryFolder('receipts');

beforeAll(async () => {
  const server = await startServer();
  dataDir = server.dataDir;
  await server.stop();
  token = await createToken();
  const again = await startServer({ dataDir });
  const client = again.client(token);
  runIds = {};
  for (const repository of ['kept', 'doomed']) {
    await client.upload(repository, corpus);
    const run = await startRun(client, repository, { repository });
    await client.watch(run.id);
    await client.activateAdapter(run.id);
    runIds[repository] = run.id;
  }
  await again.stop();
  backup = join(temporaryFolder('backup'), 'backup.tar');
  const { code, stdout } = await backUp(backup);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ backup, bytes: expect.any(Number) });
});
afterAll(endServers);

async function createToken() {
  const args = ['--data-dir', dataDir, '--tenant', 'team', '--name', 'ann', '--role', 'maintainer'];
  return (await runServerProgram(['token', 'create', ...args])).stdout.trim();
}
const backUp = (to: string, from = dataDir) => runServerProgram(['backup', '--data-dir', from, '--to', to]);
const restore = (to: string, from = backup, receipts = none(), killAt?: string) =>
  runServerProgram(['restore', '--data-dir', to, '--from', from, '--receipts', receipts], killAt);

/** Expects a program to be refused with one sentence. */
function expectRefused({ code, stdout, stderr }: Awaited<ReturnType<typeof restore>>, sentence: RegExp) {
  expect([code, stdout]).toEqual([1, '']);
  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
    event: 'refused',
    message: expect.stringMatching(sentence),
  });
}

/** Everything that a client sees of a repository. */
async function seen(server: ServerUnderTest, repository: string) {
  const client = server.client(token);
  const id = runIds[repository] ?? '';
  return {
    upload: await client.getUpload({ repository, corpusSha256: corpus.sha256 }),
    runs: await client.listRuns(repository),
    adapters: await client.listAdapters(repository),
    events: await client.watch(id),
    exported: await exported(server, id),
  };
}

/** The bytes of an adapter as the server hands them out, which it checks against their hashes. */
function exported(server: ServerUnderTest, adapterId: string): Promise<string> {
  const client = server.client(token);
  const call = client.personalization.exportAdapter({ adapterId }, client.metadata);
  return new Promise((done, failed) => {
    const parts: string[] = [];
    call.on('data', (part: object) => parts.push(JSON.stringify(part)));
    call.on('error', failed);
    call.on('end', () => done(parts.join('\n')));
  });
}

/** Names and bytes of everything in a folder but what belongs to a process. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile() && !/owner\.json|checked-base-model/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'latin1')]),
  );
}

describe('a backup that is restored', () => {
  test('serves the same runs, corpora, adapters and tokens, and can be backed up again', async () => {
    const original = await startServer({ dataDir });
    const expected = { kept: await seen(original, 'kept'), doomed: await seen(original, 'doomed') };
    await original.stop();
    expect(expected.kept.adapters.adapters).toMatchObject([{ id: runIds.kept, active: true }]);
    expect(expected.kept.upload.complete).toBe(true);

    const to = join(temporaryFolder('restored'), 'not-there-yet');
    const { code, stdout } = await restore(to);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        ...{ restored: to, created: expect.any(String), files: expect.any(Number) },
        bytes: expect.any(Number),
        forgottenAgain: [],
      },
    ]);
    expect(statSync(join(to, 'receipt-key.pem')).mode & 0o777).toBe(0o600);
    const restored = await startServer({ dataDir: to });
    expect({ kept: await seen(restored, 'kept'), doomed: await seen(restored, 'doomed') }).toEqual(expected);
    // And works on.
    const client = restored.client(token);
    const run = await startRun(client, 'after', { repository: 'kept' });
    await client.watch(run.id);
    expect((await getRun(client, run.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
    await restored.stop();

    const folder = temporaryFolder('second-backup');
    const second = JSON.parse((await backUp(folder, to)).stdout);
    expect(second.backup).toMatch(/bespoke-\d{8}T\d{6}Z\.tar$/);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(statSync(second.backup).mode & 0o777).toBe(0o600);
  });

  test('of a server that was killed in the middle of a run goes on with the run from its checkpoint', async () => {
    const from = temporaryFolder('killed');
    const server = await startServer({ dataDir: from, behaviour: 'steps=40,step_seconds=0.1', freshDatabase: true });
    await server.client().upload('repo', corpus);
    const run = await startRun(server.client(), 'run');
    const before = await server.client().watch(run.id, 0, (event) => event.event?.$case === 'checkpointWritten');
    await server.kill();
    const file = join(temporaryFolder('backup-of-killed'), 'backup.tar');
    expect((await backUp(file, from)).code).toBe(0);
    const to = temporaryFolder('restored-of-killed');
    expect((await restore(to, file)).code).toBe(0);
    const restored = await startServer({ dataDir: to, behaviour: 'steps=40' });
    const events = await restored.client().watch(run.id);
    expect(events.slice(0, before.length)).toEqual(before);
    expect((await getRun(restored.client(), run.id)).state).toBe(RunState.RUN_STATE_SUCCEEDED);
    expect(events.filter(({ event }) => event?.$case === 'trainingProgress' && event.value.step === 1)).toHaveLength(1);
  });
});

async function smallBackup() {
  const root = temporaryFolder('small');
  mkdirSync(join(root, 'database', 'empty'), { recursive: true });
  writeFileSync(join(root, 'database', 'nothing'), '');
  writeFileSync(join(root, 'database', 'rows'), Buffer.alloc(700, 'row'));
  writeFileSync(join(root, 'receipt-key.pem'), 'key');
  const file = join(temporaryFolder('small-backup'), 'backup.tar');
  await writeBackup(root, ['database', 'receipt-key.pem'], file);
  return { file, bytes: readFileSync(file) };
}

describe('a damaged backup is refused with one sentence, and leaves nothing', () => {
  async function check(change: (bytes: Buffer) => Buffer, sentence: RegExp) {
    const file = join(temporaryFolder('damaged'), 'backup.tar');
    writeFileSync(file, change(readFileSync(backup)));
    const to = temporaryFolder('of-damaged');
    expectRefused(await restore(to, file), sentence);
    expect(readdirSync(to).filter((name) => name !== 'owner.json')).toEqual([]);
  }
  const flip = (bytes: Buffer, at: number) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };

  test('cut off in the middle', () =>
    check((bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)), /refused, it was cut off: use/));
  test('a bit of an adapter', () =>
    check(
      (bytes) => flip(bytes, bytes.indexOf('adapter.safetensors') + 600),
      /its file .*adapter\.safetensors does not match its hash/,
    ));
  test('one that is not there', async () =>
    expectRefused(await restore(temporaryFolder('of-nothing'), '/nowhere.tar'), /refused, it does not exist: use/));

  /** Packs a small folder, changes the backup, and expects the same clause of why it is refused. */
  async function checkSmall(change: (bytes: Buffer) => Buffer, clause: RegExp) {
    const { file, bytes } = await smallBackup();
    writeFileSync(file, change(bytes));
    await expect(readBackup(file, temporaryFolder('of-small'))).rejects.toThrow(clause);
  }
  test('cut off before its description, in it, and before its seal', async () => {
    await checkSmall((bytes) => bytes.subarray(0, bytes.indexOf('backup.json')), /^it was cut off$/);
    await checkSmall((bytes) => bytes.subarray(0, bytes.indexOf('"format":1') + 40), /^it was cut off$/);
    await checkSmall((bytes) => bytes.subarray(0, bytes.indexOf('backup.sha256')), /^it was cut off$/);
  });
  test('no backup at all, and an empty file', async () => {
    await checkSmall(() => Buffer.from('not a backup'), /^it was cut off$/);
    await checkSmall(() => Buffer.alloc(2048, 'not a backup'), /^it is damaged or no backup$/);
    await checkSmall(() => Buffer.alloc(0), /^it was cut off$/);
  });
  test('a bit of its description', () =>
    checkSmall(
      (bytes) => flip(bytes, bytes.indexOf('"createdMs":') + 14),
      /^its description does not match its hash$/,
    ));
  test('any bit: what is unpacked is what was packed, or it is refused', async () => {
    const { file, bytes } = await smallBackup();
    const folder = temporaryFolder('of-bits');
    const random = new SeededRandom(8);
    let refused = 0;
    for (let times = 0; times < 200; times++) {
      const at = random.integer(bytes.length);
      const bit = 1 << random.integer(8);
      writeFileSync(file, bytes.with(at, (bytes[at] ?? 0) ^ bit));
      const into = join(folder, String(times));
      mkdirSync(into);
      const isRefused = await readBackup(file, into).then(
        () => false,
        () => true,
      );
      if (isRefused) refused++;
      else
        expect(contentOf(into)).toEqual({
          '/database/nothing': '',
          '/database/rows': 'row'.repeat(234).slice(0, 700),
          '/receipt-key.pem': 'key',
        });
    }
    // The rest is the empty space that a tar file has between its files.
    expect(refused).toBeGreaterThan(80);
  });
});

describe('kill -9', () => {
  test('of a restore at each of its steps: no server starts on what it left, and restoring again works', async () => {
    for (const at of ['backup-unpacked', 'backup-checked', 'restore-moved']) {
      const to = temporaryFolder('restore-killed');
      expect((await restore(to, backup, none(), at)).code).toBeNull();
      const { message } = await startRefusedServer({ dataDir: to });
      expect(message).toMatch(/A restore into the data folder .* did not end: run `restore` again\.$/);
      expectRefused(
        await backUp(join(temporaryFolder('of-half'), 'backup.tar'), to),
        /did not end: run `restore` again/,
      );
      expect((await restore(to)).code).toBe(0);
      expect(readdirSync(to)).not.toContain('restore.unfinished');
      if (at !== 'restore-moved') continue;
      const server = await startServer({ dataDir: to });
      expect((await server.client(token).listAdapters('kept')).adapters).toHaveLength(1);
      await server.stop();
    }
  });
});

describe('what was forgotten after the backup', () => {
  let receipts: string;
  let after: string;
  beforeAll(async () => {
    after = temporaryFolder('after');
    cpSync(dataDir, after, { recursive: true });
    const server = await startServer({ dataDir: after });
    const client = server.client(token);
    const { receipt } = await client.forgetRepository('doomed');
    receipts = join(after, 'receipts');
    // The server keeps a copy of what it answered.
    expect(readdirSync(receipts).map((name) => readFileSync(join(receipts, name), 'utf8'))).toEqual([receipt]);
    await server.stop();
  });

  test('is erased again, with a receipt, and named', async () => {
    const to = temporaryFolder('without');
    const { code, stdout } = await restore(to, backup, receipts);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).forgottenAgain).toEqual([{ tenant: 'team', repository: 'doomed' }]);
    const server = await startServer({ dataDir: to });
    const client = server.client(token);
    expect((await client.listRuns('doomed')).runs).toEqual([]);
    expect(readdirSync(join(to, 'repositories'))).toHaveLength(1);
    const code2 = await client.getRun(runIds.doomed ?? '').catch((error: ServiceError) => error.code);
    expect(code2).toBe(status.NOT_FOUND);
    expect((await client.getForgetReceipt('doomed')).receipt).toMatch(/"statement"/);
    expect((await client.listAdapters('kept')).adapters).toMatchObject([{ id: runIds.kept, active: true }]);
  });

  test('and made again before the backup stays', async () => {
    const server = await startServer({ dataDir: after });
    await server.client(token).upload('doomed', corpus);
    await server.stop();
    const file = join(temporaryFolder('later'), 'backup.tar');
    expect((await backUp(file, after)).code).toBe(0);
    const to = temporaryFolder('with-the-new-one');
    expect(JSON.parse((await restore(to, file, receipts)).stdout).forgottenAgain).toEqual([]);
    const restored = await startServer({ dataDir: to });
    expect(
      (await restored.client(token).getUpload({ repository: 'doomed', corpusSha256: corpus.sha256 })).complete,
    ).toBe(true);
  });

  test('as a whole tenant is gone with its tokens', async () => {
    const gone = temporaryFolder('tenant-gone');
    cpSync(dataDir, gone, { recursive: true });
    expect((await runServerProgram(['tenant', 'forget', '--data-dir', gone, '--tenant', 'team'])).code).toBe(0);
    const to = temporaryFolder('without-tenant');
    expect(JSON.parse((await restore(to, backup, join(gone, 'receipts'))).stdout).forgottenAgain).toEqual([
      { tenant: 'team', repository: null },
    ]);
    expect((await runServerProgram(['token', 'list', '--data-dir', to])).stdout).toBe('');
    expect(readdirSync(join(to, 'repositories'))).toEqual([]);
  });

  test('comes back by no receipt that cannot be read, and by no missing folder', async () => {
    const check = async (text: string, sentence: RegExp) => {
      const folder = none();
      writeFileSync(join(folder, 'receipt.json'), text);
      await expect(readReceipts(folder, dataDirAt(dataDir))).rejects.toThrow(sentence);
    };
    const [name = ''] = readdirSync(receipts);
    const receipt = readFileSync(join(receipts, name), 'utf8');
    await check('{}', /receipt\.json is no receipt, or was changed: get it again/);
    await check(receipt.replace('\\"runs\\":1', '\\"runs\\":0'), /is no receipt, or was changed/);
    const other = await openReceiptKey(join(temporaryFolder('other'), 'key.pem'));
    await check(
      signReceipt(verifyReceipt(receipt).statement, other),
      /is of another server than the backup: take it away/,
    );

    const to = temporaryFolder('refused');
    expectRefused(await restore(to, backup, '/nowhere'), /folder of receipts \/nowhere cannot be read: name it/);
    expect(existsSync(join(to, 'database'))).toBe(false);
    expectRefused(
      await runServerProgram(['restore', '--data-dir', to, '--from', backup]),
      /The flag --receipts is missing/,
    );
  });
});

describe('refusals', () => {
  test('while a server runs', async () => {
    const server = await startServer({ dataDir });
    expectRefused(await backUp(join(temporaryFolder('running'), 'backup.tar')), /Another Bespoke server .* stop it/);
    expectRefused(await restore(dataDir), /Another Bespoke server .* stop it/);
    await server.stop();
  });
  test('into a folder with something in it, which stays as it is', async () => {
    const before = contentOf(dataDir);
    expectRefused(await restore(dataDir), /is not empty: restore into a new one/);
    expect(contentOf(dataDir)).toEqual(before);
  });
  test('to a file that is there, into the data folder, to nowhere', async () => {
    expectRefused(await backUp(backup), /There already is a file .*: name another with --to/);
    expectRefused(
      await backUp(join(dataDir, 'backup.tar')),
      /would lie in the data folder itself: name a place outside/,
    );
    expectRefused(await backUp('/nowhere/backup.tar'), /could not be written: check the place that --to names/);
    expect(existsSync(join(dataDir, 'backup.tar'))).toBe(false);
  });
  test('of what is no data folder, and with PostgreSQL, it says what to do instead', async () => {
    const empty = temporaryFolder('empty');
    expectRefused(
      await backUp('/nowhere.tar', empty),
      /holds no embedded database: check --data-dir, or, with PostgreSQL, use pg_dump/,
    );
    expect(readdirSync(empty)).toEqual([]);
    const url = ['--database-url', 'postgres://localhost/bespoke'];
    for (const command of [
      ['backup', '--to', '/nowhere.tar'],
      ['restore', '--from', backup, '--receipts', '/'],
    ])
      expectRefused(await runServerProgram([...command, '--data-dir', empty, ...url]), /with PostgreSQL use pg_dump/);
  });
});
