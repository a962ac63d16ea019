import type { KyselyPlugin } from 'kysely';

/**
 * The embedded database answers within the thread that asks, so queries that wait for it follow one another without a turn of the event
 * loop, and meanwhile no call, signal or timer is heard. This gives the event loop a turn between them.
 */
export function eventLoopTurns(): KyselyPlugin {
  let lastMs = performance.now();
  return {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (performance.now() - lastMs > MOST_MS) {
        await new Promise((next) => setImmediate(next));
        lastMs = performance.now();
      }
      return result;
    },
  };
}

const MOST_MS = 5;
