import { createServer } from 'node:http';
import { startRefused } from '../errors.ts';
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
  await new Promise<void>((listening, failed) => {
    server.once('error', (cause) =>
      failed(
        startRefused(`The port ${port} of ${host} cannot be used for metrics: choose another --metrics-port.`, {
          cause,
        }),
      ),
    );
    server.listen(port, host, listening);
  });
  const address = server.address();
  log.info('metrics-listening', { port: typeof address === 'object' ? address?.port : port });
  return () =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
}
