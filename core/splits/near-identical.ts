import { javaTokens } from '../metrics/java-tokens.ts';
import type { TestPair } from '../mining/test-pair.ts';

/** Two tests count as near-identical when their sets of token triples have at least this Jaccard similarity. */
export const NEAR_IDENTICAL_SIMILARITY = 0.8;

/**
 * Groups tests that differ in little more than their name, a literal or white space: a copy of a trained test says nothing about a
 * model. Returns for every pair the index of the first pair of its group; being near-identical is passed on along a chain.
 *
 * The comparison is exact, and fast because two sets can only be that similar when they share one of their few rarest members (the
 * prefix filter of Chaudhuri et al., "A primitive operator for similarity joins", 2006).
 */
export function nearIdenticalGroups(pairs: readonly TestPair[]): number[] {
  const sets = rareFirst(pairs.map(tokenTriples));
  const groups = new DisjointGroups(pairs.length);
  const bySize = [...sets.keys()].sort((a, b) => size(sets, a) - size(sets, b) || a - b);
  const index = new Map<number, number[]>();
  for (const one of bySize) {
    const set = sets[one] ?? [];
    const members = new Set(set);
    const compared = new Set<number>();
    const prefix =
      set.length === 0 ? [] : set.slice(0, set.length - Math.ceil(NEAR_IDENTICAL_SIMILARITY * set.length) + 1);
    for (const member of prefix) {
      const others = index.get(member) ?? [];
      for (const other of others) {
        if (compared.has(other)) continue;
        compared.add(other);
        const otherSet = sets[other] ?? [];
        if (otherSet.length < NEAR_IDENTICAL_SIMILARITY * set.length || groups.first(one) === groups.first(other))
          continue;
        if (similar(members, otherSet)) groups.join(one, other);
      }
      others.push(one);
      index.set(member, others);
    }
  }
  return pairs.map((_, one) => groups.first(one));
}

/** The set of runs of three tokens, the test's own name left out; a test shorter than that is one run. */
function tokenTriples(pair: TestPair): Set<string> {
  const tokens = javaTokens(pair.testSource).map((token) => (token === pair.testMethod ? '' : token));
  const triples = new Set<string>();
  for (let start = 0; start <= Math.max(0, tokens.length - 3); start++)
    triples.add(tokens.slice(start, start + 3).join(' '));
  return triples;
}

/** Numbers the members by how often they occur, rarest first, and sorts every set by that number. */
function rareFirst(sets: readonly ReadonlySet<string>[]): number[][] {
  const counts = new Map<string, number>();
  for (const set of sets) for (const member of set) counts.set(member, (counts.get(member) ?? 0) + 1);
  const ordered = [...counts].sort(([a, countA], [b, countB]) => countA - countB || (a < b ? -1 : 1));
  const numbers = new Map(ordered.map(([member], number) => [member, number]));
  return sets.map((set) => [...set].map((member) => numbers.get(member) ?? 0).sort((a, b) => a - b));
}

function size(sets: readonly (readonly number[])[], at: number): number {
  return sets[at]?.length ?? 0;
}

/**
 * Whether the Jaccard similarity reaches the bound. Gives up at the first member that makes it impossible; because rare members come
 * first, that is soon for most candidates.
 */
function similar(one: ReadonlySet<number>, other: readonly number[]): boolean {
  const needed = (NEAR_IDENTICAL_SIMILARITY / (1 + NEAR_IDENTICAL_SIMILARITY)) * (one.size + other.length);
  let missesLeft = other.length - needed;
  for (const member of other) if (!one.has(member) && --missesLeft < -1e-9) return false;
  return true;
}

/** Union-find; the name of a group is its smallest member. */
class DisjointGroups {
  readonly #parents: number[];

  constructor(count: number) {
    this.#parents = Array.from({ length: count }, (_, at) => at);
  }

  first(at: number): number {
    let root = at;
    for (let parent = this.#parents[root] ?? root; parent !== root; parent = this.#parents[root] ?? root) root = parent;
    this.#parents[at] = root;
    return root;
  }

  join(a: number, b: number): void {
    const [low, high] = [this.first(a), this.first(b)].sort((x, y) => x - y);
    if (low !== undefined && high !== undefined) this.#parents[high] = low;
  }
}
