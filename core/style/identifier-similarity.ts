import { identifiersInText } from './identifiers-in-text.ts';

/** Tests that a model wrote, each beside the team's own test for the same method. */
export interface WrittenBesideTeam {
  readonly team: readonly string[];
  /** In the order of `team`. */
  readonly written: readonly string[];
}

/**
 * Coding style as paper P measures it (RQ2c): the cosine of the tf-idf vectors of the identifiers of each written test and of the team's
 * own test for the same method, from 0 to 1, in the order given. `corpus` are the repository's tests, over which rarity is counted: names that all
 * of them use weigh little, a name that few use weighs much.
 */
export function identifierSimilarities(
  { team, written }: WrittenBesideTeam,
  corpus: readonly string[] = team,
): number[] {
  if (team.length !== written.length) throw new Error('Every written test needs the team’s test beside it.');
  const weights = new IdentifierWeights(corpus);
  return team.map((own, at) => cosine(weights.vectorOf(own), weights.vectorOf(written[at] ?? '')));
}

/** Weight of an identifier: its count times `ln((1 + n) / (1 + d)) + 1` for d of n tests that use it, as scikit-learn smooths it. */
class IdentifierWeights {
  readonly #tests: number;
  readonly #testsWith = new Map<string, number>();

  constructor(corpus: readonly string[]) {
    this.#tests = corpus.length;
    for (const test of corpus) {
      for (const identifier of new Set(identifiersInText(test))) {
        this.#testsWith.set(identifier, (this.#testsWith.get(identifier) ?? 0) + 1);
      }
    }
  }

  vectorOf(test: string): Map<string, number> {
    const vector = new Map<string, number>();
    for (const identifier of identifiersInText(test)) {
      const rarity = Math.log((1 + this.#tests) / (1 + (this.#testsWith.get(identifier) ?? 0))) + 1;
      vector.set(identifier, (vector.get(identifier) ?? 0) + rarity);
    }
    return vector;
  }
}

function cosine(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let product = 0;
  for (const [identifier, weight] of one) product += weight * (other.get(identifier) ?? 0);
  const lengths = lengthOf(one) * lengthOf(other);
  return lengths === 0 ? 0 : Math.min(1, product / lengths);
}

function lengthOf(vector: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const weight of vector.values()) sum += weight * weight;
  return Math.sqrt(sum);
}
