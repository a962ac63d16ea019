import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readAdapterFolder } from '../../../server/adapters/adapter-folder.ts';
import { readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { createGenerator } from '../../../server/generation/generator.ts';
import { readGraphDescription } from '../../../server/generation/graph-description.ts';
import { KeyValueCache } from '../../../server/generation/key-value-cache.ts';
import { LoadedModel } from '../../../server/generation/loaded-model.ts';
import { ModelCache } from '../../../server/generation/model-cache.ts';
import { WeightStore } from '../../../server/generation/weight-store.ts';
import { AdapterMaker } from '../support/made-adapters.ts';
import { endServers, temporaryFolder } from '../support/server-under-test.ts';
import { bundledWorker } from './bundled-worker.ts';
import { reference } from './reference.ts';

// Adapters of the last block share all but that block.

afterAll(endServers);

describe.each(['llama', 'bart'] as const)('%s', (architecture) => {
  const adapters = 4;

  async function open() {
    const ref = await reference(architecture);
    const base = await readBaseModelFolder(ref.baseModelDir);
    const folder = temporaryFolder('shared-model');
    const maker = await AdapterMaker.open(base);
    for (let at = 0; at < adapters; at++) maker.write(join(folder, `${at}`), 'last-decoder-block', at);
    return { ref, base, folder };
  }

  test('each has its block for itself and shares the rest, also with other tenants', async () => {
    const { base, folder } = await open();
    const graphs = await readGraphDescription(base.path);
    const models = await ModelCache.open(base, graphs, 'float32', new WeightStore(base), 1, 1 << 30);
    const first = await models.take(join(folder, '0'), 'a');
    const others = [await models.take(join(folder, '1'), 'a'), await models.take(join(folder, '0'), 'b')];
    for (const other of others) {
      expect(other.model).toBe(first.model);
      expect(other.own).not.toBe(first.own);
    }
    expect(first.model).not.toBe((await models.take(null, 'a')).model);
    await models.release();
  });

  test('many in one batch write what each writes alone', async () => {
    const { ref, folder } = await open();
    const { baseModelDir, cases } = ref;
    const options = { threads: 1, workerFile: await bundledWorker(), maxConcurrentRequests: 12 };
    const generator = await createGenerator({ baseModelDir, ...options });
    const write = async (at: number) => {
      const adapter = { id: `${at}`, folder: join(folder, `${at % adapters}`) };
      const request = {
        tenantId: `${at}`,
        adapter,
        tokens: cases[1]?.source ?? [],
        candidates: 1 + (at % 2),
        beam: null,
      };
      const found: (readonly number[])[] = [];
      const parts = generator.generateFromTokens(
        { ...request, maxNewTokens: ref.maxNewTokens, atEndOfMethod: false },
        new AbortController().signal,
      );
      for await (const part of parts) if (part.kind === 'candidate') found.push(part.tokens);
      return found;
    };
    const requests = Array.from({ length: 3 * adapters }, (_, at) => at);
    const together = await Promise.all(requests.map(write));
    for (const at of requests) expect(together[at]).toEqual(await write(at));
    expect(new Set(together.map((found) => String(found[0]))).size).toBeGreaterThan(1);
    await generator.close();
  });
});

test('in eight bits an encoder of which a part is shared gives what a whole one of the adapter gives', async () => {
  const { baseModelDir, cases } = await reference('bart');
  const base = await readBaseModelFolder(baseModelDir);
  const path = join(temporaryFolder('shared-model'), 'adapter');
  (await AdapterMaker.open(base)).write(path, 'last-decoder-block', 1);
  const adapter = await readAdapterFolder(path, base);
  const graphs = await readGraphDescription(base.path);
  const [store, tensors] = [new WeightStore(base), new Set(adapter.tensors.keys())];
  const whole = await LoadedModel.load(base, graphs, 'int8', store, adapter, 1);
  const shared = await LoadedModel.loadShared(base, graphs, 'int8', store, tensors, 1);
  const own = await shared.ownPart(adapter);
  const { blocks, attention } = base.manifest;
  const shape = { blocks: blocks.encoder, heads: attention.keyValueHeads, headSize: attention.headSize };
  const noPrefix = new KeyValueCache(shape);
  noPrefix.resize(1, 0);
  const tokens = cases[1]?.source ?? [];
  const fromShared = (await shared.encode(tokens, noPrefix, own)).tensors(1);
  expect(fromShared).toEqual((await whole.encode(tokens, noPrefix, null)).tensors(1));
  expect(fromShared.keys.length).toBe(blocks.decoder);
  await Promise.all([own.release(), shared.release(), whole.release()]);
});
