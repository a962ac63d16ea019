import { beforeAll, expect, test } from 'vitest';
import { readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { readGraphDescription } from '../../../server/generation/graph-description.ts';
import { ModelCache } from '../../../server/generation/model-cache.ts';
import { WeightStore } from '../../../server/generation/weight-store.ts';
import { type Reference, reference } from './reference.ts';

let ref: Reference;
beforeAll(async () => {
  ref = await reference('llama');
}, 300_000);

async function openCache(maxBytes: number): Promise<ModelCache> {
  const base = await readBaseModelFolder(ref.baseModelDir);
  const graphs = await readGraphDescription(base.path);
  return ModelCache.open(base, graphs, 'float32', new WeightStore(base), 1, maxBytes);
}

test('adapters are kept while they fit, and the one used longest ago goes first', async () => {
  const models = await openCache(1 << 30);
  const [custom, telly] = [ref.adapterDir('custom'), ref.adapterDir('telly')];
  const first = await models.take(custom, 't');
  models.giveBack(first);
  expect(await models.take(custom, 't')).toBe(first);
  await models.take(telly, 't');
  expect(models.size).toBe(2);
  await models.release();
});

test('without room an adapter goes as soon as nobody uses it', async () => {
  const models = await openCache(0);
  const custom = await models.take(ref.adapterDir('custom'), 't');
  const telly = await models.take(ref.adapterDir('telly'), 't');
  expect(models.size).toBe(2);
  models.giveBack(custom);
  models.giveBack(telly);
  await models.take(ref.adapterDir('last-decoder-block'), 't');
  expect(models.size).toBe(1);
  await models.release();
});

test('tenants never share a session, a prefix rides on the base', async () => {
  const models = await openCache(1 << 30);
  const base = await models.take(null, 'a');
  const mine = await models.take(ref.adapterDir('custom'), 'a');
  const theirs = await models.take(ref.adapterDir('custom'), 'b');
  expect(mine.model).not.toBe(theirs.model);
  expect((await models.take(ref.adapterDir('prefix'), 'a')).model).toBe(base.model);
  await models.release();
});
