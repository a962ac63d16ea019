import { ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import { accessOf } from './access.ts';

/** Counts and times every call, also those that are refused. */
export function measuredCalls(metrics: ServerMetrics): ServerInterceptor {
  return ({ path }, call) => {
    // What a client sends is no label unless it is a call of ours.
    const end = metrics.begin(accessOf.has(path) ? path.slice(1) : 'other');
    let said: status | undefined;
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          // However a call ends, grpc-js says so here; one without a status of ours was cut by the other side.
          onCancel: () => end(status[said ?? status.CANCELLED]),
        }),
      sendStatus: (sent, next) => {
        said ??= sent.code;
        next(sent);
      },
    });
  };
}
