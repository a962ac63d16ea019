import type { Tokenizer } from '../model-input/tokenizer.ts';
import { copyDraft } from './copy-draft.ts';
import {
  type Beam,
  type Draft,
  draftStart,
  extendDraft,
  type FinishedText,
  finishDraft,
  type StoppingCriteria,
} from './decoding.ts';

/** Where a path stands before it takes a token. */
export interface PathPoint {
  readonly draft: Draft;
  /** Cache rows of the tokens taken so far. */
  readonly rows: readonly number[];
  /** Sum over the tokens taken so far, in nats. */
  readonly logProbability: number;
}

export const pathStart: PathPoint = { draft: draftStart, rows: [], logProbability: 0 };

/** A token that a path took, and the one that it nearly took. */
export interface Choice {
  /** Where the path stood. */
  readonly point: PathPoint;
  readonly token: number;
  readonly runnerUp: number;
  /** In nats. */
  readonly runnerUpLogProbability: number;
  /** How much likelier the token was, in nats. */
  readonly margin: number;
}

/**
 * A candidate in the making that takes the likeliest token each time. What it is likely to take is read ahead (`copyDraft`): as far as
 * the guess was right, one step gives several tokens, the same ones as without it.
 */
export class GreedyPath {
  /** What it reads next; `undefined` when it has ended. */
  beam: Beam | undefined;
  finished: FinishedText | undefined;
  #point: PathPoint;
  /** The input and all tokens taken. */
  readonly #text: number[];

  constructor(
    input: readonly number[],
    start: PathPoint,
    private readonly stopping: StoppingCriteria,
    private readonly tokenizer: Tokenizer,
  ) {
    this.#point = start;
    this.#text = [...input, ...start.draft.tokens];
  }

  get textSoFar(): string {
    return this.#point.draft.text;
  }

  /** Takes the likeliest token after its own and after each of its drafts that was right. */
  advance(
    logProbabilities: (drafts: number) => Float32Array | undefined,
    rowOf: (drafts: number) => number,
    onChoice: (choice: Choice) => void = () => {},
  ): void {
    const read = this.beam;
    for (let right = 0; ; right++) {
      const values = logProbabilities(right);
      if (values === undefined) return;
      if (read !== undefined) this.#point = { ...this.#point, rows: [...this.#point.rows, rowOf(right)] };
      const { token, runnerUp } = twoLargest(values);
      const [logProbability, second] = [values[token] as number, values[runnerUp] as number];
      onChoice({
        ...{ point: this.#point, token, runnerUp },
        ...{ runnerUpLogProbability: second, margin: logProbability - second },
      });
      this.take(token, logProbability);
      if (this.finished !== undefined || token !== read?.drafts[right]) return;
    }
  }

  take(token: number, logProbability: number): void {
    this.#text.push(token);
    const { draft, ends } = extendDraft(this.#point.draft, token, this.stopping, this.tokenizer);
    const { rows } = this.#point;
    this.#point = { draft, rows, logProbability: this.#point.logProbability + logProbability };
    this.beam = ends === undefined ? { token, rows, drafts: copyDraft(this.#text, MOST_DRAFTS) } : undefined;
    if (ends !== undefined) this.finished = finishDraft(draft, ends, this.#point.logProbability, this.stopping);
  }

  /** Rows were moved within the cache. */
  renumber(newRow: ReadonlyMap<number, number>): void {
    const rows = this.#point.rows.map((row) => newRow.get(row) ?? row);
    this.#point = { ...this.#point, rows };
    if (this.beam !== undefined) this.beam = { ...this.beam, rows };
  }
}

/** Guesses further ahead are seldom right. */
const MOST_DRAFTS = 10;

/** Of several equal ones the first. */
function twoLargest(values: Float32Array): { token: number; runnerUp: number } {
  let [token, runnerUp] = [-1, -1];
  let [largest, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value <= second && runnerUp >= 0) continue;
    if (token < 0 || value > largest) {
      [runnerUp, second] = [token, largest];
      [token, largest] = [index, value];
    } else {
      [runnerUp, second] = [index, value];
    }
  }
  return { token, runnerUp };
}
