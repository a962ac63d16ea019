import { createServer } from 'node:http';
import { listenOn } from '../http-port.ts';
import type { Log } from '../log.ts';
import type { ServerMetrics } from './server-metrics.ts';

/** Where Prometheus reads: plain HTTP on a port of its own, which is not for the world. */
export interface MetricsEndpoint {
  readonly host: string;
  readonly port: number;
}

/** Serves `/metrics` and nothing else. Returns what closes it. Throws `BespokeError` `start-refused` when the port cannot be had. */
export async function serveMetrics(
  metrics: ServerMetrics,
  { host, port }: MetricsEndpoint,
  log: Log,
): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return response.writeHead(404).end();
    metrics.read().then(
      ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
      (error: unknown) => {
        log.error('metrics-broke', error);
        response.writeHead(500).end();
      },
    );
  });
  const listening = await listenOn(server, { host, port, what: 'metrics', flag: '--metrics-port' });
  log.info('metrics-listening', { port: listening.port });
  return listening.close;
}
