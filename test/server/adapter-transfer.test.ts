import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AdapterHeader, exportAdapter, importAdapter } from '../../extension/client/adapter-transfer.ts';
import { Connection } from '../../extension/client/connection.ts';
import { activateAdapter, forgetRepository, listAdapters, listRuns } from '../../extension/client/personalization.ts';
import { ServerError } from '../../extension/client/server-error.ts';
import { watchRun } from '../../extension/client/watch-run.ts';
import { PersonalizationServiceService as service } from '../../proto/gen/bespoke/v1/personalization.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import { openPglite } from '../../server/ledger/pglite-database.ts';
import { dataDirAt } from '../../server/storage/data-dir.ts';
import { corpus, startRun } from './support/runs.ts';
import {
  endServers,
  localToken,
  type ServerUnderTest,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

// The real server; the trainer behind it is a stand-in, whose adapters are prefixes of zeros that fit the base model.

let server: ServerUnderTest;
let connection: Connection;
let header: AdapterHeader;
let tensors: Buffer;
let developer: string;

beforeAll(async () => {
  const dataDir = temporaryFolder('transfer');
  const ledger = await openLedger(await openPglite(dataDirAt(dataDir).database));
  const token = { tenantName: 'local', name: 'developer', role: 'developer', repositories: null } as const;
  developer = await ledger.tokens.create({ ...token, expiresMs: Date.now() + 86_400_000 });
  await ledger.close();
  server = await startServer({ dataDir });
  connection = new Connection({ address: server.address, token: localToken, tls: false });
  const owner = server.client();
  await owner.upload('source', corpus);
  const run = await startRun(owner, 'one', { repository: 'source' });
  await owner.watch(run.id);
  const exported = await exportAdapter(connection, run.id);
  header = exported.header;
  const parts: Uint8Array[] = [];
  for await (const part of exported.data) parts.push(part);
  tensors = Buffer.concat(parts);
});
afterAll(async () => {
  connection.close();
  await endServers();
});

async function* inParts(bytes: Buffer, partBytes = 4096): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}
const bring = (repository: string, over: Connection = connection) =>
  importAdapter(over, { ...header, repository }, inParts(tensors));
/** The manifest with something changed in it. */
function manifestWith(change: (manifest: Record<string, unknown>) => void): Uint8Array {
  const manifest = JSON.parse(Buffer.from(header.manifest).toString()) as Record<string, unknown>;
  change(manifest);
  return Buffer.from(JSON.stringify(manifest));
}
/** What lies in the folder of the only repository of this name. */
function foldersOf(kind: 'adapters' | 'imports'): string[] {
  const repositories = join(server.dataDir, 'repositories');
  return readdirSync(repositories).flatMap((id) => {
    const folder = join(repositories, id, kind);
    return existsSync(folder) ? readdirSync(folder) : [];
  });
}

test('the header tells all that the other server needs, and no single pair', () => {
  expect(header).toMatchObject({ repository: 'source', commit: 'c0ffee', nearestTests: 4 });
  expect(header.proofs.map(({ split, pairIds }) => [split, pairIds])).toEqual([
    ['by-pair', []],
    ['by-focal-class', []],
  ]);
  expect(header.proofs[0]?.base).toMatchObject({ loss: 2, pairs: [] });
  const { files } = JSON.parse(Buffer.from(header.manifest).toString());
  expect(createHash('sha256').update(tensors).digest('hex')).toBe(files['adapter.safetensors'].sha256);
});

test('an adapter that is brought in is one of the repository, and can be activated by its proof', async () => {
  const adapter = await bring('target');
  expect(adapter).toMatchObject({ repository: 'target', strategy: 'prefix', active: false, commit: 'c0ffee' });
  expect(await listAdapters(connection, 'target')).toEqual([adapter]);
  const [run] = await listRuns(connection, 'target');
  expect(run).toMatchObject({ id: adapter.runId, state: 'succeeded', imported: true, trainPairs: 0 });
  expect((await listRuns(connection, 'source'))[0]).toMatchObject({ imported: false, trainPairs: expect.any(Number) });
  expect(await activateAdapter(connection, adapter.id)).toMatchObject({ active: true });
  // Its history ends like that of any run.
  for await (const event of watchRun(connection, adapter.runId)) expect(event).toMatchObject({ state: 'succeeded' });
  expect(await forgetRepository(connection, 'target')).toMatchObject({ runs: 1, adapters: 1 });
});

test('bringing it again changes nothing, also at the same time', async () => {
  const first = await bring('again');
  expect((await bring('again')).id).toBe(first.id);
  const [one, other] = await Promise.all([bring('race'), bring('race')]);
  expect(other.id).toBe(one.id);
  expect(await listAdapters(connection, 'race')).toHaveLength(1);
  expect(foldersOf('adapters')).toHaveLength(3);
});

test('one that is not better is not activated, as anywhere', async () => {
  const proofs = header.proofs.map((proof) => ({ ...proof, personalized: proof.base }));
  const worse = await importAdapter(connection, { ...header, repository: 'worse', proofs }, inParts(tensors));
  await expect(activateAdapter(connection, worse.id)).rejects.toThrow(/not better than the base/);
  const none = await importAdapter(connection, { ...header, repository: 'unproven', proofs: [] }, inParts(tensors));
  await expect(activateAdapter(connection, none.id)).rejects.toThrow(/held out no tests/);
});

describe('refuses', () => {
  /** Expects a refusal with this clause, and nothing left behind. */
  async function check(
    changed: Partial<AdapterHeader>,
    data: AsyncIterable<Uint8Array>,
    sentence: RegExp,
    kind: ServerError['kind'] = 'refused',
  ): Promise<void> {
    const before = foldersOf('adapters');
    const failure = await importAdapter(connection, { ...header, repository: 'refused', ...changed }, data).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(failure).toBeInstanceOf(ServerError);
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(sentence) });
    expect(await listAdapters(connection, 'refused')).toEqual([]);
    expect([foldersOf('adapters'), foldersOf('imports')]).toEqual([before, []]);
  }
  const all = () => inParts(tensors);
  const flipped = () => {
    const copy = Buffer.from(tensors);
    copy[copy.length - 1] = 1;
    return copy;
  };

  test('another base model', () =>
    check(
      { manifest: manifestWith((it) => (it.baseModelSha256 = '0'.repeat(64))) },
      all(),
      /trained on another base model/,
    ));
  test('altered tensors', () => check({}, inParts(flipped()), /its tensors do not match their hash: export it again/));
  test('too few bytes', () => check({}, inParts(tensors.subarray(0, 100)), /it ends after 100 of \d+ bytes/));
  test('too many bytes', () =>
    check({}, inParts(Buffer.concat([tensors, Buffer.alloc(9)])), /longer than its manifest says/));
  test('a manifest that is none', () => check({ manifest: Buffer.from('{') }, all(), /its manifest\.json is no JSON/));
  test('a manifest that is huge', () =>
    check({ manifest: Buffer.alloc((1 << 20) + 1, ' ') }, all(), /its manifest is larger than 1 MiB/));
  test('a file name that leads out', () =>
    check(
      { manifest: manifestWith((it) => (it.files = { '../../evil': { sha256: 'x', bytes: 1 } })) },
      all(),
      /its file name \.\.\/\.\.\/evil leads out of it/,
    ));
  test('a second file', () =>
    check(
      {
        manifest: manifestWith((it) => {
          it.files = { ...(it.files as object), 'extra.bin': { sha256: 'x', bytes: 1 } };
        }),
      },
      all(),
      /holds other files than adapter\.safetensors/,
    ));
  test('sizes beyond the base model', () =>
    check(
      { manifest: manifestWith((it) => (it.files = { 'adapter.safetensors': { sha256: 'x', bytes: 1e12 } })) },
      all(),
      /larger than its base model/,
    ));
  test('a size that is no number', () =>
    check(
      { manifest: manifestWith((it) => (it.files = { 'adapter.safetensors': { sha256: 'x', bytes: '9' } })) },
      all(),
      /says too little/,
    ));
  test('what is no safetensors, whatever its hash', () => {
    const pickle = Buffer.alloc(64, 0x80);
    const sha256 = createHash('sha256').update(pickle).digest('hex');
    const files = { 'adapter.safetensors': { sha256, bytes: pickle.length } };
    return check({ manifest: manifestWith((it) => (it.files = files)) }, inParts(pickle), /is not a safetensors file/);
  });
  test('tensors that the strategy does not save', () =>
    check({ manifest: manifestWith((it) => (it.strategy = 'telly')) }, all(), /the base model has no tensor prefix/));
  test('a repository without a valid name', () => check({ repository: '../x' }, all(), /no valid name/));
  test('a part that is too large', async () => {
    const value = { ...header, repository: 'refused', proofs: [], commit: '' };
    const messages = [
      { part: { $case: 'header', value } } as const,
      { part: { $case: 'data', value: Buffer.alloc((1 << 20) + 1) } } as const,
    ];
    await expect(connection.clientStream(service.importAdapter, messages, { deadlineMs: 60_000 })).rejects.toThrow(
      /larger than 1 MiB: send it in smaller parts/,
    );
  });
  test('data without a header', async () => {
    const messages = [{ part: { $case: 'data', value: Buffer.alloc(9) } } as const];
    await expect(connection.clientStream(service.importAdapter, messages, { deadlineMs: 60_000 })).rejects.toThrow(
      /does not begin with its header/,
    );
  });
  test('a developer, in either direction', async () => {
    const own = new Connection({ address: server.address, token: developer, tls: false });
    await expect(bring('refused', own)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(exportAdapter(own, 'any')).rejects.toMatchObject({ kind: 'forbidden' });
    own.close();
  });
});

test('survives kill -9 once it is acknowledged; what was not is removed at the next start', async () => {
  const adapter = await bring('survivor');
  // An import whose client never goes on.
  const stuck = new AbortController();
  async function* never(): AsyncGenerator<Uint8Array> {
    yield tensors.subarray(0, 64);
    await new Promise((_, failed) => stuck.signal.addEventListener('abort', () => failed(new Error('gone'))));
  }
  const waiting = importAdapter(connection, { ...header, repository: 'survivor' }, never(), { signal: stuck.signal });
  waiting.catch(() => undefined);
  await expect.poll(() => foldersOf('imports')).toHaveLength(1);
  await server.kill();
  stuck.abort();
  expect(foldersOf('imports')).toHaveLength(1);
  server = await startServer({ dataDir: server.dataDir });
  connection.close();
  connection = new Connection({ address: server.address, token: localToken, tls: false });
  expect(foldersOf('imports')).toEqual([]);
  expect(await listAdapters(connection, 'survivor')).toMatchObject([{ id: adapter.id, bytes: adapter.bytes }]);
  expect(await activateAdapter(connection, adapter.id)).toMatchObject({ active: true });
});
