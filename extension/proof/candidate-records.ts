import type { CheckResult } from '../check/check-result.ts';
import type { ModelComparison } from './compare-models.ts';

/** What one model wrote for one held-out pair and how it did: the record behind the figures. */
export interface CandidateRecord {
  readonly split: string;
  readonly model: 'base' | 'personalized';
  readonly pairId: string;
  readonly testClass: string;
  readonly testMethod: string;
  readonly candidate: string;
  readonly check: CheckResult | null;
}

/** One record for each candidate, in the order of splits, models and pairs. */
export function candidateRecords(comparisons: readonly ModelComparison[]): CandidateRecord[] {
  return comparisons.flatMap((comparison) =>
    (['base', 'personalized'] as const).flatMap((model) =>
      comparison.heldOut.pairs.map(
        ({ pair }, at): CandidateRecord => ({
          split: comparison.heldOut.split,
          model,
          pairId: pair.id,
          testClass: pair.testClass,
          testMethod: pair.testMethod,
          candidate: comparison[model].texts[at] ?? '',
          check: comparison[model].checks?.[at] ?? null,
        }),
      ),
    ),
  );
}
