import type { TestPair } from '../../core/mining/test-pair.ts';
import { mostCandidateTokens } from '../../core/model-input/most-candidate-tokens.ts';
import { NEAREST_TESTS_OFFERED, NearestTestIndex, queryOf } from '../../core/model-input/nearest-tests.ts';
import type { Measurement, PersonalizationRun, Proof } from '../client/run.ts';

/** The held-out pairs of one split of a run that succeeded, with the losses measured on them. */
export interface HeldOutSet {
  readonly split: Proof['split'];
  readonly pairs: readonly HeldOutPair[];
  /** By the tests that the run trained on. */
  readonly mostCandidateTokens: number;
  readonly base: Measurement;
  readonly personalized: Measurement;
}

export interface HeldOutPair {
  readonly pair: TestPair;
  /** Nearest first; only tests that the run trained on, so that no held-out test helps to write another. */
  readonly nearest: readonly TestPair[];
  /** Those that stand in the model's input, if they fit. */
  readonly shown: readonly TestPair[];
}

/** What a run held out, looked up among the mined pairs. Fails when the run has not measured both models. */
export async function heldOutSets(run: PersonalizationRun, pairs: readonly TestPair[]): Promise<HeldOutSet[]> {
  const byId = new Map(pairs.map((pair) => [pair.id, pair]));
  const find = (id: string): TestPair => {
    const pair = byId.get(id);
    if (pair === undefined)
      throw new Error(`The run holds out pair ${id}, which is not among the mined pairs: mine again.`);
    return pair;
  };
  const train = run.trainPairIds.map(find);
  const index = new NearestTestIndex(train);
  const sets: HeldOutSet[] = [];
  for (const { split, pairIds, base, personalized } of run.proofs) {
    if (base === null || personalized === null)
      throw new Error(`The run ${run.id} was not measured: personalize again.`);
    const heldOut: HeldOutPair[] = [];
    for (const pair of pairIds.map(find)) {
      const nearest = await index.nearest(queryOf(pair), NEAREST_TESTS_OFFERED, new Set([pair.id]));
      heldOut.push({ pair, nearest, shown: nearest.slice(0, run.nearestTests) });
    }
    sets.push({ split, pairs: heldOut, mostCandidateTokens: mostCandidateTokens(train), base, personalized });
  }
  return sets;
}
