import { noGenerationWorker } from '../errors.ts';
import type { DecodedPart } from './worker-client.ts';

/** What a caller sees of a request that may be done more than once: everything once. */
export class SeamlessStream {
  #hasStarted = false;
  /** The text that was passed on, and the text of the worker that writes now. */
  #passed = '';
  #written = '';

  /** A worker begins with the request. */
  begin(): void {
    this.#written = '';
  }

  /**
   * What is new of a part. Throws `noGenerationWorker` when this worker writes another text than the one that was passed on: decoding is
   * deterministic, but for sums that are made in another order among other requests.
   */
  *pass(part: DecodedPart): Generator<DecodedPart> {
    switch (part.kind) {
      case 'started':
        if (!this.#hasStarted) yield part;
        this.#hasStarted = true;
        return;
      case 'delta': {
        this.#written += part.text;
        const [written, passed] = [this.#written, this.#passed];
        if (!written.startsWith(passed) && !passed.startsWith(written)) throw noGenerationWorker();
        if (written.length <= passed.length) return;
        this.#passed = written;
        yield { kind: 'delta', text: written.slice(passed.length) };
        return;
      }
      case 'candidate':
        if (this.#written !== this.#passed) throw noGenerationWorker();
        yield part;
    }
  }
}
