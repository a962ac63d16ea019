import type { JavaParser } from '../../core/java/java-parser.ts';
import type { BleuStatistics } from '../../core/metrics/bleu.ts';
import { matchTest, type TestMatch } from '../../core/metrics/test-match.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { identifierSimilarities } from '../../core/style/identifier-similarity.ts';
import type { CheckResult, RepairedCandidate } from '../check/check-result.ts';
import { readCandidate } from '../check/read-candidate.ts';
import type { Measurement } from '../client/run.ts';
import type { ModelComparison } from './compare-models.ts';

/** What one system wrote for one held-out pair and how it did: the record behind the figures. Texts are scored as they were written first. */
export interface CandidateRecord {
  readonly split: string;
  readonly model: 'base' | 'personalized' | 'nearest-copy' | 'nearest-rename';
  readonly pairId: string;
  readonly focalFile: string;
  readonly focalClass: string;
  readonly testClass: string;
  readonly testMethod: string;
  /** The first, which a model writes greedily. */
  readonly candidate: string;
  /** Against the team's test. */
  readonly bleu: BleuStatistics;
  /** The first against the team's test. */
  readonly match: TestMatch;
  /** The best of all candidates against the team's test: with five of them, the papers' top-5. */
  readonly bestMatch: TestMatch;
  /**
   * The model's loss on the team's test: a sum in nats over its tokens, which stand for so many UTF-16 units. `null` for a copy, which
   * has none.
   */
  readonly loss: { readonly sum: number; readonly targetTokens: number; readonly targetCharacters: number } | null;
  /** Coding style: how alike the identifiers of the first and of the team's test are, from 0 to 1. */
  readonly styleSimilarity: number;
  /** Whether the first candidate is one method without a syntax error, before anything was chosen or repaired. */
  readonly candidateParses: boolean;
  /** What a user is shown first: the candidate that came furthest in the check. `null` where nothing was checked. */
  readonly shown: string | null;
  /** Of what is shown, without the whole test file that a repaired candidate was placed into. */
  readonly check: CheckRecord | null;
}

type CheckRecord = Omit<CheckResult, 'repaired'> & {
  readonly repaired?: Omit<RepairedCandidate, 'placement'>;
};

/**
 * One record for each pair and system, in the order of splits, systems and pairs. `repositoryTests` are the sources of all tests of the
 * repository: names that all of them use say little about style.
 */
export function candidateRecords(
  parser: JavaParser,
  comparisons: readonly ModelComparison[],
  repositoryTests: readonly string[],
): CandidateRecord[] {
  return comparisons.flatMap((comparison) => {
    const { heldOut, nearestRename } = comparison;
    const systems = [
      { model: 'base', written: comparison.base, loss: lossOf(heldOut.base) },
      { model: 'personalized', written: comparison.personalized, loss: lossOf(heldOut.personalized) },
      { model: 'nearest-copy', written: comparison.nearestCopy, loss: () => null },
      ...(nearestRename === undefined
        ? []
        : [{ model: 'nearest-rename', written: nearestRename, loss: () => null } as const]),
    ] as const;
    const team = heldOut.pairs.map(({ pair }) => pair.testSource);
    return systems.flatMap(({ model, written, loss }) => {
      const similarities = identifierSimilarities({ team, written: written.texts }, repositoryTests);
      return heldOut.pairs.map(({ pair }, at): CandidateRecord => {
        const candidate = written.texts[at] ?? '';
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
          candidate,
          bleu,
          match: matchTest(parser, [candidate], pair.testSource),
          bestMatch: matchTest(parser, [candidate, ...(written.others[at] ?? [])], pair.testSource),
          loss: loss(pair),
          styleSimilarity: similarities[at] ?? 0,
          candidateParses: readCandidate(parser, candidate).parses,
          shown: written.shown?.[at]?.text ?? null,
          check: checkRecord(written.shown?.[at]?.check),
        };
      });
    });
  });
}

function checkRecord(check: CheckResult | undefined): CheckRecord | null {
  if (check?.repaired === undefined) return check ?? null;
  const { changes, source } = check.repaired;
  return { ...check, repaired: { changes, source } };
}

function lossOf(measurement: Measurement): (pair: TestPair) => CandidateRecord['loss'] {
  const losses = new Map(measurement.pairs.map((pair) => [pair.pairId, pair]));
  return ({ id, testSource }) => {
    const found = losses.get(id);
    if (found === undefined) return null;
    // A held-out test fits the model whole, so its tokens stand for all of its text.
    return { sum: found.lossSum, targetTokens: found.targetTokens, targetCharacters: testSource.trimEnd().length };
  };
}
