import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Bytes that went through, everything included that gRPC and HTTP/2 add. */
export interface Counted {
  readonly up: number;
  readonly down: number;
}

/** A door to a server of this machine that counts what goes through it. */
export interface CountingProxy {
  readonly address: string;
  /** What went through since the last call. */
  take(): Counted;
  close(): void;
}

export async function countingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(`http://${target}`);
  const open = new Set<Socket>();
  let [up, down] = [0, 0];
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay();
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => {
      up += bytes.length;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      down += bytes.length;
      client.write(bytes);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const counted = { up, down };
      [up, down] = [0, 0];
      return counted;
    },
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
