import { type Beam, extendDraft, type StoppingCriteria } from '../../core/decoding/decoding.ts';
import { type Choice, type PathPoint, pathStart } from '../../core/decoding/greedy-path.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';

/** A text of the model, and where it went wrong: in UTF-16 units, [start, end). */
export interface FaultyText {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Other tokens that are looked at for each of the text's own. */
const MOST_OTHERS = 4;

/** Reads a text that is given, as if the model had just written it, and finds what it could have written instead where it went wrong. */
export class GivenPath {
  /** What it reads next; `undefined` before the first step, and when it is behind the faulty part. */
  beam: Beam | undefined;
  /** What could stand there instead. */
  readonly choices: Choice[] = [];
  #point: PathPoint = pathStart;
  readonly #tokens: readonly number[];

  constructor(
    private readonly faulty: FaultyText,
    private readonly stopping: StoppingCriteria,
    private readonly tokenizer: Tokenizer,
  ) {
    this.#tokens = tokenizer.encode(faulty.text);
  }

  advance(logProbabilities: (drafts: number) => Float32Array | undefined, rowOf: (drafts: number) => number): void {
    const hasRows = this.beam !== undefined;
    this.beam = undefined;
    for (let read = 0; ; read++) {
      const values = logProbabilities(read);
      if (values === undefined) break;
      if (hasRows) this.#point = { ...this.#point, rows: [...this.#point.rows, rowOf(read)] };
      if (!this.#take(values)) return;
    }
    const { draft, rows } = this.#point;
    const [token = 0, ...drafts] = this.#tokens.slice(draft.tokens.length - 1);
    this.beam = { token, rows, drafts };
  }

  /** Rows were moved within the cache. */
  renumber(newRow: ReadonlyMap<number, number>): void {
    const rows = this.#point.rows.map((row) => newRow.get(row) ?? row);
    this.#point = { ...this.#point, rows };
    if (this.beam !== undefined) this.beam = { ...this.beam, rows };
  }

  /** Takes the text's next token; false when there is none, or it is behind the faulty part. */
  #take(values: Float32Array): boolean {
    const { draft, rows, logProbability } = this.#point;
    const token = this.#tokens[draft.tokens.length];
    if (token === undefined || draft.text.length >= this.faulty.end) return false;
    const next = extendDraft(draft, token, this.stopping, this.tokenizer);
    if (next.ends !== undefined) return false;
    if (next.draft.text.length > this.faulty.start) this.#addChoices(values, token);
    this.#point = { draft: next.draft, rows, logProbability: logProbability + (values[token] as number) };
    return true;
  }

  #addChoices(values: Float32Array, token: number): void {
    const point = this.#point;
    const rest = this.faulty.text.slice(point.draft.text.length).trimStart();
    for (const other of largest(values, MOST_OTHERS + 1)) {
      // The same text in other tokens is no other text.
      if (rest.startsWith(this.tokenizer.decode([other]).trim())) continue;
      const otherLogProbability = values[other] as number;
      const margin = (values[token] as number) - otherLogProbability;
      this.choices.push({ point, token, runnerUp: other, runnerUpLogProbability: otherLogProbability, margin });
    }
  }
}

/** Indexes of the `count` largest values, largest first. */
function largest(values: Float32Array, count: number): number[] {
  const found: number[] = [];
  const valueAt = (place: number) => values[found[place] as number] as number;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (found.length === count && value <= valueAt(count - 1)) continue;
    let place = Math.min(found.length, count - 1);
    for (; place > 0 && valueAt(place - 1) < value; place--) found[place] = found[place - 1] as number;
    found[place] = index;
  }
  return found;
}
