import { Blocks, type BlocksOptions } from './generation/blocks.ts';
import type { Log } from './log.ts';

/** The blocks of a server. */
export interface OpenBlocks {
  get(): Promise<Blocks>;
  close(): Promise<void>;
}

/** Loaded when they are first needed: a server whose clients split nothing needs no memory for them. Broken ones are loaded anew. */
export function openBlocks(options: BlocksOptions, log: Log): OpenBlocks {
  let loading: Promise<Blocks> | undefined;
  const load = () => {
    const startedMs = performance.now();
    const created = Blocks.load(options);
    loading = created;
    created.then(
      () => log.info('blocks-loaded', { durationMs: Math.round(performance.now() - startedMs) }),
      () => {
        loading = undefined;
      },
    );
    return created;
  };
  return {
    async get() {
      const blocks = await loading;
      return blocks === undefined || blocks.hasEnded ? load() : blocks;
    },
    async close() {
      const blocks = await loading?.catch(() => undefined);
      await blocks?.close();
    },
  };
}
