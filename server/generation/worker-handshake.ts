import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FramedSocket } from './framed-socket.ts';

// Server and worker prove to each other that they hold the key of the worker's folder, and neither sends it. What follows on the connection is
// neither encrypted nor signed.

/** The server's part. Throws when the other side does not hold the key. */
export async function proveAsServer(socket: FramedSocket, key: Buffer): Promise<void> {
  const theirs = await frameOf(socket, NONCE_BYTES);
  const ours = randomBytes(NONCE_BYTES);
  socket.send(Buffer.concat([ours, proof(key, 'server', theirs, ours)]));
  requireSame(await frameOf(socket, PROOF_BYTES), proof(key, 'worker', theirs, ours));
  socket.mostFrameBytes = MOST_FRAME_BYTES;
}

/** The worker's part. Throws when the other side does not hold the key. */
export async function proveAsWorker(socket: FramedSocket, key: Buffer): Promise<void> {
  const ours = randomBytes(NONCE_BYTES);
  socket.send(ours);
  const answer = await frameOf(socket, NONCE_BYTES + PROOF_BYTES);
  const theirs = answer.subarray(0, NONCE_BYTES);
  requireSame(answer.subarray(NONCE_BYTES), proof(key, 'server', ours, theirs));
  socket.mostFrameBytes = MOST_FRAME_BYTES;
  socket.send(proof(key, 'worker', ours, theirs));
}

/** The name of the side is in it, so that no proof can be sent back as one's own. */
function proof(key: Buffer, side: 'server' | 'worker', ofWorker: Buffer, ofServer: Buffer): Buffer {
  return createHmac('sha256', key).update(side).update(ofWorker).update(ofServer).digest();
}

async function frameOf(socket: FramedSocket, bytes: number): Promise<Buffer> {
  const late = setTimeout(() => socket.end(new Error('The other side was silent.')), MOST_SILENT_MS);
  const frame = await socket.next().finally(() => clearTimeout(late));
  if (frame?.length !== bytes) throw new Error('The other side did not prove that it holds the key.');
  return frame;
}

function requireSame(found: Buffer, expected: Buffer): void {
  if (!timingSafeEqual(found, expected)) throw new Error('The other side holds another key.');
}

const NONCE_BYTES = 32;
const PROOF_BYTES = 32;
const MOST_SILENT_MS = 5000;
/** An input is at most a few thousand token ids, and so are eight candidates. */
const MOST_FRAME_BYTES = 16 * 1024 * 1024;
