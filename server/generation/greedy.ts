import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import { copyDraft } from './copy-draft.ts';
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

/**
 * Takes the likeliest token each time. What it is likely to take is read ahead (`copyDraft`): as far as the guess was right, one step
 * gives several tokens, the same ones as without it.
 */
export class Greedy implements Decoding {
  readonly width = 1;
  beams: readonly Beam[] = [];
  #rows: number[] = [];
  /** The input and all tokens taken. */
  readonly #text: number[];
  #draft: Draft = draftStart;
  #logProbability = 0;
  #emitted = 0;
  #finished: FinishedText | undefined;

  constructor(
    input: readonly number[],
    private readonly stopping: StoppingCriteria,
    private readonly tokenizer: Tokenizer,
  ) {
    this.#text = [...input];
  }

  advance(
    logProbabilities: (beam: number, drafts: number) => Float32Array | undefined,
    rowOf: (beam: number, drafts: number) => number,
  ): void {
    const read = this.beams[0];
    for (let right = 0; ; right++) {
      const values = logProbabilities(0, right);
      if (values === undefined) return;
      if (read !== undefined) this.#rows.push(rowOf(0, right));
      const token = indexOfLargest(values);
      this.#take(token, values[token] as number);
      if (this.beams.length === 0 || token !== read?.drafts[right]) return;
    }
  }

  #take(token: number, logProbability: number): void {
    this.#logProbability += logProbability;
    this.#text.push(token);
    const { draft, ends } = extendDraft(this.#draft, token, this.stopping, this.tokenizer);
    this.#draft = draft;
    this.beams = ends === undefined ? [{ token, rows: this.#rows, drafts: copyDraft(this.#text, MOST_DRAFTS) }] : [];
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

/** Guesses further ahead are seldom right. */
const MOST_DRAFTS = 7;

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
