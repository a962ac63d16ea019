import { join } from 'node:path';
import { SafetensorsFile } from '../../core/tensors/safetensors-file.ts';
import type { AdapterFolder } from '../adapters/adapter-folder.ts';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import { KeyValueCache } from './key-value-cache.ts';

/** Keys and values that go before a request's own, in caches of one slot; empty ones for a model without a prefix. */
export interface Prefix {
  readonly length: number;
  readonly decoder: KeyValueCache;
  readonly encoder: KeyValueCache;
}

/** The prefix of an adapter, or an empty one. */
export async function loadPrefix(base: BaseModelFolder, adapter: AdapterFolder | null): Promise<Prefix> {
  const { blocks, attention } = base.manifest;
  const length = adapter?.prefixLength ?? 0;
  const cacheOf = (count: number) => {
    const shape = { blocks: count, heads: attention.keyValueHeads, headSize: attention.headSize };
    const cache = new KeyValueCache(shape);
    cache.resize(1, length);
    return cache;
  };
  const prefix = { length, decoder: cacheOf(blocks.decoder), encoder: cacheOf(blocks.encoder) };
  if (adapter === null || length === 0) return prefix;
  const file = await SafetensorsFile.open(join(adapter.path, 'adapter.safetensors'));
  try {
    const stacks = blocks.encoder === 0 ? (['decoder'] as const) : (['decoder', 'encoder'] as const);
    for (const stack of stacks)
      for (const kind of ['keys', 'values'] as const) {
        const bytes = await file.read(`prefix.${stack}.${kind}`);
        const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
        const size = length * attention.keyValueHeads * attention.headSize;
        for (let block = 0; block < blocks[stack]; block++)
          prefix[stack].fill(0, block, kind, values.subarray(block * size, (block + 1) * size));
      }
  } finally {
    await file.close();
  }
  return prefix;
}
