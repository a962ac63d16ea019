import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { shuttingDown } from '../errors.ts';
import { accessOf } from './access.ts';
import { refusalOf } from './status.ts';

/**
 * Counts the calls that were let in, from their arrival to their end. When the server drains, those that were let in finish and every
 * other is told to come back; what is open to anyone, health above all, is answered to the last.
 */
export class CallsInFlight {
  #count = 0;
  #draining = false;
  #onIdle = () => {};

  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    if (accessOf.get(path) === 'anyone') return new ServerInterceptingCall(call);
    let counted = false;
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, admit) => {
            if (this.#draining) return call.sendStatus(refusalOf(shuttingDown()));
            counted = true;
            this.#count += 1;
            admit(metadata);
          },
          // However a call ends, grpc-js says so here.
          onCancel: () => {
            if (counted) this.#leave();
            counted = false;
          },
        }),
    });
  };

  get count(): number {
    return this.#count;
  }

  /** Lets no call in from now on; settles when all that were let in have ended, or when time is up. Returns how many had not. */
  async drain(withinMs: number): Promise<number> {
    this.#draining = true;
    if (this.#count > 0)
      await new Promise<void>((done) => {
        const timer = setTimeout(done, withinMs);
        this.#onIdle = () => {
          clearTimeout(timer);
          done();
        };
      });
    return this.#count;
  }

  #leave(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onIdle();
  }
}
