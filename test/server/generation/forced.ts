import type { Beam, Decoding, FinishedText } from '../../../server/generation/decoding.ts';
import { DecodingGroup } from '../../../server/generation/decoding-group.ts';
import { readInput } from '../../../server/generation/input-reading.ts';
import type { ServedModel } from '../../../server/generation/model-cache.ts';

/** Feeds given tokens in place of chosen ones and keeps the log-probabilities on the way. */
class Forced implements Decoding {
  readonly width = 1;
  readonly seen: number[][] = [];
  readonly #rows: number[] = [];

  constructor(private readonly target: readonly number[]) {}

  get beams(): readonly Beam[] {
    const token = this.target[this.seen.length - 1];
    return token === undefined ? [] : [{ token, rows: this.#rows }];
  }

  advance(logProbabilities: (beam: number) => Float32Array, rowOf: (beam: number) => number): void {
    if (this.seen.length > 0) this.#rows.push(rowOf(0));
    this.seen.push([...logProbabilities(0)]);
  }

  renumber(): void {}

  takeDelta(): string {
    return '';
  }

  finished(): FinishedText[] {
    return [];
  }
}

/** Log-probabilities after the source and after each token of the target, [target + 1, vocabulary], one step for each token. */
export async function forcedLogProbabilities(
  { model, prefix }: ServedModel,
  source: readonly number[],
  target: readonly number[],
): Promise<number[][]> {
  const reading = readInput(model, prefix, source);
  let piece = await reading.next();
  while (piece.done !== true) piece = await reading.next();
  const { value: input } = piece;
  const decoding = new Forced(target);
  decoding.advance(
    () => input.logProbabilities,
    () => -1,
  );
  const group = new DecodingGroup<{ decoding: Forced }>(model, 1);
  group.join({ decoding }, input);
  while (decoding.beams.length > 0) await group.step();
  return decoding.seen;
}
