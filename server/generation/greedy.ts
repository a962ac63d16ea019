import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import {
  type Beam,
  type Decoding,
  type Draft,
  draftStart,
  extendDraft,
  type FinishedText,
  finishDraft,
  type StoppingCriteria,
} from './decoding.ts';

/** Takes the likeliest token each time. */
export class Greedy implements Decoding {
  readonly width = 1;
  beams: readonly Beam[] = [];
  #rows: number[] = [];
  #draft: Draft = draftStart;
  #logProbability = 0;
  #emitted = 0;
  #finished: FinishedText | undefined;

  constructor(
    private readonly stopping: StoppingCriteria,
    private readonly tokenizer: Tokenizer,
  ) {}

  advance(logProbabilities: (beam: number) => Float32Array, rowOf: (beam: number) => number): void {
    if (this.beams.length > 0) this.#rows.push(rowOf(0));
    const values = logProbabilities(0);
    const token = indexOfLargest(values);
    this.#logProbability += values[token] as number;
    const { draft, ends } = extendDraft(this.#draft, token, this.stopping, this.tokenizer);
    this.#draft = draft;
    this.beams = ends === undefined ? [{ token, rows: this.#rows }] : [];
    if (ends !== undefined) this.#finished = finishDraft(draft, ends, this.#logProbability, this.stopping);
  }

  renumber(newRow: ReadonlyMap<number, number>): void {
    this.#rows = this.#rows.map((row) => newRow.get(row) ?? row);
    this.beams = this.beams.map((beam) => ({ ...beam, rows: this.#rows }));
  }

  takeDelta(): string {
    const delta = this.#draft.text.slice(this.#emitted);
    this.#emitted = this.#draft.text.length;
    return delta;
  }

  finished(): FinishedText[] {
    return this.#finished === undefined ? [] : [this.#finished];
  }
}

/** The first of several equal ones. */
function indexOfLargest(values: Float32Array): number {
  let best = 0;
  let largest = values[0] as number;
  for (let index = 1; index < values.length; index++) {
    const value = values[index] as number;
    if (value > largest) {
      largest = value;
      best = index;
    }
  }
  return best;
}
