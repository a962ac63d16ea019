import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ClientSpan, SpanSource } from './traces.ts';

/**
 * The client's only owner of OpenTelemetry. Receiver, headers and sampling are those of OpenTelemetry's environment variables; a span holds
 * the name of a call, when it was made and whether it failed.
 */
export function exportedSpans(): SpanSource {
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': 'bespoke-client' })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('bespoke');
  const begin = (name: string, parent: Context): ClientSpan => {
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT }, parent);
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      begin: (inner) => begin(inner, trace.setSpan(ROOT_CONTEXT, span)),
      end: (end) => {
        if (!span.isRecording()) return;
        span.setStatus({ code: end === 'done' ? SpanStatusCode.OK : SpanStatusCode.ERROR });
        span.end();
      },
    };
  };
  return {
    begin: (name) => begin(name, ROOT_CONTEXT),
    close: async () => {
      const late = new Promise<void>((done) => setTimeout(done, CLOSE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

/** Nobody who closes a window waits for a receiver that does not answer. */
const CLOSE_MS = 1000;
