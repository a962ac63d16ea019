import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type MethodDefinition,
} from '@grpc/grpc-js';
import { Exchange } from './exchange.ts';
import { toServerError } from './rethrow.ts';
import { type Repeatable, RetryPolicy } from './retry-policy.ts';
import { ServerError } from './server-error.ts';
import type { ClientSpan, ClientTraces } from './traces.ts';

/** Where a server is and how it is reached. */
export interface ServerAddress {
  /** `host:port`. */
  readonly address: string;
  /** Names the tenant. */
  readonly token: string;
  /** Plain text is allowed on loopback only. */
  readonly tls: boolean;
  /** PEM file of a certificate authority that is trusted beside the public ones. */
  readonly caFile?: string | undefined;
  /** URL of an HTTP proxy, for instance `http://user:password@proxy:3128`. Never used on loopback. */
  readonly proxy?: string | undefined;
}

/** How one call ends early. Every call has a deadline. */
export interface CallLimits {
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a call is made again while the server is restarted. */
export interface CallRepetition {
  /** False for a call that changes something else when it is made twice. Default: true. */
  readonly repeatable?: Repeatable;
}

const unaryDeadlineMs = 20_000;
const maxMessageBytes = 16 * 1024 * 1024;

/**
 * A channel to one server: the only place on the client side that calls grpc-js. Calls fail with `ServerError`; an aborted call
 * rejects with the signal's reason.
 */
export class Connection {
  readonly address: string;
  readonly #client: Client;
  readonly #metadata: Metadata;
  readonly #retries = new RetryPolicy();
  #tokens = 1;

  constructor(
    server: ServerAddress,
    /** Not set: calls carry no id. */
    private readonly traces?: ClientTraces,
  ) {
    const host = hostOf(server.address);
    if (!server.tls && !isLoopback(host)) {
      throw new ServerError(
        'refused',
        `The connection to ${server.address} is not encrypted: switch TLS on in the settings.`,
      );
    }
    this.address = server.address;
    const { target, options } = routeTo(server, host);
    this.#client = new Client(target, credentialsOf(server), options);
    this.#metadata = new Metadata();
    this.#metadata.set('authorization', `Bearer ${server.token}`);
  }

  /** From now on calls carry this token: the one before has ended, or will soon. */
  useToken(token: string): void {
    const authorization = `Bearer ${token}`;
    if (this.#metadata.get('authorization')[0] === authorization) return;
    this.#metadata.set('authorization', authorization);
    this.#tokens += 1;
  }

  /** How many tokens it has had. A call that was refused with an earlier one than the last may be made again. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Makes a call with one request and one response. */
  unary<Q, S>(
    method: MethodDefinition<Q, S>,
    request: Q,
    { repeatable = true, ...limits }: CallLimits & CallRepetition = {},
  ): Promise<S> {
    const endsMs = Date.now() + (limits.deadlineMs ?? unaryDeadlineMs);
    const attempt = () => this.#unaryOnce(method, request, { ...limits, deadlineMs: endsMs - Date.now() });
    return this.#retries.run(attempt, { repeatable, deadlineMs: endsMs - Date.now(), signal: limits.signal });
  }

  #unaryOnce<Q, S>(method: MethodDefinition<Q, S>, request: Q, limits: CallLimits): Promise<S> {
    return this.#traced(method, (metadata) =>
      this.#linked(limits, unaryDeadlineMs, (deadline, settle) => {
        const call = this.#client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          metadata,
          { deadline },
          (error, response) => settle(error, response),
        );
        return () => call.cancel();
      }),
    );
  }

  /** Sends a stream of requests, as fast as the server takes them, and returns the one response. */
  clientStream<Q, S>(
    method: MethodDefinition<Q, S>,
    requests: AsyncIterable<Q> | Iterable<Q>,
    limits: CallLimits & { readonly deadlineMs: number },
  ): Promise<S> {
    return this.#traced(method, (metadata) =>
      this.#linked(limits, limits.deadlineMs, (deadline, settle) => {
        const call = this.#client.makeClientStreamRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          metadata,
          { deadline },
          (error, response) => settle(error, response),
        );
        // The response callback reports every failure; the stream's own error event only repeats it.
        call.on('error', () => undefined);
        sendAll(call, requests).catch((cause: unknown) => {
          settle(cause instanceof Error ? cause : new Error(String(cause)), undefined);
          call.cancel();
        });
        return () => call.cancel();
      }),
    );
  }

  /** Makes a call with one request and a stream of responses. Leaving the loop cancels the call. */
  async *serverStream<Q, S>(
    method: MethodDefinition<Q, S>,
    request: Q,
    {
      repeatable = false,
      ...limits
    }: CallLimits & {
      readonly deadlineMs: number;
      /** Whether it is made again while the server is restarted, as long as nothing was answered. Default: false. */
      readonly repeatable?: Repeatable;
    },
  ): AsyncGenerator<S, void, undefined> {
    const endsMs = Date.now() + limits.deadlineMs;
    const begin = async () => {
      const stream = this.#streamOnce(method, request, { ...limits, deadlineMs: endsMs - Date.now() });
      return { stream, first: await stream.next() };
    };
    const { stream, first } = repeatable ? await this.#retries.run(begin, { ...limits, repeatable }) : await begin();
    try {
      if (first.done !== true) yield first.value;
      yield* stream;
    } finally {
      await stream.return();
    }
  }

  /** Begins a call in which every request gets one response, in order. `close` it. */
  exchange<Q, S>(method: MethodDefinition<Q, S>, limits: CallLimits & { readonly deadlineMs: number }): Exchange<Q, S> {
    limits.signal?.throwIfAborted();
    const { span, metadata } = this.#begin(method);
    const call = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      metadata,
      { deadline: Date.now() + limits.deadlineMs },
    );
    return new Exchange(call, this.address, limits.signal, span);
  }

  async *#streamOnce<Q, S>(
    method: MethodDefinition<Q, S>,
    request: Q,
    limits: CallLimits & { readonly deadlineMs: number },
  ): AsyncGenerator<S, void, undefined> {
    limits.signal?.throwIfAborted();
    const { span, metadata } = this.#begin(method);
    const call: ClientReadableStream<S> = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      { deadline: Date.now() + limits.deadlineMs },
    );
    const cancel = () => call.cancel();
    limits.signal?.addEventListener('abort', cancel, { once: true });
    try {
      for await (const message of call) yield message as S;
      limits.signal?.throwIfAborted();
    } catch (cause) {
      span?.end('failed');
      limits.signal?.throwIfAborted();
      throw toServerError(cause, this.address);
    } finally {
      span?.end('done');
      limits.signal?.removeEventListener('abort', cancel);
      // A cancelled call still emits an error that nobody waits for any more.
      call.on('error', () => undefined);
      call.cancel();
    }
  }

  close(): void {
    this.#client.close();
  }

  /** What a call carries, and its span where calls are traced. */
  #begin({ path }: { readonly path: string }): { readonly metadata: Metadata; readonly span: ClientSpan | undefined } {
    const span = this.traces?.begin(path);
    if (span === undefined) return { metadata: this.#metadata, span };
    const metadata = this.#metadata.clone();
    metadata.set('traceparent', span.traceparent);
    return { metadata, span };
  }

  async #traced<S>(method: { readonly path: string }, call: (metadata: Metadata) => Promise<S>): Promise<S> {
    const { metadata, span } = this.#begin(method);
    try {
      const answer = await call(metadata);
      span?.end('done');
      return answer;
    } catch (error) {
      span?.end('failed');
      throw error;
    }
  }

  #linked<S>(
    limits: CallLimits,
    defaultDeadlineMs: number,
    start: (deadline: number, settle: (error: Error | null, response: S | undefined) => void) => () => void,
  ): Promise<S> {
    const { signal } = limits;
    return new Promise<S>((resolve, reject) => {
      signal?.throwIfAborted();
      const settle = (error: Error | null, response: S | undefined) => {
        signal?.removeEventListener('abort', abort);
        if (signal?.aborted) reject(signal.reason);
        else if (error !== null) reject(toServerError(error, this.address));
        else if (response === undefined) reject(new ServerError('internal', 'The server sent an empty answer.'));
        else resolve(response);
      };
      const cancel = start(Date.now() + (limits.deadlineMs ?? defaultDeadlineMs), settle);
      const abort = () => cancel();
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}

export function hostOf(address: string): string {
  const colon = address.lastIndexOf(':');
  return (colon < 0 ? address : address.slice(0, colon)).replace(/^\[|\]$/g, '');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** grpc-js reads proxies from the environment only, so the editor's proxy setting is applied here, as an HTTP CONNECT tunnel. */
function routeTo(server: ServerAddress, host: string): { target: string; options: ChannelOptions } {
  const options: ChannelOptions = {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.initial_reconnect_backoff_ms': 500,
    'grpc.max_reconnect_backoff_ms': 2_000,
  };
  if (isLoopback(host)) return { target: server.address, options: { ...options, 'grpc.enable_http_proxy': 0 } };
  if (server.proxy === undefined || server.proxy === '') return { target: server.address, options };
  const proxy = parseProxy(server.proxy);
  return {
    target: `dns:${proxy.hostname}:${proxy.port === '' ? '80' : proxy.port}`,
    options: {
      ...options,
      'grpc.enable_http_proxy': 0,
      'grpc.http_connect_target': `dns:${server.address}`,
      'grpc.default_authority': server.address,
      'grpc.ssl_target_name_override': host,
      ...(proxy.username === ''
        ? {}
        : { 'grpc.http_connect_creds': `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}` }),
    },
  };
}

export function parseProxy(proxy: string): URL {
  try {
    const url = new URL(proxy);
    if (url.protocol === 'http:' && url.hostname !== '') return url;
  } catch {
    // The sentence below says what is expected.
  }
  throw new ServerError(
    'refused',
    'The setting http.proxy is not an http:// address, so the server cannot be reached through it.',
  );
}

function credentialsOf(server: ServerAddress): ChannelCredentials {
  if (!server.tls) return credentials.createInsecure();
  const authorities = trustedAuthorities(server.caFile);
  return authorities === undefined
    ? credentials.createSsl()
    : credentials.createSsl(Buffer.from(authorities.join('\n')));
}

/** PEM texts of the authorities that are trusted; `undefined`: those that Node.js trusts by itself. */
export function trustedAuthorities(caFile: string | undefined): string[] | undefined {
  if (caFile === undefined || caFile === '') return undefined;
  try {
    return [...rootCertificates, readFileSync(caFile, 'utf8')];
  } catch (cause) {
    throw new ServerError(
      'untrusted-certificate',
      `The certificate file ${caFile} cannot be read: check the setting bespoke.server.caFile.`,
      { cause },
    );
  }
}

/** Waits for the transport's window, so that a slow server bounds what is in memory. */
async function sendAll<Q>(
  call: ClientWritableStream<Q> & { destroyed?: boolean },
  requests: AsyncIterable<Q> | Iterable<Q>,
): Promise<void> {
  for await (const request of requests) {
    if (call.destroyed) return;
    if (!call.write(request)) await takesMore(call);
  }
  call.end();
}

/** Settles when the call takes more, or never will again. */
function takesMore<Q>(call: ClientWritableStream<Q>): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'close', 'error'] as const;
    const settle = () => {
      for (const event of events) call.off(event, settle);
      resolve();
    };
    for (const event of events) call.on(event, settle);
  });
}
