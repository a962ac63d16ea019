import {
  type Beam,
  type Decoding,
  type Draft,
  draftStart,
  type Extended,
  extendDraft,
  type FinishedText,
  finishDraft,
  type StoppingCriteria,
} from '../../core/decoding/decoding.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import { distinctTexts } from './distinct-texts.ts';
import type { BeamOptions } from './worker-protocol.ts';

/** Beam search, token by token equal to Hugging Face's `generate` with `num_beams` (transformers 5, generation/utils.py). */
export class BeamSearch implements Decoding {
  beams: readonly RunningBeam[] = [];
  /** The best finished candidates, at most `width`, best first. */
  #finished: FinishedBeam[] = [];
  /** Finished candidates that did not stay among the best: they fill up when two of the best have the same text. */
  readonly #passedOver: FinishedBeam[] = [];
  #generated = 0;

  constructor(
    /** `num_beams`. */
    readonly width: number,
    private readonly options: BeamOptions,
    private readonly stopping: StoppingCriteria,
    private readonly tokenizer: Tokenizer,
  ) {}

  advance(
    logProbabilities: (beam: number, drafts: number) => Float32Array | undefined,
    rowOf: (beam: number, drafts: number) => number,
  ): void {
    const isFirst = this.#generated === 0;
    const running: readonly RunningBeam[] = isFirst
      ? [{ token: -1, rows: [], drafts: [], score: 0, draft: draftStart }]
      : this.beams;
    const rows = running.map(({ rows }, beam) => (isFirst ? rows : [...rows, rowOf(beam, 0)]));
    const wanted = 2 * this.width;
    const continuations = bestContinuations(running, (beam) => logProbabilities(beam, 0) as Float32Array, wanted).map(
      (continuation) => {
        const beam = running[continuation.beam] as RunningBeam;
        return { ...continuation, ...extendDraft(beam.draft, continuation.token, this.stopping, this.tokenizer) };
      },
    );
    this.#generated += 1;
    this.#finish(continuations);
    const going = continuations.filter(({ ends }) => ends === undefined).slice(0, this.width);
    this.beams = this.#goesOn(going[0]?.score)
      ? going.map(({ beam, token, score, draft }) => ({ token, score, draft, drafts: [], rows: rows[beam] ?? [] }))
      : [];
  }

  /** Only continuations among the best `width` finish; the others are there so that enough beams go on. */
  #finish(continuations: readonly Continuation[]): void {
    if (this.options.earlyStopping === true && this.#finished.length === this.width) return;
    for (const [rank, { ends, draft, score }] of continuations.entries()) {
      if (ends === undefined) continue;
      const finished: FinishedBeam = {
        ...finishDraft(draft, ends, score, this.stopping),
        score: Math.fround(score / this.#generated ** this.options.lengthPenalty),
      };
      if (rank < this.width) this.#finished.push(finished);
      else if (finished.complete) this.#passedOver.push(finished);
    }
    // Sorting is stable: of equal ones the earlier stays before the later.
    this.#finished.sort((a, b) => b.score - a.score);
    this.#passedOver.push(...this.#finished.splice(this.width));
  }

  #goesOn(bestRunningScore: number | undefined): boolean {
    if (bestRunningScore === undefined) return false;
    if (this.#finished.length < this.width) return true;
    const { earlyStopping, lengthPenalty } = this.options;
    if (earlyStopping === true) return false;
    const hopedLength = earlyStopping === 'never' && lengthPenalty > 0 ? this.stopping.maxNewTokens : this.#generated;
    const worst = this.#finished[this.width - 1]?.score ?? Number.NEGATIVE_INFINITY;
    return Math.fround(bestRunningScore / hopedLength ** lengthPenalty) > worst;
  }

  renumber(newRow: ReadonlyMap<number, number>): void {
    this.beams = this.beams.map((beam) => ({ ...beam, rows: beam.rows.map((row) => newRow.get(row) ?? row) }));
  }

  /** Nothing is certain before the search ends. */
  takeDelta(): string {
    return '';
  }

  /** Distinct texts, best first. */
  finished(): FinishedText[] {
    const distinct = distinctTexts([...this.#finished, ...this.#passedOver.sort((a, b) => b.score - a.score)]);
    return distinct.slice(0, this.width).map(({ score: _score, ...text }) => text);
  }
}

interface RunningBeam extends Beam {
  /** Sum of log-probabilities, in fp32 as the original adds them. */
  readonly score: number;
  readonly draft: Draft;
}

interface FinishedBeam extends FinishedText {
  readonly score: number;
}

interface Scored {
  readonly beam: number;
  readonly token: number;
  readonly score: number;
}

interface Continuation extends Scored, Extended {}

/** The best continuations of all beams together, best first; of equal ones that of the earlier beam and smaller token. */
function bestContinuations(
  running: readonly RunningBeam[],
  logProbabilities: (beam: number) => Float32Array,
  count: number,
): Scored[] {
  const best: Scored[] = [];
  let threshold = Number.NEGATIVE_INFINITY;
  for (const [beam, { score }] of running.entries()) {
    const values = logProbabilities(beam);
    for (let token = 0; token < values.length; token++) {
      const sum = Math.fround((values[token] as number) + score);
      if (sum <= threshold && best.length === count) continue;
      let place = best.length;
      while (place > 0 && (best[place - 1] as Scored).score < sum) place--;
      best.splice(place, 0, { beam, token, score: sum });
      if (best.length > count) best.pop();
      threshold = (best[best.length - 1] as Scored).score;
    }
  }
  return best;
}
