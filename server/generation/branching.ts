import type { Beam, Decoding, FinishedText, StoppingCriteria } from '../../core/decoding/decoding.ts';
import { type Choice, GreedyPath, isOtherText, pathStart } from '../../core/decoding/greedy-path.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import { distinctTexts } from './distinct-texts.ts';

/**
 * The greedy candidate, then others that leave its path where it was least sure: each takes the runner-up there and goes on greedily.
 * They share the greedy path's cache rows, so a further candidate costs only what comes after it left the path; and they differ in what
 * the model doubts, where a beam search's candidates mostly differ in their last tokens.
 */
export class Branching implements Decoding {
  readonly width: number;
  readonly #main: GreedyPath;
  #branches: readonly GreedyPath[] | undefined;

  constructor(
    private readonly candidates: number,
    private readonly input: readonly number[],
    private readonly stopping: StoppingCriteria,
    private readonly tokenizer: Tokenizer,
  ) {
    this.width = candidates;
    this.#main = new GreedyPath(input, pathStart, stopping, tokenizer);
  }

  get beams(): readonly Beam[] {
    return this.#going().flatMap(({ beam }) => beam ?? []);
  }

  advance(
    logProbabilities: (beam: number, drafts: number) => Float32Array | undefined,
    rowOf: (beam: number, drafts: number) => number,
  ): void {
    const going = this.#branches === undefined ? [this.#main] : this.#going();
    for (const [at, path] of going.entries())
      path.advance(
        (drafts) => logProbabilities(at, drafts),
        (drafts) => rowOf(at, drafts),
      );
    if (this.#main.finished !== undefined) this.#branches ??= this.#branchOff();
  }

  #going(): GreedyPath[] {
    return [this.#main, ...(this.#branches ?? [])].filter(({ beam }) => beam !== undefined);
  }

  #branchOff(): GreedyPath[] {
    return this.#main.choices
      .filter((choice) => isOtherText(choice, this.tokenizer))
      .sort((one, other) => this.#inBody(other) - this.#inBody(one) || one.margin - other.margin)
      .slice(0, this.candidates - 1)
      .map(({ point, runnerUp, runnerUpLogProbability }) => {
        const branch = new GreedyPath(this.input, point, this.stopping, this.tokenizer);
        branch.take(runnerUp, runnerUpLogProbability);
        return branch;
      });
  }

  /** 1 within a method's body: another name alone makes no other test either, and is left for when there is nothing else. */
  #inBody({ point }: Choice): number {
    return point.draft.text.includes('{') ? 1 : 0;
  }

  renumber(newRow: ReadonlyMap<number, number>): void {
    for (const path of this.#going()) path.renumber(newRow);
  }

  /** Nothing is certain before the best is known. */
  takeDelta(): string {
    return '';
  }

  /** The greedy one first, then the likeliest. Distinct texts. */
  finished(): FinishedText[] {
    const branches = (this.#branches ?? []).flatMap(({ finished }) => finished ?? []);
    branches.sort((one, other) => other.logProbability - one.logProbability);
    return distinctTexts(this.#main.finished === undefined ? branches : [this.#main.finished, ...branches]);
  }
}
