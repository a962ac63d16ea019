import type { ClientDuplexStream } from '@grpc/grpc-js';
import { toServerError } from './rethrow.ts';
import { ServerError } from './server-error.ts';
import type { ClientSpan } from './traces.ts';

/** A call in which every request gets one response, in order. */
export class Exchange<Q, S> {
  readonly #responses: AsyncIterator<S>;
  readonly #cancel = () => this.call.cancel();

  constructor(
    private readonly call: ClientDuplexStream<Q, S>,
    private readonly address: string,
    private readonly signal: AbortSignal | undefined,
    private readonly span: ClientSpan | undefined,
  ) {
    this.#responses = call[Symbol.asyncIterator]() as AsyncIterator<S>;
    signal?.addEventListener('abort', this.#cancel, { once: true });
    // Failures reach `ask`; what comes after the last one is waited for by nobody.
    call.on('error', () => undefined);
  }

  /** Not before the response to the request before. Fails with `ServerError`; after an abort with the signal's reason. */
  async ask(request: Q): Promise<S> {
    try {
      this.call.write(request);
      const response = await this.#responses.next();
      this.signal?.throwIfAborted();
      if (response.done !== true) return response.value;
    } catch (cause) {
      this.span?.end('failed');
      this.signal?.throwIfAborted();
      throw toServerError(cause, this.address);
    }
    throw new ServerError('internal', 'The server ended the conversation early: look at its log.');
  }

  /** Lets the server free what it keeps for the call. */
  close(): void {
    this.span?.end('done');
    this.signal?.removeEventListener('abort', this.#cancel);
    this.call.end();
    // Without a reader the end of the stream would never be reached.
    this.call.resume();
  }
}
