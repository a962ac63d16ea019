import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { pack } from '../../../extension/cli/pack.ts';
import type { Connection } from '../../../extension/client/connection.ts';
import { Connection as Channel } from '../../../extension/client/connection.ts';
import { generate, type ModelChoice } from '../../../extension/client/generation.ts';
import { activateAdapter, getRun, listAdapters, startRun } from '../../../extension/client/personalization.ts';
import { uploadCorpus } from '../../../extension/client/upload-corpus.ts';
import { watchRun } from '../../../extension/client/watch-run.ts';
import { checkPackFor, exportPack, importPack } from '../../../extension/features/pack-transfer.ts';
import { newPackKey } from '../../../extension/packs/pack-key.ts';
import { identifyRepository } from '../../../extension/workspace/repository-identity.ts';
import { distinctPairs } from '../../core/splits/make-pair.ts';
import { trainerDir, trainerPython } from '../../server/support/places.ts';
import { endServers, localToken, startServer, temporaryFolder } from '../../server/support/server-under-test.ts';

// Two real servers with the real trainer and a real tiny model: what one has learned, the other writes.

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 });

const pairs = distinctPairs(24, 7);
const folder = temporaryFolder('pack-between');
const file = join(folder, 'model.bespoke-model');
const signal = new AbortController().signal;
const key = newPackKey();
let home: Connection;
let away: Connection;
let awayAddress: string;
let adapterId: string;

beforeAll(async () => {
  const real = { trainerDir, python: trainerPython() };
  const [one, other] = [await startServer(real), await startServer(real)];
  const connect = ({ address }: { address: string }) => new Channel({ address, token: localToken, tls: false });
  home = connect(one);
  away = connect(other);
  awayAddress = other.address;
  const repository = 'home-repo';
  const { corpusSha256 } = await uploadCorpus(home, { repository, pairs, commit: 'c0ffee' });
  const run = await startRun(home, {
    ...{ requestId: 'one', repository, corpusSha256, strategy: 'last-decoder-block' },
    ...{ heldOutSplits: ['by-pair', 'by-focal-class'], heldOutPairs: 20 },
    options: { seed: 3, learningRate: 0.01, maxEpochs: 2, batchSize: 16, computeType: 'float32', threads: 1 },
  });
  for await (const _ of watchRun(home, run.id));
  adapterId = (await getRun(home, run.id)).adapterId ?? '';
  const [adapter] = await listAdapters(home, repository);
  if (adapter === undefined) throw new Error('The run left no adapter.');
  await exportPack(home, adapter, { file, repositoryName: 'Home', privateKeyPem: key }, signal);
});
afterAll(async () => {
  home.close();
  away.close();
  await endServers();
});

/** What a model writes greedily for a pair. */
async function written(connection: Connection, repository: string, model: ModelChoice, at = 0): Promise<string> {
  const pair = pairs[at];
  if (pair === undefined) throw new Error('There is no such pair.');
  const { focalClass, focalMethod, focalContext } = pair;
  const request = { repository, model, focalClass, focalMethod, focalContext, nearestTests: [], candidates: 1 };
  for await (const part of generate(connection, { ...request, maxNewTokens: 32 }))
    if (part.kind === 'candidate') return part.candidate.text;
  throw new Error('Nothing was written.');
}

test('the imported model writes the same tokens as where it was trained, and others than the base', async () => {
  const checked = await checkPackFor(away, file, signal);
  expect(checked.description).toMatchObject({ repository: 'Home', strategy: 'last-decoder-block', commit: 'c0ffee' });
  const imported = await importPack(away, file, checked, 'away-repo', signal);
  await activateAdapter(away, imported.id);
  for (const at of [0, 50, 100]) {
    const original = await written(home, 'home-repo', { kind: 'adapter', adapterId }, at);
    expect(await written(away, 'away-repo', { kind: 'active' }, at)).toBe(original);
    expect(await written(away, 'away-repo', { kind: 'base' }, at)).not.toBe(original);
  }
});

test('a pack for another base model is refused before anything is sent', async () => {
  const [adapter] = await listAdapters(home, 'home-repo');
  if (adapter === undefined) throw new Error('The run left no adapter.');
  const foreign = join(folder, 'foreign.bespoke-model');
  await exportPack(
    home,
    { ...adapter, baseModelSha256: 'f'.repeat(64) },
    { file: foreign, repositoryName: 'Home', privateKeyPem: key },
    signal,
  );
  await expect(checkPackFor(away, foreign, signal)).rejects.toThrow(
    /^The model pack foreign\.bespoke-model was refused, it was trained on the base model unknown \(f{12}\) and this server writes with tiny-llama \(\w{12}\): ask/,
  );
});

/** Runs `bespoke pack` in this process and gives its exit code and what it printed. */
async function commandLine(args: readonly string[], env: Record<string, string> = {}) {
  let printed = '';
  const listen = (text: string | Uint8Array) => {
    printed += text;
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(listen),
    vi.spyOn(process.stderr, 'write').mockImplementation(listen),
  ];
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    return { code: await pack.run(args, signal).catch((error: Error) => error.message), printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}

test('on the command line: export, verify and import, as CI does it', async () => {
  const repository = temporaryFolder('repository-of-ci');
  const remote = ['--server', awayAddress];
  const env = { BESPOKE_TOKEN: localToken, BESPOKE_PACK_KEY: join(folder, 'key.pem') };
  const { printed: verified } = await commandLine(['verify', file]);
  const { signedBy } = JSON.parse(verified);
  expect(signedBy).toMatch(/^SHA256:/);
  expect(await commandLine(['verify', file, '--key', signedBy])).toMatchObject({ code: 0 });
  expect((await commandLine(['verify', file, '--key', 'SHA256:other'])).code).toMatch(
    /signed by SHA256:.*, not by SHA256:other/,
  );
  expect((await commandLine(['import', file, repository, '--key', 'SHA256:other', ...remote], env)).code).toMatch(
    /not by SHA256:other: get it from whom you trust/,
  );
  const imported = await commandLine(['import', file, repository, '--key', signedBy, '--activate', ...remote], env);
  expect(imported.code).toBe(0);
  expect(JSON.parse(imported.printed)).toMatchObject({
    active: true,
    imported: expect.stringMatching(/^last-decoder-block model of Home/),
  });
  const id = identifyRepository(repository).id;
  expect(await listAdapters(away, id)).toMatchObject([{ active: true }]);
  const out = join(folder, 'again.bespoke-model');
  const exported = await commandLine(['export', repository, '--out', out, ...remote], env);
  expect(exported.code).toBe(0);
  expect(JSON.parse((await commandLine(['verify', out])).printed).signedBy).toBe(JSON.parse(exported.printed).signedBy);
  expect(readFileSync(env.BESPOKE_PACK_KEY, 'utf8')).toContain('PRIVATE KEY');
  const altered = readFileSync(out);
  altered[altered.length - 5000] = (altered[altered.length - 5000] ?? 0) ^ 1;
  writeFileSync(out, altered);
  expect((await commandLine(['verify', out])).code).toMatch(/altered after it was signed/);
  rmSync(out);
  expect(await commandLine(['import', file, repository, ...remote], env)).toMatchObject({
    code: 2,
    printed: expect.stringMatching(/Say with --key whose packs you trust/),
  });
});
