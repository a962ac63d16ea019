import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { localToken } from '../server/support/server-under-test.ts';

/** A call over a connection of its own, which can be cut, and of whose answer nothing is read before somebody asks for it. */
export class RawCall {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;

  /** `windowBytes`: how much the server may send before the answer is read. */
  constructor(address: string, path: string, message: Uint8Array, windowBytes = 65_535) {
    this.#session = connect(`http://${address}`, { settings: { initialWindowSize: windowBytes } });
    this.#session.on('error', () => {});
    const headers = { 'content-type': 'application/grpc', te: 'trailers', authorization: `Bearer ${localToken}` };
    this.#stream = this.#session.request({ ':method': 'POST', ':path': path, ...headers });
    this.#stream.on('error', () => {});
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    this.#stream.end(Buffer.concat([prefix, message]));
  }

  /** Settles when the server has begun to answer. */
  get begun(): Promise<void> {
    return new Promise((done) => this.#stream.once('response', () => done()));
  }

  /** Reads the whole answer; returns its bytes. */
  async read(): Promise<number> {
    let bytes = 0;
    for await (const part of this.#stream as AsyncIterable<Buffer>) bytes += part.length;
    return bytes;
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#session.destroy();
  }
}
