import { loadTokenizer } from '../../core/model-input/tokenizer.ts';
import { readBaseModelFolder } from '../../server/base-model/base-model-folder.ts';
import { readGraphDescription } from '../../server/generation/graph-description.ts';
import { LoadedModel } from '../../server/generation/loaded-model.ts';
import { ModelCache } from '../../server/generation/model-cache.ts';
import { type ScheduledRequest, Scheduler } from '../../server/generation/scheduler.ts';
import { WeightStore } from '../../server/generation/weight-store.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { reference } from '../server/generation/reference.ts';

/** What became of cancelled requests. */
export interface AfterCancels {
  readonly cancelled: number;
  /** Most steps of any model between cancelling all requests and the last place that was given back. */
  readonly mostSteps: number;
  /** Places that were never given back. */
  readonly kept: number;
  /** Results of requests after they were cancelled. */
  readonly results: number;
}

/**
 * Cancels requests of the generator's scheduler, with real tiny models, at random moments: while they wait, while their adapter is loaded,
 * while their input is read and while they are decoded. Counts the steps until their places are free.
 */
export async function cancelScheduled(amount: number, random: SeededRandom): Promise<AfterCancels> {
  const { baseModelDir, adapterDir, cases } = await reference('llama');
  const base = await readBaseModelFolder(baseModelDir);
  const graphs = await readGraphDescription(base.path);
  // Without room for adapters, so that each is loaded again and again.
  const models = await ModelCache.open(base, graphs, 'float32', new WeightStore(base), 1, 0);
  const scheduler = new Scheduler(models, await loadTokenizer(base.path), base.manifest.tokens.endOfTarget, 4);
  const held = new Set<number>();
  let taken = 0;
  let loading = 0;
  const take = models.take.bind(models);
  models.take = async (...wanted) => {
    loading += 1;
    const served = await take(...wanted).finally(() => {
      loading -= 1;
    });
    held.add(taken++);
    return served;
  };
  const giveBack = models.giveBack.bind(models);
  models.giveBack = (served) => {
    const [one] = held;
    if (one !== undefined) held.delete(one);
    giveBack(served);
  };
  const { step } = LoadedModel.prototype;
  let steps = 0;
  LoadedModel.prototype.step = function (...request) {
    steps += 1;
    return step.call(this, ...request);
  };
  let [cancelled, mostSteps, results, kept] = [0, 0, 0, 0];
  let isCancelled = false;
  const result = () => {
    if (isCancelled) results += 1;
  };
  const tick = () => new Promise((next) => setImmediate(next));
  try {
    while (cancelled < amount) {
      isCancelled = false;
      const requests = Array.from({ length: 1 + random.integer(8) }, (): ScheduledRequest => {
        const adapter = random.pick([null, null, 'prefix', 'last-decoder-block', 'custom']);
        const callbacks = { onStarted: result, onDelta: result, onFinished: result, onFailed: result };
        const candidates = random.pick([1, 1, 4]);
        const decoding = { candidates, beam: null, faulty: null, maxNewTokens: 300, atEndOfMethod: false };
        const tokens = random.pick(cases).source;
        return { tokens, adapterDir: adapter && adapterDir(adapter), tenantId: 't', decoding, ...callbacks };
      });
      for (const request of requests) scheduler.add(request);
      for (let ticks = random.integer(12); ticks > 0; ticks--) await tick();
      const before = steps;
      for (const request of requests) scheduler.cancel(request);
      isCancelled = true;
      cancelled += requests.length;
      // A scheduler that forgot a cancel decodes to the end meanwhile.
      const untilMs = performance.now() + 60_000;
      do await tick();
      while ((held.size > 0 || loading > 0) && performance.now() < untilMs);
      mostSteps = Math.max(mostSteps, steps - before);
      kept = Math.max(kept, held.size);
    }
  } finally {
    LoadedModel.prototype.step = step;
  }
  await models.release();
  return { cancelled, mostSteps, kept, results };
}
