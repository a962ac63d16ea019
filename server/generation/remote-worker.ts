import { connect } from 'node:net';
import { FramedSocket } from './framed-socket.ts';
import type { WorkerConnection } from './worker-connection.ts';
import { proveAsServer } from './worker-handshake.ts';
import type { WorkerRequest, WorkerResponse } from './worker-protocol.ts';

/** Connects to a worker that listens on another machine. Throws when it is not there, or is another than the one with this key. */
export async function connectWorker(
  { host, port }: { readonly host: string; readonly port: number },
  key: Buffer,
): Promise<WorkerConnection> {
  const socket = new FramedSocket(connect({ host, port }), MOST_SILENT_SECONDS);
  try {
    await proveAsServer(socket, key);
  } catch (error) {
    socket.end(error as Error);
    // A port that is closed says more than a proof that did not come.
    throw await socket.ended;
  }
  const send = (request: WorkerRequest) => socket.send(Buffer.from(JSON.stringify(request)));
  return {
    send,
    onMessage: (listener) => {
      void passOn(socket, listener).catch((error: Error) => socket.end(error));
    },
    ended: socket.ended,
    close: async () => {
      send({ kind: 'close' });
      const late = setTimeout(() => socket.end(new Error('The worker did not end in time.')), MOST_END_MS);
      await socket.ended;
      clearTimeout(late);
    },
  };
}

async function passOn(socket: FramedSocket, listener: (response: WorkerResponse) => void): Promise<void> {
  for (let frame = await socket.next(); frame !== undefined; frame = await socket.next())
    listener(JSON.parse(frame.toString('utf8')) as WorkerResponse);
}

/** Its main thread does nothing but answer. */
const MOST_SILENT_SECONDS = 5;
/** A step of decoding is a part of that; afterwards the worker ends because its connection is gone. */
const MOST_END_MS = 5000;
