import {
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { Log } from '../log.ts';
import type { Span, SpanEnd, SpanFacts, Traces } from './span.ts';

/** What is traced goes to this receiver. */
export interface TracesTarget {
  /** Of an OTLP/HTTP receiver, without `v1/traces`. */
  readonly url: URL;
  readonly serverVersion: string;
  readonly log: Log;
}

/**
 * The only owner of OpenTelemetry on the server, loaded when spans are wanted. Headers, sampling and batches are set by
 * OpenTelemetry's own environment variables.
 */
export function openTelemetry({ url, serverVersion, log }: TracesTarget): Traces {
  const exporter = new OTLPTraceExporter({ url: new URL('v1/traces', url).href });
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'bespoke-server', 'service.version': serverVersion }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(toldWhenLost(exporter, log))],
  });
  const tracer = provider.getTracer('bespoke');
  return {
    call: (path, traceparent) => {
      const [service = '', method = ''] = path.split('/');
      const attributes = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method };
      return spanOf(tracer, tracer.startSpan(path, { kind: SpanKind.SERVER, attributes }, contextOf(traceparent)));
    },
    run: (runId) => spanOf(tracer, tracer.startSpan('run', { attributes: attributesOf({ runId }) }, ROOT_CONTEXT)),
    close: async () => {
      // Nobody who stops a server waits for a receiver that does not answer.
      const late = new Promise<void>((done) => setTimeout(done, CLOSE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

const CLOSE_MS = 2000;

function contextOf(traceparent: string | undefined): Context {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent);
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true });
}

function spanOf(tracer: Tracer, span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const inside = trace.setSpan(ROOT_CONTEXT, span);
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    begin: (stage, facts = {}, startMs) => {
      const options = { attributes: attributesOf(facts), ...(startMs === undefined ? {} : { startTime: startMs }) };
      return spanOf(tracer, tracer.startSpan(stage, options, inside));
    },
    tell: (facts) => {
      span.setAttributes(attributesOf(facts));
    },
    end: (end, endMs) => {
      if (!span.isRecording()) return;
      span.setStatus({ code: statusOf[end] });
      span.end(endMs);
    },
  };
}

const statusOf: Readonly<Record<SpanEnd, SpanStatusCode>> = {
  done: SpanStatusCode.OK,
  failed: SpanStatusCode.ERROR,
  left: SpanStatusCode.UNSET,
};

/** `grpcStatus` has a name that every tool knows; the others are ours. */
function attributesOf(facts: SpanFacts): Record<string, string | number> {
  const named = Object.entries(facts).map(([name, fact]) => [
    name === 'grpcStatus'
      ? 'rpc.grpc.status_code'
      : `bespoke.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
    fact,
  ]);
  return Object.fromEntries(named);
}

/** A receiver that is away costs spans and nothing else; the log says so once, and when it is back. */
function toldWhenLost(exporter: SpanExporter, log: Log): SpanExporter {
  let lost = 0;
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) =>
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) {
          if (lost > 0) log.info('traces-sent-again', { spansLost: lost });
          lost = 0;
        } else {
          if (lost === 0) log.warn('traces-not-sent', { spans: spans.length });
          lost += spans.length;
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
