import type {
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerErrorResponse,
  sendUnaryData,
} from '@grpc/grpc-js';
import { BespokeError, missingToken, shuttingDown, wrongToken } from '../errors.ts';
import type { Tenant, TenantLedger } from '../ledger/tenants.ts';
import type { Log } from '../log.ts';
import { cancelledStatus, toStatus } from './status.ts';

/** What every call needs. */
export interface CallParts {
  readonly tenants: TenantLedger;
  readonly log: Log;
  /** Aborts when the server shuts down: streams end, so that clients come back to the next server. */
  readonly shutdown: AbortSignal;
}

/** Wraps what answers calls: the token becomes a tenant, cancellation and deadline become a signal, errors become statuses. */
export class Calls {
  constructor(private readonly parts: CallParts) {}

  unary<Request, Response>(
    answer: (tenant: Tenant, request: Request, signal: AbortSignal) => Promise<Response>,
  ): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      void this.#answerOnce(call, callback, (tenant, signal) => answer(tenant, call.request, signal));
    };
  }

  clientStream<Request, Response>(
    answer: (tenant: Tenant, requests: AsyncIterable<Request>, signal: AbortSignal) => Promise<Response>,
  ): handleClientStreamingCall<Request, Response> {
    return (call, callback) => {
      void this.#answerOnce(call, callback, (tenant, signal) => answer(tenant, call, signal));
    };
  }

  serverStream<Request, Response>(
    answer: (tenant: Tenant, request: Request, signal: AbortSignal) => AsyncIterable<Response>,
  ): handleServerStreamingCall<Request, Response> {
    return async (call) => {
      const { signal, release } = this.#signalOf(call);
      try {
        const tenant = await this.#authenticate(call.metadata);
        for await (const response of answer(tenant, call.request, signal)) {
          if (signal.aborted) break;
          if (!call.write(response)) await drained(call, signal);
        }
        if (this.parts.shutdown.aborted) throw shuttingDown();
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
    };
  }

  async #answerOnce<Response>(
    call: AnyCall,
    callback: sendUnaryData<Response>,
    answer: (tenant: Tenant, signal: AbortSignal) => Promise<Response>,
  ): Promise<void> {
    const { signal, release } = this.#signalOf(call);
    try {
      const tenant = await this.#authenticate(call.metadata);
      callback(null, await answer(tenant, signal));
    } catch (error) {
      callback(signal.aborted && !(error instanceof BespokeError) ? cancelledStatus : this.#status(error, call));
    } finally {
      release();
    }
  }

  #status(error: unknown, call: AnyCall): Partial<ServerErrorResponse> {
    return toStatus(error, this.parts.log, call.getPath());
  }

  async #authenticate(metadata: Metadata): Promise<Tenant> {
    if (this.parts.shutdown.aborted) throw shuttingDown();
    const [authorization] = metadata.get('authorization');
    const token = typeof authorization === 'string' ? /^Bearer (\S+)$/i.exec(authorization)?.[1] : undefined;
    if (token === undefined) throw missingToken();
    const tenant = await this.parts.tenants.byToken(token);
    if (tenant === undefined) throw wrongToken();
    return tenant;
  }

  /** Aborts when the client cancels or goes, when its deadline passes (grpc-js says so in the same way), and at shutdown. */
  #signalOf(call: AnyCall): { signal: AbortSignal; release: () => void } {
    const controller = new AbortController();
    const abort = () => controller.abort();
    if (call.cancelled || this.parts.shutdown.aborted) abort();
    call.on('cancelled', abort);
    this.parts.shutdown.addEventListener('abort', abort);
    return { signal: controller.signal, release: () => this.parts.shutdown.removeEventListener('abort', abort) };
  }
}

interface AnyCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getPath(): string;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** Settles when a stream takes more, or when nobody reads it any more. */
function drained(call: { once(event: 'drain', listener: () => void): unknown }, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    call.once('drain', done);
    signal.addEventListener('abort', () => done(), { once: true });
  });
}
