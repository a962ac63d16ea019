import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { noSpan, type Span, type Traces } from '../traces/span.ts';
import { accessOf } from './access.ts';

/** A span for every call, as a child of the client's where it said one. Those that need no token come by the second and are left out. */
export class TracedCalls {
  readonly #spans = new WeakMap<Metadata, Span>();

  constructor(private readonly traces: Traces) {}

  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    const access = accessOf.get(path);
    if (access === 'anyone') return new ServerInterceptingCall(call);
    let span = noSpan;
    let said: status | undefined;
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, admit) => {
            const [traceparent] = metadata.get('traceparent');
            // What a client sends is no name unless it is a call of ours.
            span = this.traces.call(access === undefined ? 'other' : path.slice(1), traceparent?.toString());
            this.#spans.set(metadata, span);
            admit(metadata);
          },
          // However a call ends, grpc-js says so here; one without a status of ours was cut by the other side.
          onCancel: () => {
            const code = said ?? status.CANCELLED;
            span.tell({ grpcStatus: code });
            span.end(code === status.OK ? 'done' : code === status.CANCELLED ? 'left' : 'failed');
          },
        }),
      sendStatus: (sent, next) => {
        said ??= sent.code;
        next(sent);
      },
    });
  };

  /** The span of a call that was admitted. */
  spanOf(metadata: Metadata): Span {
    return this.#spans.get(metadata) ?? noSpan;
  }
}
