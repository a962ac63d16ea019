import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { readBaseModelFolder } from '../base-model/base-model-folder.ts';
import { baseModelRefused } from '../errors.ts';
import { createLog } from '../log.ts';
import { FramedSocket } from './framed-socket.ts';
import type { WorkerConnection } from './worker-connection.ts';
import { failureOf } from './worker-failure.ts';
import { WorkerFolder, type WorkerStart } from './worker-folder.ts';
import { proveAsWorker } from './worker-handshake.ts';
import type { WorkerRequest } from './worker-protocol.ts';
import { startWorkerThread } from './worker-thread.ts';

// `node generation-host.js FOLDER`: a generation worker on another machine than the server, as a job of a Ray cluster. It works for the one
// server that left the folder, and ends with its permit or with its connection. Exit codes: 0 when the server closed it, 75 when it may not
// work any more, 78 when this machine does not see the server's folder, 1 for anything else.

const NOT_PERMITTED = 75;
const NO_FOLDER = 78;
const LOOK_MS = 500;
const MOST_WAIT_MS = 30_000;
/** A server that pauses for long has lost nothing yet. */
const MOST_SILENT_SECONDS = 15;

const log = createLog();

main(new WorkerFolder(process.argv[2] ?? '')).then(
  (code) => process.exit(code),
  (error: unknown) => {
    log.error('generation-host-broke', error);
    process.exit(1);
  },
);

async function main(folder: WorkerFolder): Promise<number> {
  if (!(await folder.isSeen())) return NO_FOLDER;
  await endWithoutPermit(folder);
  const start = await folder.start();
  let worker: WorkerConnection;
  try {
    worker = await startWorker(start);
  } catch (error) {
    await folder.answer({ kind: 'failed', ...failureOf(error) });
    throw error;
  }
  const server = createServer();
  const host = await ownAddress();
  server.listen({ host, port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The port that was opened is not known.');
  const proven = firstProven(server, Buffer.from(start.key, 'hex'));
  await folder.answer({ kind: 'listening', host, port: address.port });
  return work(await proven, worker);
}

async function endWithoutPermit(folder: WorkerFolder): Promise<void> {
  if (!(await folder.isPermitted())) process.exit(NOT_PERMITTED);
  setTimeout(() => void endWithoutPermit(folder), LOOK_MS);
}

async function startWorker({ options, baseModelSha256 }: WorkerStart): Promise<WorkerConnection> {
  const { sha256 } = await readBaseModelFolder(options.baseModelDir, 'header');
  if (sha256 !== baseModelSha256) throw baseModelRefused('it is another on this machine than on the server');
  return startWorkerThread(join(__dirname, 'generation-worker.js'), options);
}

/** The address by which this machine reaches the head of its cluster, so that nothing is open to other networks. No byte is sent. */
async function ownAddress(): Promise<string> {
  const head = /^(.+):(\d+)$/.exec(process.env.RAY_ADDRESS ?? '');
  if (head === null) throw new Error('RAY_ADDRESS names no head: this program is started as a job of a Ray cluster.');
  const probe = createSocket(head[1]?.includes(':') ? 'udp6' : 'udp4');
  try {
    probe.connect(Number(head[2]), head[1]?.replace(/^\[|\]$/g, ''));
    await once(probe, 'connect');
    return probe.address().address;
  } finally {
    probe.close();
  }
}

/** Waits for the server. Whoever else comes is sent away; nobody is let in after it. */
function firstProven(server: Server, key: Buffer): Promise<FramedSocket> {
  const others = new Set<FramedSocket>();
  return new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error('No server has come.')), MOST_WAIT_MS);
    server.on('connection', async (connection) => {
      const socket = new FramedSocket(connection, MOST_SILENT_SECONDS);
      others.add(socket);
      void socket.ended.then(() => others.delete(socket));
      try {
        await proveAsWorker(socket, key);
      } catch (error) {
        log.error('connection-refused', error);
        return socket.end(error as Error);
      }
      clearTimeout(late);
      others.delete(socket);
      server.close();
      for (const other of others) other.end(new Error('The server was faster.'));
      found(socket);
    });
  });
}

/** Carries messages both ways until one of both is gone. */
async function work(socket: FramedSocket, worker: WorkerConnection): Promise<number> {
  worker.onMessage((response) => socket.send(Buffer.from(JSON.stringify(response))));
  void worker.ended.then((reason) => socket.end(reason));
  for (let frame = await socket.next(); frame !== undefined; frame = await socket.next()) {
    const request = JSON.parse(frame.toString('utf8')) as WorkerRequest;
    if (request.kind === 'close') {
      await worker.close();
      return 0;
    }
    worker.send(request);
  }
  log.error('server-lost', await socket.ended);
  return 1;
}
