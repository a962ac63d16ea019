import { BespokeError } from './errors.ts';
import { createGenerator, type Generator, type GeneratorOptions } from './generation/generator.ts';
import type { WorkerPool } from './generation/worker-pool.ts';
import type { WorkerOptions } from './generation/worker-protocol.ts';
import type { Log } from './log.ts';

/** The generator of a server. */
export interface OpenGenerator {
  get(): Promise<Pick<Generator, 'generate'>>;
  /** Takes the adapters in a folder out of memory for good. */
  evict(folder: string): Promise<void>;
  /** How many workers take requests at the moment. */
  workers(): number;
  close(): Promise<void>;
}

/**
 * A generator in a thread of this process, loaded when it is first needed: a server that only trains needs no memory for it. One that could
 * not be loaded, or whose worker broke, is loaded anew for the next request.
 */
export function openGenerator(options: GeneratorOptions, log: Log): OpenGenerator {
  let loading: Promise<Generator> | undefined;
  let workers = 0;
  let closed = false;

  const drop = async (broken: Promise<Generator>) => {
    if (loading === broken) {
      loading = undefined;
      workers = 0;
    }
    const generator = await broken.catch(() => undefined);
    await generator?.close().catch((error: unknown) => log.error('generator-not-closed', error));
  };

  const load = () => {
    const startedMs = performance.now();
    const created = createGenerator(options);
    loading = created;
    created.then(
      () => {
        workers = 1;
        log.info('generator-loaded', { durationMs: Math.round(performance.now() - startedMs) });
      },
      () => void drop(created),
    );
    return created;
  };

  return {
    async get() {
      const current = loading ?? load();
      const generator = await current;
      return {
        async *generate(request, signal) {
          try {
            yield* generator.generate(request, signal);
          } catch (error) {
            if (!(error instanceof BespokeError) && !signal.aborted && !closed) void drop(current);
            throw error;
          }
        },
      };
    },
    async evict(folder) {
      // One that could not be loaded holds nothing.
      const generator = await loading?.catch(() => undefined);
      await generator?.evict(folder);
    },
    workers: () => workers,
    async close() {
      closed = true;
      if (loading !== undefined) await drop(loading);
    },
  };
}

/** A generator whose workers are elsewhere: they are started now, and one that broke is replaced without being asked for. */
export async function openGenerators(
  options: GeneratorOptions,
  startPool: (start: WorkerOptions) => WorkerPool,
): Promise<OpenGenerator> {
  let pool: WorkerPool | undefined;
  const decoder = (start: WorkerOptions) => {
    pool = startPool(start);
    return pool;
  };
  const generator = await createGenerator({ ...options, decoder });
  return {
    get: async () => generator,
    evict: (folder) => generator.evict(folder),
    workers: () => pool?.size ?? 0,
    close: () => generator.close(),
  };
}
