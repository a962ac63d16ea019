import { identifiersInText } from './identifiers-in-text.ts';

/** Weight of an identifier: its count times `ln((1 + n) / (1 + d)) + 1` for d of n tests that use it, as scikit-learn smooths it. */
export class IdentifierWeights {
  #tests = 0;
  readonly #testsWith = new Map<string, number>();

  constructor(corpus: readonly string[]) {
    for (const test of corpus) this.count(test);
  }

  /** One more test of the corpus. Vectors made before are out of date. */
  count(test: string): void {
    this.#tests++;
    for (const identifier of new Set(identifiersInText(test))) {
      this.#testsWith.set(identifier, (this.#testsWith.get(identifier) ?? 0) + 1);
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

export function cosine(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let product = 0;
  for (const [identifier, weight] of one) product += weight * (other.get(identifier) ?? 0);
  const lengths = lengthOf(one) * lengthOf(other);
  return lengths === 0 ? 0 : Math.min(1, product / lengths);
}

export function lengthOf(vector: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const weight of vector.values()) sum += weight * weight;
  return Math.sqrt(sum);
}
