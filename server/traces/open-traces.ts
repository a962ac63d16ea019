import type { Log } from '../log.ts';
import { noTraces, type Traces } from './span.ts';

/** Traces to a receiver; without one nothing of OpenTelemetry is loaded. */
export async function openTraces(url: URL | undefined, serverVersion: string, log: Log): Promise<Traces> {
  if (url === undefined) return noTraces;
  // A file of its own in the bundle, see `server/bundle.mjs`.
  const { openTelemetry } = await import('./open-telemetry.ts');
  log.info('traces-on', { host: url.host });
  return openTelemetry({ url, serverVersion, log });
}
