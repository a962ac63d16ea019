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
      for (const kind of ['keys', 'values'] as const)
        await fillBlocks(prefix[stack], kind, file, `prefix.${stack}.${kind}`, blocks[stack]);
  } finally {
    await file.close();
  }
  return prefix;
}

/** Reads [blocks, P, heads, headSize] some blocks at a time into the same memory: touching new memory takes longer than reading. */
async function fillBlocks(
  cache: KeyValueCache,
  kind: 'keys' | 'values',
  file: SafetensorsFile,
  name: string,
  blocks: number,
): Promise<void> {
  const { begin, end } = file.tensors.get(name) ?? { begin: 0, end: 0 };
  const size = (end - begin) / (4 * blocks);
  const atOnce = Math.max(1, Math.floor(READ_VALUES / size));
  const values = new Float32Array(atOnce * size);
  for (let first = 0; first < blocks; first += atOnce) {
    const count = Math.min(atOnce, blocks - first);
    await file.readInto(name, first * size * 4, new Uint8Array(values.buffer, 0, count * size * 4));
    for (let at = 0; at < count; at++) cache.fill(0, first + at, kind, values.subarray(at * size, (at + 1) * size));
  }
}

const READ_VALUES = 1 << 18;
