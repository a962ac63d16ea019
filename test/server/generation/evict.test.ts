import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { readGraphDescription } from '../../../server/generation/graph-description.ts';
import { ModelCache } from '../../../server/generation/model-cache.ts';
import { WeightStore } from '../../../server/generation/weight-store.ts';
import { endServers, temporaryFolder } from '../support/server-under-test.ts';
import { type Reference, reference } from './reference.ts';

let ref: Reference;
beforeAll(async () => {
  ref = await reference('llama');
}, 300_000);
afterAll(endServers);

/** A cache, and the adapters of two repositories, each in a folder of its own. */
async function open(maxBytes = 1 << 30) {
  const base = await readBaseModelFolder(ref.baseModelDir);
  const graphs = await readGraphDescription(base.path);
  const models = await ModelCache.open(base, graphs, 'float32', new WeightStore(base), 1, maxBytes);
  const [doomed, kept] = [temporaryFolder('doomed'), temporaryFolder('kept')];
  for (const strategy of ['custom', 'last-decoder-block', 'prefix'] as const)
    cpSync(ref.adapterDir(strategy), join(doomed, strategy), { recursive: true });
  cpSync(ref.adapterDir('telly'), join(kept, 'telly'), { recursive: true });
  return { models, doomed, kept };
}

test("a repository's adapters leave memory, and those of others stay", async () => {
  const { models, doomed, kept } = await open();
  const staying = await models.take(join(kept, 'telly'), 't');
  for (const strategy of ['custom', 'prefix']) models.giveBack(await models.take(join(doomed, strategy), 't'));
  expect(models.size).toBe(3);
  await models.evict(doomed);
  expect(models.size).toBe(1);
  expect(await models.take(join(kept, 'telly'), 't')).toBe(staying);
  await models.release();
});

test('one that is in use leaves when it is given back, and not before', async () => {
  const { models, doomed } = await open();
  const used = await models.take(join(doomed, 'custom'), 't');
  let isGone = false;
  const gone = models.evict(doomed).then(() => {
    isGone = true;
  });
  await new Promise((next) => setTimeout(next, 50));
  expect([isGone, models.size]).toEqual([false, 0]);
  models.giveBack(used);
  await gone;
  await models.release();
});

test('none comes back, also when it was on its way in', async () => {
  const { models, doomed } = await open();
  const coming = models.take(join(doomed, 'custom'), 't').catch((error: Error) => error.message);
  await models.evict(doomed);
  expect(await coming).toMatch(/its repository was erased/);
  await expect(models.take(join(doomed, 'prefix'), 't')).rejects.toThrow(/its repository was erased/);
  expect(models.size).toBe(0);
  await models.release();
});

test('one that makes room while another of its folder is still in use leaves memory once', async () => {
  const { models, doomed, kept } = await open(0);
  const used = await models.take(join(doomed, 'custom'), 't');
  const unused = await models.take(join(doomed, 'last-decoder-block'), 't');
  const gone = models.evict(doomed);
  models.giveBack(unused);
  models.giveBack(await models.take(join(kept, 'telly'), 't'));
  models.giveBack(used);
  await gone;
  expect(models.size).toBe(1);
  await models.release();
});
