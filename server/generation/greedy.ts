import type { Beam, Decoding, FinishedText, StoppingCriteria } from '../../core/decoding/decoding.ts';
import { GreedyPath, pathStart } from '../../core/decoding/greedy-path.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';

/** One candidate: the likeliest token each time. */
export class Greedy implements Decoding {
  readonly width = 1;
  readonly #path: GreedyPath;
  #emitted = 0;

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
    const delta = text.slice(this.#emitted);
    this.#emitted = text.length;
    return delta;
  }

  finished(): FinishedText[] {
    return this.#path.finished === undefined ? [] : [this.#path.finished];
  }
}
