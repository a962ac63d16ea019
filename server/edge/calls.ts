import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  sendUnaryData,
} from '@grpc/grpc-js';
import type { Caller } from '../caller.ts';
import { BespokeError, shuttingDown } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Span } from '../traces/span.ts';
import type { Authorization } from './authorization.ts';
import { cancelledStatus, type Refusal, toStatus } from './status.ts';
import type { TracedCalls } from './traced-calls.ts';

/** What every call needs. */
export interface CallParts {
  readonly authorization: Authorization;
  readonly log: Log;
  readonly traced: TracedCalls;
  /** Aborts when the server is about to shut down: those who watch come back to the next server, all others finish. */
  readonly draining: AbortSignal;
  /** Aborts when the server waits no longer. */
  readonly shutdown: AbortSignal;
}

/** Wraps what answers calls: authorization says who calls, cancellation and deadline become a signal, errors become statuses. */
export class Calls {
  constructor(private readonly parts: CallParts) {}

  unary<Request, Response>(
    answer: (caller: Caller, request: Request, signal: AbortSignal, span: Span) => Promise<Response>,
  ): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      void this.#answerOnce(call, callback, (caller, signal) =>
        answer(caller, call.request, signal, this.parts.traced.spanOf(call.metadata)),
      );
    };
  }

  clientStream<Request, Response>(
    answer: (caller: Caller, requests: AsyncIterable<Request>, signal: AbortSignal) => Promise<Response>,
  ): handleClientStreamingCall<Request, Response> {
    return (call, callback) => {
      void this.#answerOnce(call, callback, (caller, signal) => answer(caller, call, signal));
    };
  }

  /** A stream that goes on until something ends that is not the call's own; it is taken up again elsewhere. */
  watch<Request, Response>(
    answer: (caller: Caller, request: Request, signal: AbortSignal) => AsyncIterable<Response>,
  ): handleServerStreamingCall<Request, Response> {
    return this.serverStream(answer, this.parts.draining);
  }

  serverStream<Request, Response>(
    answer: (caller: Caller, request: Request, signal: AbortSignal, span: Span) => AsyncIterable<Response>,
    until = this.parts.shutdown,
  ): handleServerStreamingCall<Request, Response> {
    return (call) =>
      this.#answerMany(call, until, (caller, signal) =>
        answer(caller, call.request, signal, this.parts.traced.spanOf(call.metadata)),
      );
  }

  /** A conversation. What the client sends can be left unread: only then does the stream still take the status. */
  bidiStream<Request, Response>(
    answer: (caller: Caller, requests: AsyncIterable<Request>, signal: AbortSignal) => AsyncIterable<Response>,
  ): handleBidiStreamingCall<Request, Response> {
    return (call) =>
      this.#answerMany(call, this.parts.shutdown, (caller, signal) =>
        answer(caller, call.iterator({ destroyOnReturn: false }), signal),
      );
  }

  async #answerMany<Response>(
    call: AnsweringStream<Response>,
    until: AbortSignal,
    answer: (caller: Caller, signal: AbortSignal) => AsyncIterable<Response>,
  ): Promise<void> {
    const { signal, release } = this.#signalOf(call, until);
    try {
      for await (const response of answer(this.#callerOf(call), signal)) {
        if (signal.aborted) break;
        await sent(call, response, signal);
      }
      if (until.aborted) throw shuttingDown();
      if (signal.aborted) call.emit('error', cancelledStatus);
      else call.end();
    } catch (error) {
      call.emit(
        'error',
        signal.aborted && !(error instanceof BespokeError) ? cancelledStatus : this.#status(error, call),
      );
    } finally {
      release();
    }
  }

  async #answerOnce<Response>(
    call: AnyCall,
    callback: sendUnaryData<Response>,
    answer: (caller: Caller, signal: AbortSignal) => Promise<Response>,
  ): Promise<void> {
    const { signal, release } = this.#signalOf(call, this.parts.shutdown);
    try {
      callback(null, await answer(this.#callerOf(call), signal));
    } catch (error) {
      callback(signal.aborted && !(error instanceof BespokeError) ? cancelledStatus : this.#status(error, call));
    } finally {
      release();
    }
  }

  #status(error: unknown, call: AnyCall): Refusal {
    return toStatus(error, this.parts.log, call.getPath());
  }

  #callerOf(call: AnyCall): Caller {
    if (this.parts.shutdown.aborted) throw shuttingDown();
    return this.parts.authorization.callerOf(call.metadata);
  }

  /** Aborts when the client cancels or goes, when its deadline passes (grpc-js says so in the same way), and at shutdown. */
  #signalOf(call: AnyCall, until: AbortSignal): { signal: AbortSignal; release: () => void } {
    const controller = new AbortController();
    const abort = () => controller.abort();
    if (call.cancelled || until.aborted) abort();
    call.on('cancelled', abort);
    until.addEventListener('abort', abort);
    return { signal: controller.signal, release: () => until.removeEventListener('abort', abort) };
  }
}

interface AnyCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getPath(): string;
  on(event: 'cancelled', listener: () => void): unknown;
}

interface AnsweringStream<Response> extends AnyCall {
  write(message: Response, done: () => void): unknown;
  emit(event: 'error', refusal: Refusal): unknown;
  end(): unknown;
}

/**
 * Settles when a message was taken off the stream's hands, or when nobody reads it any more. A stream would take a good dozen before it
 * asks to wait, and hold them for as long as the client reads nothing.
 */
function sent<Response>(
  call: { write(message: Response, done: () => void): unknown },
  message: Response,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((done) => {
    const settle = () => {
      signal.removeEventListener('abort', settle);
      done();
    };
    signal.addEventListener('abort', settle);
    call.write(message, settle);
  });
}
