import { cosine, IdentifierWeights } from './identifier-weights.ts';

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
