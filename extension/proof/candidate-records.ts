import type { BleuStatistics } from '../../core/metrics/bleu.ts';
import type { CheckResult } from '../check/check-result.ts';
import type { Measurement } from '../client/run.ts';
import type { ModelComparison } from './compare-models.ts';

/** What one system wrote for one held-out pair and how it did: the record behind the figures. */
export interface CandidateRecord {
  readonly split: string;
  readonly model: 'base' | 'personalized' | 'nearest-copy';
  readonly pairId: string;
  readonly focalFile: string;
  readonly focalClass: string;
  readonly testClass: string;
  readonly testMethod: string;
  readonly candidate: string;
  /** Against the team's test. */
  readonly bleu: BleuStatistics;
  /** The model's loss on the team's test: a sum in nats over its tokens. `null` for a copy, which has none. */
  readonly loss: { readonly sum: number; readonly targetTokens: number } | null;
  readonly check: CheckResult | null;
}

/** One record for each candidate, in the order of splits, systems and pairs. */
export function candidateRecords(comparisons: readonly ModelComparison[]): CandidateRecord[] {
  return comparisons.flatMap((comparison) => {
    const { heldOut } = comparison;
    const systems = [
      { model: 'base', written: comparison.base, loss: lossOf(heldOut.base) },
      { model: 'personalized', written: comparison.personalized, loss: lossOf(heldOut.personalized) },
      { model: 'nearest-copy', written: comparison.nearestCopy, loss: () => null },
    ] as const;
    return systems.flatMap(({ model, written, loss }) =>
      heldOut.pairs.map(({ pair }, at): CandidateRecord => {
        const bleu = written.bleu[at];
        if (bleu === undefined) throw new Error('A held-out pair has no candidate.');
        return {
          split: heldOut.split,
          model,
          pairId: pair.id,
          focalFile: pair.focalFile,
          focalClass: pair.focalClass,
          testClass: pair.testClass,
          testMethod: pair.testMethod,
          candidate: written.texts[at] ?? '',
          bleu,
          loss: loss(pair.id),
          check: written.checks?.[at] ?? null,
        };
      }),
    );
  });
}

function lossOf(measurement: Measurement): (pairId: string) => CandidateRecord['loss'] {
  const losses = new Map(measurement.pairs.map((pair) => [pair.pairId, pair]));
  return (pairId) => {
    const found = losses.get(pairId);
    return found === undefined ? null : { sum: found.lossSum, targetTokens: found.targetTokens };
  };
}
