import type { Beam, Decoding, FinishedText, StoppingCriteria } from '../../core/decoding/decoding.ts';
import { GreedyPath } from '../../core/decoding/greedy-path.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import { distinctTexts } from './distinct-texts.ts';
import { type FaultyText, GivenPath } from './given-path.ts';

/**
 * Writes a text anew from where it went wrong: each candidate keeps what comes before, takes another token where the model was least sure
 * within the faulty part, and goes on greedily. Reading what is kept costs as much as reading so much input, and is shared.
 */
export class Rewriting implements Decoding {
  readonly width: number;
  readonly #given: GivenPath;
  #branches: readonly GreedyPath[] | undefined;

  constructor(
    private readonly candidates: number,
    private readonly faulty: FaultyText,
    private readonly input: readonly number[],
    private readonly stopping: StoppingCriteria,
    private readonly tokenizer: Tokenizer,
  ) {
    this.width = candidates;
    this.#given = new GivenPath(faulty, stopping, tokenizer);
  }

  get beams(): readonly Beam[] {
    const going = this.#branches ?? [this.#given];
    return going.flatMap(({ beam }) => beam ?? []);
  }

  advance(
    logProbabilities: (beam: number, drafts: number) => Float32Array | undefined,
    rowOf: (beam: number, drafts: number) => number,
  ): void {
    const paths = this.#branches?.filter(({ beam }) => beam !== undefined) ?? [this.#given];
    for (const [at, path] of paths.entries())
      path.advance(
        (drafts) => logProbabilities(at, drafts),
        (drafts) => rowOf(at, drafts),
      );
    if (this.#given.beam === undefined) this.#branches ??= this.#branchOff();
  }

  #branchOff(): GreedyPath[] {
    return this.#given.choices
      .toSorted((one, other) => one.margin - other.margin)
      .slice(0, this.candidates)
      .map(({ point, runnerUp, runnerUpLogProbability }) => {
        const branch = new GreedyPath(this.input, point, this.stopping, this.tokenizer);
        branch.take(runnerUp, runnerUpLogProbability);
        return branch;
      });
  }

  renumber(newRow: ReadonlyMap<number, number>): void {
    for (const path of this.#branches ?? [this.#given]) path.renumber(newRow);
  }

  /** Nothing is certain before the best is known. */
  takeDelta(): string {
    return '';
  }

  /** The likeliest first, all of them other texts than the given one. */
  finished(): FinishedText[] {
    const branches = (this.#branches ?? []).flatMap(({ finished }) => finished ?? []);
    branches.sort((one, other) => other.logProbability - one.logProbability);
    return distinctTexts([{ text: this.faulty.text }, ...branches]).filter((one) => 'tokens' in one);
  }
}
