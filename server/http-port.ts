import type { Server } from 'node:net';
import { startRefused } from './errors.ts';

/** A port for people or programs beside that of gRPC: plain HTTP, so it is not for the world. */
export interface HttpPort {
  readonly host: string;
  readonly port: number;
  /** What is served there, as a refusal names it. */
  readonly what: string;
  /** The flag that chose the port. */
  readonly flag: string;
}

/** A server that may end the connections that clients keep. */
type HttpServer = Server & { closeAllConnections?(): void };

/** Has a server listen. Returns its port and what closes it. Throws `BespokeError` `start-refused` when the port cannot be had. */
export async function listenOn(
  server: HttpServer,
  { host, port, what, flag }: HttpPort,
): Promise<{ readonly port: number | undefined; close(): Promise<void> }> {
  await new Promise<void>((listening, failed) => {
    server.once('error', (cause) =>
      failed(
        startRefused(`The port ${port} of ${host} cannot be used for ${what}: choose another ${flag}.`, { cause }),
      ),
    );
    server.listen(port, host, listening);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' ? address?.port : port,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections?.();
      }),
  };
}
