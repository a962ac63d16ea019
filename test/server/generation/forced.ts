import type { Beam, Decoding, FinishedText } from '../../../core/decoding/decoding.ts';
import { DecodingGroup } from '../../../server/generation/decoding-group.ts';
import { readInput } from '../../../server/generation/input-reading.ts';
import type { ServedModel } from '../../../server/generation/model-cache.ts';

/**
 * Feeds given tokens in place of chosen ones and keeps the log-probabilities on the way. Of every three drafts that it offers, the last
 * is wrong, so that each step gives up to three tokens and leaves a row behind that nobody may see.
 */
class Forced implements Decoding {
  readonly width = 1;
  readonly seen: number[][] = [];
  readonly #rows: number[] = [];

  constructor(private readonly target: readonly number[]) {}

  get beams(): readonly Beam[] {
    const token = this.target[this.seen.length - 1];
    const right = this.target.slice(this.seen.length, this.seen.length + 2);
    const wrong = right.length < 2 ? [] : [(this.target[this.seen.length + 2] ?? 0) === 0 ? 1 : 0];
    return token === undefined ? [] : [{ token, rows: this.#rows, drafts: [...right, ...wrong] }];
  }

  advance(
    logProbabilities: (beam: number, drafts: number) => Float32Array | undefined,
    rowOf: (beam: number, drafts: number) => number,
  ): void {
    const isFirst = this.seen.length === 0;
    for (let drafts = 0; drafts < 3; drafts++) {
      const values = logProbabilities(0, drafts);
      if (values === undefined) return;
      if (!isFirst) this.#rows.push(rowOf(0, drafts));
      this.seen.push([...values]);
    }
  }

  renumber(): void {}

  takeDelta(): string {
    return '';
  }

  finished(): FinishedText[] {
    return [];
  }
}

/** A request, and what its log-probabilities are to be compared with or forced by. */
export interface ForcedCase {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** Log-probabilities after the source and after each token of the target, [target + 1, vocabulary], up to three of them a step. */
export async function forcedLogProbabilities(
  served: ServedModel,
  source: readonly number[],
  target: readonly number[],
): Promise<number[][]> {
  const [seen = []] = await forcedTogether(served, [{ source, target }], (members) => members);
  return seen;
}

/** The same of several requests in one group; `choose` says which of those that are not done take part in the next step. */
export async function forcedTogether(
  served: ServedModel,
  cases: readonly ForcedCase[],
  choose: <T>(members: readonly T[]) => readonly T[],
): Promise<number[][][]> {
  const group = new DecodingGroup<{ decoding: Forced; own: ServedModel['own'] }>(served.model);
  const all: Forced[] = [];
  for (const { source, target } of cases) {
    const reading = readInput(served, source);
    let piece = await reading.next();
    while (piece.done !== true) piece = await reading.next();
    const { value: input } = piece;
    const decoding = new Forced(target);
    decoding.advance(
      (_beam, drafts) => (drafts === 0 ? input.logProbabilities : undefined),
      () => -1,
    );
    all.push(decoding);
    if (decoding.beams.length > 0) group.join({ decoding, own: served.own }, input);
  }
  while (group.members.length > 0) {
    await group.step(choose(group.members));
    for (const member of group.members) if (member.decoding.beams.length === 0) group.leave(member);
  }
  return all.map(({ seen }) => seen);
}
