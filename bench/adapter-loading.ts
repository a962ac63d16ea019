import { availableParallelism } from 'node:os';
import { DEFAULT_BASE } from '../core/base-model/embedded-bases.ts';
import { baseModelDirOf } from '../extension/local-server/layout.ts';
import { bestPrecision } from '../server/generation/best-precision.ts';
import { readGraphDescription } from '../server/generation/graph-description.ts';
import { ModelCache } from '../server/generation/model-cache.ts';
import { WeightStore } from '../server/generation/weight-store.ts';
import { madeStrategies } from '../test/server/support/made-adapters.ts';
import { home } from '../test/server/support/places.ts';
import { basesOf } from './base-models.ts';
import { percentile } from './percentile.ts';
import { Fleet } from './tenant-fleet.ts';

export const options = {
  base: { type: 'string', default: DEFAULT_BASE },
  strategy: { type: 'string', default: 'prefix' },
  adapters: { type: 'string', default: '1024' },
} as const;

/** What it takes to have the adapters of many repositories in memory. */
export interface AdapterLoading {
  /** From a folder that no request used before to the first step that could be made: reading, the check of its hash, sessions. */
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  /** What the process grew by for each adapter. */
  readonly megabytes: number;
  /** What the generator counts for each, for its limit. */
  readonly countedBytes: number;
}

/**
 * Loads random adapters of one strategy, in the form and size of trained ones, after one that brings along what they share. A process of its
 * own measures its memory undisturbed. The files were written shortly before, so they come out of the system's memory.
 */
export default async function measure(given: Record<keyof typeof options, string>): Promise<AdapterLoading> {
  const [name = DEFAULT_BASE] = basesOf(given.base);
  const strategy = madeStrategies.find((one) => one === given.strategy);
  if (strategy === undefined)
    throw new Error(`There is no ${given.strategy} here: use ${madeStrategies.join(' or ')}.`);
  const adapters = Number(given.adapters);
  const fleet = await Fleet.make(baseModelDirOf(home, name), adapters + 1, [strategy]);
  try {
    const { base } = fleet;
    const graphs = await readGraphDescription(base.path);
    const store = new WeightStore(base);
    const models = await ModelCache.open(base, graphs, bestPrecision(), store, availableParallelism(), Infinity);
    const load = async (at: number) => {
      const { tenantId, adapter } = fleet.repository(strategy, at);
      const startedMs = performance.now();
      models.giveBack(await models.take(adapter.folder, tenantId));
      return performance.now() - startedMs;
    };
    await load(adapters);
    const before = process.memoryUsage().rss;
    const times: number[] = [];
    for (let at = 0; at < adapters; at++) times.push(await load(at));
    return {
      medianMs: percentile(times, 0.5),
      p95Ms: percentile(times, 0.95),
      megabytes: (process.memoryUsage().rss - before) / 1e6 / adapters,
      countedBytes: models.bytes / models.size,
    };
  } finally {
    fleet.remove();
  }
}
