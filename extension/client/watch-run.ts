import { setTimeout as sleep } from 'node:timers/promises';
import { PersonalizationServiceService as service } from '../../proto/gen/bespoke/v1/personalization.ts';
import type { Connection } from './connection.ts';
import { isEnded, type RunEvent } from './run.ts';
import { ServerError } from './server-error.ts';
import { eventFromWire } from './wire.ts';

export interface WatchOptions {
  /** Sequence number of the last event seen; 0 for all of them. */
  readonly afterSequence?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told when the connection dropped and the watch goes on. */
  readonly onReconnect?: ((cause: ServerError) => void) | undefined;
  /** How long the server may be gone before the watch gives up. */
  readonly patienceMs?: number;
}

/** A stream is renewed after this time, so that every call has a deadline. */
const streamDeadlineMs = 15 * 60_000;
const pauseMs = 1_000;

/**
 * The run's events, each exactly once and in order, until the run ends. A dropped connection is taken up again after the last event
 * that was seen.
 */
export async function* watchRun(
  connection: Connection,
  runId: string,
  options: WatchOptions = {},
): AsyncGenerator<RunEvent, void, undefined> {
  const { signal, onReconnect, patienceMs = 120_000 } = options;
  let afterSequence = options.afterSequence ?? 0;
  let lastHeardMs = Date.now();
  for (;;) {
    const { tokens } = connection;
    try {
      const stream = connection.serverStream(
        service.watchRun,
        { runId, afterSequence },
        { signal, deadlineMs: streamDeadlineMs },
      );
      for await (const message of stream) {
        const event = eventFromWire(message.event);
        lastHeardMs = Date.now();
        if (event.sequence <= afterSequence) continue;
        afterSequence = event.sequence;
        yield event;
        if (event.kind === 'state' && isEnded(event.state)) return;
      }
    } catch (cause) {
      signal?.throwIfAborted();
      if (!(cause instanceof ServerError)) throw cause;
      // A stream ends with the token that it began with.
      const hasNewToken = cause.kind === 'unauthenticated' && connection.tokens > tokens;
      if (!cause.isTransient && !hasNewToken) throw cause;
      if (cause.kind === 'unreachable') {
        if (Date.now() - lastHeardMs > patienceMs) throw cause;
        onReconnect?.(cause);
      } else {
        lastHeardMs = Date.now();
      }
    }
    // Also after a stream that ended without the run's end: the server went away in good order.
    await sleep(pauseMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}
