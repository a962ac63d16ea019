import type { Beam, Decoding, FinishedText, StoppingCriteria } from '../../core/decoding/decoding.ts';
import { GreedyPath, pathStart } from '../../core/decoding/greedy-path.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';

/** One candidate: the likeliest token each time. */
export class Greedy implements Decoding {
  readonly width = 1;
  readonly #path: GreedyPath;
  #emitted = '';

  constructor(input: readonly number[], stopping: StoppingCriteria, tokenizer: Tokenizer) {
    this.#path = new GreedyPath(input, pathStart, stopping, tokenizer);
  }

  get beams(): readonly Beam[] {
    return this.#path.beam === undefined ? [] : [this.#path.beam];
  }

  advance(
    logProbabilities: (beam: number, drafts: number) => Float32Array | undefined,
    rowOf: (beam: number, drafts: number) => number,
  ): void {
    this.#path.advance(
      (drafts) => logProbabilities(0, drafts),
      (drafts) => rowOf(0, drafts),
    );
  }

  renumber(newRow: ReadonlyMap<number, number>): void {
    this.#path.renumber(newRow);
  }

  takeDelta(): string {
    const text = this.#path.textSoFar;
    // A path that left a circle writes something else than what was emitted: its end tells.
    if (!text.startsWith(this.#emitted)) return '';
    const delta = text.slice(this.#emitted.length);
    this.#emitted = text;
    return delta;
  }

  finished(): FinishedText[] {
    return this.#path.finished === undefined ? [] : [this.#path.finished];
  }
}
