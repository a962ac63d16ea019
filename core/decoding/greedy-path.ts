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
import { circleIn } from './repetition.ts';

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
 * the guess was right, one step gives several tokens, the same ones as without it. Where it goes in a circle within a statement, which
 * would leave nothing to close, it goes back and takes the other token where it was least sure.
 */
export class GreedyPath {
  /** What it reads next; `undefined` when it has ended. */
  beam: Beam | undefined;
  finished: FinishedText | undefined;
  #point: PathPoint;
  #choices: Choice[] = [];
  #circlesLeft = 0;
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

  /** What `advance` chose on the way to where it stands. */
  get choices(): readonly Choice[] {
    return this.#choices;
  }

  /** Takes the likeliest token after its own and after each of its drafts that was right. */
  advance(logProbabilities: (drafts: number) => Float32Array | undefined, rowOf: (drafts: number) => number): void {
    const read = this.beam;
    const circlesLeft = this.#circlesLeft;
    for (let right = 0; ; right++) {
      const values = logProbabilities(right);
      if (values === undefined) return;
      if (read !== undefined) this.#point = { ...this.#point, rows: [...this.#point.rows, rowOf(right)] };
      const { token, runnerUp } = twoLargest(values);
      const [logProbability, second] = [values[token] as number, values[runnerUp] as number];
      this.#choices.push({
        ...{ point: this.#point, token, runnerUp },
        ...{ runnerUpLogProbability: second, margin: logProbability - second },
      });
      this.take(token, logProbability);
      if (this.finished !== undefined || this.#circlesLeft > circlesLeft || token !== read?.drafts[right]) return;
    }
  }

  take(token: number, logProbability: number): void {
    this.#text.push(token);
    const { draft, ends } = extendDraft(this.#point.draft, token, this.stopping, this.tokenizer);
    if (ends === 'repetition' && this.#leaveCircle(draft.text)) return;
    const { rows } = this.#point;
    this.#point = { draft, rows, logProbability: this.#point.logProbability + logProbability };
    this.beam = ends === undefined ? { token, rows, drafts: copyDraft(this.#text, MOST_DRAFTS) } : undefined;
    if (ends !== undefined) this.finished = finishDraft(draft, ends, this.#point.logProbability, this.stopping);
  }

  /** Goes back into the circle's second round, and takes the runner-up where it was least sure; false where that cannot help. */
  #leaveCircle(text: string): boolean {
    const circle = circleIn(text);
    if (circle === undefined || this.#circlesLeft === MOST_CIRCLES_LEFT) return false;
    // Of statements that repeat themselves all but the first are dropped when the text is closed, and the rest is whole.
    if (text.slice(-circle.unit).includes(';')) return false;
    const start = text.length - circle.length + circle.unit;
    const end = start + Math.max(circle.unit, SHORTEST_ROUND);
    const inRound = this.#choices.filter(
      ({ point, ...choice }) =>
        point.draft.text.length >= start && point.draft.text.length < end && isOtherText(choice, this.tokenizer),
    );
    const [exit] = inRound.sort((one, other) => one.margin - other.margin);
    if (exit === undefined) return false;
    this.#circlesLeft += 1;
    this.#choices = this.#choices.slice(0, this.#choices.indexOf(exit));
    this.#text.length -= this.#point.draft.tokens.length + 1 - exit.point.draft.tokens.length;
    // Rows may have been moved since.
    this.#point = { ...exit.point, rows: this.#point.rows.slice(0, exit.point.rows.length) };
    this.take(exit.runnerUp, exit.runnerUpLogProbability);
    return true;
  }

  /** Rows were moved within the cache. */
  renumber(newRow: ReadonlyMap<number, number>): void {
    const rows = this.#point.rows.map((row) => newRow.get(row) ?? row);
    this.#point = { ...this.#point, rows };
    if (this.beam !== undefined) this.beam = { ...this.beam, rows };
  }
}

/** Other white space makes no other text. */
export function isOtherText({ token, runnerUp }: Pick<Choice, 'token' | 'runnerUp'>, tokenizer: Tokenizer): boolean {
  return tokenizer.decode([token]).trim() !== tokenizer.decode([runnerUp]).trim();
}

/** Who goes in circles again and again has nothing more to say. */
const MOST_CIRCLES_LEFT = 3;
/** A round of fewer characters holds too few choices. */
const SHORTEST_ROUND = 16;

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
