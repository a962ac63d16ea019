import type { Socket } from 'node:net';

/**
 * A TCP connection that carries frames: four bytes of length, big-endian, and as many bytes. Both sides send an empty frame every second, so
 * that each notices when the other is gone without a word, as behind a broken network.
 */
export class FramedSocket {
  /** Settles with the reason when the connection is closed. */
  readonly ended: Promise<Error>;
  /** Few for one that has proved nothing yet. */
  mostFrameBytes = 1024;
  readonly #frames: Buffer[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #wake = () => {};
  #reason: Error | undefined;
  #isClosed = false;
  #silentBeats = 0;

  /** After so many seconds in which nothing came the other side is taken for dead. */
  constructor(
    private readonly socket: Socket,
    private readonly mostSilentBeats: number,
  ) {
    // A token is few bytes, and somebody waits for it.
    socket.setNoDelay(true);
    const beat = setInterval(() => this.#beat(), BEAT_MS);
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => this.end(error));
    this.ended = new Promise((done) => {
      socket.once('close', () => {
        clearInterval(beat);
        this.#isClosed = true;
        this.#wake();
        done(this.#reason ?? new Error('The other side has closed the connection.'));
      });
    });
  }

  /** The next frame, or `undefined` when the connection is closed and all were given. One caller at a time. */
  async next(): Promise<Buffer | undefined> {
    while (this.#frames.length === 0 && !this.#isClosed)
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    return this.#frames.shift();
  }

  send(frame: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    this.socket.write(Buffer.concat([length, frame]));
  }

  /** Closes the connection at once. */
  end(reason: Error): void {
    this.#reason ??= reason;
    this.socket.destroy();
  }

  /** Beats are counted instead of time, so that a process that was busy for long does not take the other side for dead. */
  #beat(): void {
    if (this.#silentBeats++ >= this.mostSilentBeats)
      this.end(new Error(`Nothing was heard of the other side for ${this.mostSilentBeats} seconds.`));
    else this.send(EMPTY);
  }

  #take(bytes: Buffer): void {
    this.#silentBeats = 0;
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE();
      if (length > this.mostFrameBytes) {
        this.end(new Error('The other side sent a frame that is too long.'));
        return;
      }
      if (rest.length < 4 + length) break;
      if (length > 0) this.#frames.push(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
    this.#rest = rest;
    this.#wake();
  }
}

const EMPTY = Buffer.alloc(0);
const BEAT_MS = 1000;
