import type { TestPair } from '../mining/test-pair.ts';
import { Turns } from '../mining/turns.ts';
import { IdentifierWeights, lengthOf } from './identifier-weights.ts';

/** The test of the repository that a written one is most like. */
export interface ResemblingTest {
  readonly pair: TestPair;
  /** Identifier similarity (see `identifierSimilarities`), above 0 and at most 1. */
  readonly similarity: number;
}

/**
 * Finds the repository's test that a written one resembles most, so that a reader can compare the two. The index is made when it is first
 * asked, because reading the repository must not wait for it, and in small steps, because an editor must not wait either.
 */
export class ResemblingTests {
  readonly #pairs: readonly TestPair[];
  #index: Promise<TestIndex> | undefined;

  constructor(pairs: readonly TestPair[]) {
    this.#pairs = pairs;
  }

  /** Of equally similar ones the first; `null` when none shares an identifier with it. */
  async nearest(testSource: string): Promise<ResemblingTest | null> {
    this.#index ??= TestIndex.of(this.#pairs);
    return (await this.#index).nearest(testSource);
  }
}

class TestIndex {
  readonly #pairs: readonly TestPair[];
  readonly #weights = new IdentifierWeights([]);
  /** Per identifier the tests that use it, by index, with its weight there. */
  readonly #postings = new Map<string, { readonly tests: number[]; readonly weights: number[] }>();
  readonly #lengths: Float64Array;

  private constructor(pairs: readonly TestPair[]) {
    this.#pairs = pairs;
    this.#lengths = new Float64Array(pairs.length);
  }

  static async of(pairs: readonly TestPair[]): Promise<TestIndex> {
    const index = new TestIndex(pairs);
    const turns = new Turns();
    for (const { testSource } of pairs) {
      index.#weights.count(testSource);
      await turns.pass();
    }
    for (const [at, { testSource }] of pairs.entries()) {
      index.#add(at, index.#weights.vectorOf(testSource));
      await turns.pass();
    }
    return index;
  }

  #add(test: number, vector: ReadonlyMap<string, number>): void {
    this.#lengths[test] = lengthOf(vector);
    for (const [identifier, weight] of vector) {
      const posting = this.#postings.get(identifier) ?? { tests: [], weights: [] };
      this.#postings.set(identifier, posting);
      posting.tests.push(test);
      posting.weights.push(weight);
    }
  }

  nearest(testSource: string): ResemblingTest | null {
    const vector = this.#weights.vectorOf(testSource);
    const length = lengthOf(vector);
    const products = new Float64Array(this.#pairs.length);
    for (const [identifier, weight] of vector) {
      const posting = this.#postings.get(identifier);
      if (posting === undefined) continue;
      for (const [nth, test] of posting.tests.entries()) {
        products[test] = (products[test] ?? 0) + weight * (posting.weights[nth] ?? 0);
      }
    }
    let best: ResemblingTest | null = null;
    for (const [at, pair] of this.#pairs.entries()) {
      const product = products[at] ?? 0;
      if (product === 0) continue;
      const similarity = Math.min(1, product / (length * (this.#lengths[at] ?? 1)));
      if (similarity > (best?.similarity ?? 0)) best = { pair, similarity };
    }
    return best;
  }
}
