import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** What several calls may be made for. */
export type Operation = 'personalize';

/** A piece of work in a trace. */
export interface ClientSpan {
  /** How the server names it as the parent of its own spans (W3C Trace Context). */
  readonly traceparent: string;
  begin(name: string): ClientSpan;
  /** Only the first end counts. */
  end(end: 'done' | 'failed'): void;
}

/** Begins traces, and sends them where they go. */
export interface SpanSource {
  begin(name: string): ClientSpan;
  /** Sends what is left, for a short time. */
  close(): Promise<void>;
}

/** Gives every call an id by which it is found in the traces of the server; calls of one operation are in one trace. */
export class ClientTraces {
  readonly #operation = new AsyncLocalStorage<ClientSpan>();

  constructor(
    private readonly source: SpanSource,
    /** What a server that is started here is told, so that its spans go where the client's go. */
    readonly serverParameters: readonly string[] = [],
  ) {}

  within<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const span = this.source.begin(operation);
    return this.#operation.run(span, () => ended(span, work));
  }

  /** `path` is that of the call: `/bespoke.v1.GenerationService/Generate`. */
  begin(path: string): ClientSpan {
    return (this.#operation.getStore() ?? this.source).begin(path.slice(1));
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

/**
 * Ids alone are made here. Where the environment names a receiver as OpenTelemetry's own programs are told of one, the client's spans are
 * sent to it, and only then is OpenTelemetry loaded.
 */
export async function openClientTraces(environment: NodeJS.ProcessEnv): Promise<ClientTraces> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = environment;
  if ((own ?? all ?? '') === '') return new ClientTraces(idsAlone);
  const { exportedSpans } = await import('./span-export.ts');
  return new ClientTraces(exportedSpans(), all === undefined || all === '' ? [] : ['--traces', all]);
}

const idsAlone: SpanSource = {
  begin: () => {
    const hex = (bytes: number) => randomBytes(bytes).toString('hex');
    // Nobody sees spans of this client, so all calls of an operation have the same parent.
    const span: ClientSpan = { traceparent: `00-${hex(16)}-${hex(8)}-01`, begin: () => span, end: () => {} };
    return span;
  },
  close: async () => {},
};

async function ended<T>(span: ClientSpan, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    span.end('done');
    return result;
  } catch (error) {
    span.end('failed');
    throw error;
  }
}
