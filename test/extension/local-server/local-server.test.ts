import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DEFAULT_BASE } from '../../../core/base-model/embedded-bases.ts';
import { Connection } from '../../../extension/client/connection.ts';
import { describeServer } from '../../../extension/client/personalization.ts';
import {
  baseModelDirOf,
  type LocalServerLayout,
  missingParts,
  pythonOf,
} from '../../../extension/local-server/layout.ts';
import { LocalServer } from '../../../extension/local-server/local-server.ts';
import { setUpLocalServer } from '../../../extension/local-server/set-up.ts';
import { bundleServer } from '../../../server/bundle.mjs';
import { standInTrainerDir, home as testHome } from '../../server/support/places.ts';
import { tinyBaseModel } from '../../server/support/tiny-base-model.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

let folder: string;
let layout: LocalServerLayout;

beforeAll(async () => {
  // Inside the test home, where the bundle finds onnxruntime-node.
  mkdirSync(join(testHome, 'run'), { recursive: true });
  folder = mkdtempSync(join(testHome, 'run', 'local-server-'));
  const home = join(folder, 'home');
  await bundleServer(join(folder, 'dist'));
  mkdirSync(dirname(pythonOf(home)), { recursive: true });
  symlinkSync('/usr/bin/python3', pythonOf(home));
  mkdirSync(dirname(baseModelDirOf(home)), { recursive: true });
  symlinkSync(await tinyBaseModel(), baseModelDirOf(home));
  layout = {
    serverScript: join(folder, 'dist', 'server.js'),
    setUpScript: join(folder, 'set-up.mjs'),
    trainerDir: standInTrainerDir,
    home,
    base: DEFAULT_BASE,
    dataDir: join(folder, 'data'),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

async function tenantAt(endpoint: { address: string; token: string }): Promise<string> {
  const connection = new Connection({ ...endpoint, tls: false });
  try {
    return (await describeServer(connection)).tenant;
  } finally {
    connection.close();
  }
}

test('starts once, answers, and ends in good order', async () => {
  const log: string[] = [];
  const server = new LocalServer(layout, { onLog: (line) => log.push(line) });
  const [one, other] = await Promise.all([server.start(), server.start()]);
  expect(other).toEqual(one);
  expect(one.address).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(await tenantAt(one)).toBe('local');
  await server.stop();
  expect(server.isRunning).toBe(false);
  expect(log.join('\n')).toMatch(/"event":"stopped"[\s\S]*ended with code 0/);
  expect(log.join('\n')).not.toContain(one.token);
});

test('after kill -9 it is back at the same address with the same token', async () => {
  const server = new LocalServer(layout);
  const before = await server.start();
  const { pid } = server;
  process.kill(pid ?? 0, 'SIGKILL');
  await expect.poll(() => server.pid !== pid && server.isRunning, { timeout: 30_000 }).toBe(true);
  const after = await server.start();
  expect(after).toEqual(before);
  expect(await tenantAt(after)).toBe('local');
  await server.stop();
});

test('two servers do not share a folder: the second says why', async () => {
  const first = new LocalServer(layout);
  await first.start();
  const second = new LocalServer(layout);
  await expect(second.start()).rejects.toMatchObject({
    kind: 'did-not-start',
    message: expect.stringMatching(/ended with code 1 before it was ready: .+: /),
  });
  await first.stop();
});

test('an empty home is named as not set up, and nothing is started', async () => {
  const home = mkdtempSync(join(tmpdir(), 'bespoke-home-'));
  expect(missingParts({ ...layout, home })).toEqual(['the Python environment', 'the base model']);
  const server = new LocalServer({ ...layout, home });
  await expect(server.start()).rejects.toMatchObject({
    kind: 'not-set-up',
    message: expect.stringMatching(/lacks the Python environment and the base model: run the set-up/),
  });
  expect(server.isRunning).toBe(false);
});

test('the set-up tells its progress, its failure in one sentence, and can be cancelled', async () => {
  const run = (script: string, signal?: AbortSignal) => {
    writeFileSync(layout.setUpScript, script);
    const lines: string[] = [];
    const ended = setUpLocalServer(layout, { signal, onProgress: (line) => lines.push(line) });
    return { ended, lines };
  };
  const good = run("console.log('set-up: base model …'); console.log('set-up: done');");
  await good.ended;
  expect(good.lines).toEqual(['set-up: base model …', 'set-up: done']);
  const bad = run("console.error('set-up failed: No Python 3.10 or newer was found; install one.'); process.exit(1);");
  await expect(bad.ended).rejects.toMatchObject({ message: 'No Python 3.10 or newer was found; install one.' });
  const controller = new AbortController();
  const endless = run('setInterval(() => {}, 1000);', controller.signal);
  controller.abort(new Error('cancelled by the user'));
  await expect(endless.ended).rejects.toThrow('cancelled by the user');
});
