import { setTimeout as sleep } from 'node:timers/promises';
import { ServerError } from './server-error.ts';

/** Whether a call that broke may be made again when nobody knows whether the server did what it asked for. */
export type Repeatable = boolean;

/** How long a server may be away that was there before: it is restarted in that time. */
const patienceMs = 15_000;
const firstPauseMs = 100;
const longestPauseMs = 1_000;

/**
 * Makes a call again while its server is restarted, and when the server names a time after which it may succeed. A server that was never
 * reached fails at once: its address may be wrong, and somebody waits for that answer.
 */
export class RetryPolicy {
  #reached = false;

  async run<T>(
    attempt: () => Promise<T>,
    options: {
      readonly repeatable: Repeatable;
      readonly deadlineMs: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<T> {
    const { repeatable, deadlineMs, signal } = options;
    const startedMs = Date.now();
    for (let tried = 1; ; tried++) {
      try {
        const answer = await attempt();
        this.#reached = true;
        return answer;
      } catch (cause) {
        signal?.throwIfAborted();
        const pauseMs = this.#pauseAfter(cause, tried, repeatable);
        const waitedMs = Date.now() - startedMs;
        if (pauseMs === undefined || waitedMs + pauseMs > Math.min(patienceMs, deadlineMs)) throw cause;
        await sleep(pauseMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
      }
    }
  }

  #pauseAfter(cause: unknown, tried: number, repeatable: Repeatable): number | undefined {
    if (!(cause instanceof ServerError)) return undefined;
    if (cause.kind !== 'unreachable') this.#reached ||= cause.kind !== 'timeout';
    if (cause.retryAfterMs !== undefined) return cause.retryAfterMs;
    if (cause.kind !== 'unreachable' || !this.#reached || !(repeatable || cause.isUntouched)) return undefined;
    // Spread, so that those who were cut off together do not come back together.
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (tried - 1));
    return pauseMs * (0.5 + Math.random() / 2);
  }
}
