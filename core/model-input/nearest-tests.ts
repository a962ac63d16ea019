import type { TestPair } from '../mining/test-pair.ts';
import { Turns } from '../mining/turns.ts';
import { wordsOf } from './words.ts';

/** What a nearest test is looked up by. */
export interface NearestTestQuery {
  /** Simple name of the focal class. */
  readonly focalClass: string;
  /** The focal method with its body. */
  readonly focalMethodSource: string;
}

/** Nearest tests that are offered to a model's input, in training and in generation; it takes as many as its budget allows. */
export const NEAREST_TESTS_OFFERED = 4;

/**
 * Finds the tests of a repository whose focal methods resemble a given one. Similarity is BM25 over the words of the focal method and
 * of its class's name: it needs no model, and the test of the most similar focal method is what a developer would copy from. The index is
 * made when it is first asked, in small steps, because an editor must not wait for it.
 */
export class NearestTestIndex {
  readonly #pairs: readonly TestPair[];
  #index: Promise<Bm25Index> | undefined;

  constructor(pairs: readonly TestPair[]) {
    this.#pairs = pairs;
  }

  /**
   * The `count` nearest pairs, nearest first, each with another test source; ties follow the pairs' ids. Pairs in `exclude` (ids) are
   * never returned, nor is a pair whose test equals an excluded pair's test.
   */
  async nearest(query: NearestTestQuery, count: number, exclude: ReadonlySet<string>): Promise<TestPair[]> {
    this.#index ??= Bm25Index.of(this.#pairs);
    return (await this.#index).nearest(query, count, exclude);
  }
}

class Bm25Index {
  readonly #pairs: readonly TestPair[];
  /** Per word the pairs that hold it with the word's weight there, by index into the pairs. */
  readonly #postings = new Map<string, { pairs: number[]; weights: number[] }>();
  /** Number of the pair's test source among the distinct ones: pairs of equal tests share it. */
  readonly #testOf: Int32Array;
  readonly #indexOf = new Map<string, number>();
  readonly #scores: Float64Array;

  private constructor(pairs: readonly TestPair[]) {
    this.#pairs = pairs;
    this.#testOf = new Int32Array(pairs.length);
    this.#scores = new Float64Array(pairs.length);
  }

  static async of(pairs: readonly TestPair[]): Promise<Bm25Index> {
    const index = new Bm25Index(pairs);
    const turns = new Turns();
    const tests = new Map<string, number>();
    const documents: CountedWords[] = [];
    for (const [at, pair] of pairs.entries()) {
      documents.push(countWords(queryOf(pair)));
      index.#indexOf.set(pair.id, at);
      const test = withoutSpace(pair.testSource);
      index.#testOf[at] = tests.get(test) ?? tests.size;
      if (!tests.has(test)) tests.set(test, tests.size);
      await turns.pass();
    }
    const meanLength = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, pairs.length);
    for (const [at, document] of documents.entries()) {
      index.#add(at, document, meanLength);
      await turns.pass();
    }
    for (const posting of index.#postings.values()) {
      const rarity = Math.log(1 + (pairs.length - posting.pairs.length + 0.5) / (posting.pairs.length + 0.5));
      posting.weights = posting.weights.map((weight) => weight * rarity);
      await turns.pass();
    }
    return index;
  }

  #add(pair: number, { counts, length }: CountedWords, meanLength: number): void {
    for (const [word, count] of counts) {
      const posting = this.#postings.get(word) ?? { pairs: [], weights: [] };
      posting.pairs.push(pair);
      posting.weights.push((count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / Math.max(1, meanLength))));
      this.#postings.set(word, posting);
    }
  }

  nearest(query: NearestTestQuery, count: number, exclude: ReadonlySet<string>): TestPair[] {
    const scores = this.#scores.fill(0);
    for (const word of countWords(query).counts.keys()) {
      const posting = this.#postings.get(word);
      if (posting === undefined) continue;
      for (let at = 0; at < posting.pairs.length; at++) {
        const pair = posting.pairs[at] as number;
        scores[pair] = (scores[pair] as number) + (posting.weights[at] as number);
      }
    }
    const seenTests = new Set<number>();
    for (const id of exclude) {
      const index = this.#indexOf.get(id);
      if (index !== undefined) seenTests.add(this.#testOf[index] as number);
    }
    const ranked = this.#rank(scores);
    const found: TestPair[] = [];
    for (const index of ranked) {
      if (found.length >= count) break;
      const pair = this.#pairs[index] as TestPair;
      const test = this.#testOf[index] as number;
      if (exclude.has(pair.id) || seenTests.has(test)) continue;
      seenTests.add(test);
      found.push(pair);
    }
    return found;
  }

  #rank(scores: Float64Array): number[] {
    const matching: number[] = [];
    for (let index = 0; index < scores.length; index++) if ((scores[index] as number) > 0) matching.push(index);
    const idOf = (index: number) => (this.#pairs[index] as TestPair).id;
    return matching.sort(
      (a, b) => (scores[b] as number) - (scores[a] as number) || (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0),
    );
  }
}

/** The query that a pair's own focal method makes. */
export function queryOf(pair: TestPair): NearestTestQuery {
  return { focalClass: pair.focalClass, focalMethodSource: pair.focalContext.method };
}

/** The usual constants of BM25: how soon a repeated word stops to count, and how much long methods are discounted. */
const K1 = 1.2;
const B = 0.75;

interface CountedWords {
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

function countWords(query: NearestTestQuery): CountedWords {
  const counts = new Map<string, number>();
  const words = wordsOf(`${query.focalClass} ${query.focalMethodSource}`);
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, length: words.length };
}

const withoutSpace = (source: string) => source.replace(/\s+/gu, '');
