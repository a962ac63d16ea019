import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it came over the wire. Times are in nanoseconds since 1970-01-01 UTC. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** 0 unset, 1 OK, 2 error. */
  readonly status: number;
}

/** A small OTLP/HTTP receiver that keeps what it is sent, in the JSON encoding. It stands in for a collector. */
export interface OtlpReceiver {
  readonly url: string;
  /** Every body, as it came. */
  readonly bodies: readonly string[];
  readonly authorizations: ReadonlySet<string | undefined>;
  spans(): ReceivedSpan[];
  close(): void;
}

export async function startOtlpReceiver(answers = true): Promise<OtlpReceiver> {
  const bodies: string[] = [];
  const authorizations = new Set<string | undefined>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (!answers) return;
      if (request.url !== '/v1/traces') return void response.writeHead(404).end();
      const bytes = Buffer.concat(parts);
      bodies.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString());
      authorizations.add(request.headers.authorization);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    authorizations,
    spans: () => bodies.flatMap(spansIn),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface WireAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string; readonly doubleValue?: number };
}

interface WireTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: readonly WireAttribute[];
        readonly status: { readonly code?: number };
      }[];
    }[];
  }[];
}

function spansIn(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as WireTraces;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        service: String(attributesOf(resource.attributes)['service.name']),
        ...{ traceId: span.traceId, spanId: span.spanId, parentSpanId: span.parentSpanId ?? '', name: span.name },
        ...{ startNs: BigInt(span.startTimeUnixNano), endNs: BigInt(span.endTimeUnixNano) },
        attributes: attributesOf(span.attributes),
        status: span.status.code ?? 0,
      })),
    ),
  );
}

function attributesOf(attributes: readonly WireAttribute[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue ?? value.doubleValue)]),
  );
}
