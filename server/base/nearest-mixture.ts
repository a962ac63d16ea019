import type { TestPair } from '../../core/mining/test-pair.ts';
import { NEAREST_TESTS_OFFERED, NearestTestIndex, queryOf } from '../../core/model-input/nearest-tests.ts';
import { classOf } from './rank-pairs.ts';
import { seededFraction } from './seeded.ts';

/** Which tests of its library an example may show: all others, none of the same focal class, or none at all. */
export type NearestKind = 'any' | 'other-classes' | 'none';

/**
 * A repository offers all of these: a method of a class with tests, a class without any, and a repository that has just begun. The base
 * model has to be good at each, so it learns from examples of each. The shares sum to 1.
 */
const SHARES: readonly (readonly [NearestKind, number])[] = [
  ['any', 0.5],
  ['other-classes', 0.35],
  ['none', 0.15],
];

/** Gives each pair of a library the nearest tests that its example shows. */
export class NearestMixture {
  readonly #index: NearestTestIndex;
  readonly #seed: number;
  readonly #idsOfClass = new Map<string, string[]>();

  constructor(pairs: readonly TestPair[], seed: number) {
    this.#index = new NearestTestIndex(pairs);
    this.#seed = seed;
    for (const pair of pairs) {
      const ids = this.#idsOfClass.get(classOf(pair));
      if (ids === undefined) this.#idsOfClass.set(classOf(pair), [pair.id]);
      else ids.push(pair.id);
    }
  }

  kindOf(pair: TestPair): NearestKind {
    let left = seededFraction(this.#seed, `nearest tests of ${pair.id}`);
    for (const [kind, share] of SHARES) {
      if (left < share) return kind;
      left -= share;
    }
    return 'none';
  }

  /** Nearest first, as many as a model's input is offered. */
  async nearest(pair: TestPair): Promise<TestPair[]> {
    const kind = this.kindOf(pair);
    if (kind === 'none') return [];
    const excluded = kind === 'any' ? [pair.id] : (this.#idsOfClass.get(classOf(pair)) ?? [pair.id]);
    return this.#index.nearest(queryOf(pair), NEAREST_TESTS_OFFERED, new Set(excluded));
  }
}
