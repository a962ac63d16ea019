import type { BleuStatistics } from '../../core/metrics/bleu.ts';
import { bleuGainInterval, lossDropInterval } from '../../core/metrics/bootstrap.ts';
import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import type { CheckResult } from '../check/check-result.ts';
import type { ModelChoice } from '../client/generation.ts';
import type { ReportProof } from '../report/style-report-model.ts';
import type { Rewrite } from './check-comparison.ts';
import { copyAndRename } from './copy-and-rename.ts';
import type { HeldOutSet } from './held-out-set.ts';
import { bleuOfCandidates, scoresOf } from './score-candidates.ts';
import { type CandidateWriter, rewriteCandidate, writeCandidates } from './write-candidates.ts';

/** What one system wrote for the held-out pairs of a split, in their order. */
export interface WrittenTests {
  /** Its first candidates: a model's are greedy, and whether they were wanted does not depend on the check. */
  readonly texts: readonly string[];
  /** The candidates after each first one; none where a system has but one answer. */
  readonly others: readonly (readonly string[])[];
  /** Of the first candidates. */
  readonly bleu: readonly BleuStatistics[];
  /** What a user is shown first; `null` until they were checked. */
  readonly shown: readonly ShownTest[] | null;
}

/** The candidate that came furthest in the check, of those that repeat no existing test: as the editor offers it. */
export interface ShownTest {
  readonly text: string;
  readonly check: CheckResult;
}

/** Base against personalized on one split. */
export interface ModelComparison {
  readonly heldOut: HeldOutSet;
  readonly base: WrittenTests;
  readonly personalized: WrittenTests;
  /** The nearest test of the repository as it stands: what retrieval alone gives. */
  readonly nearestCopy: WrittenTests;
  /** The nearest test with its names substituted. Absent where only the models are of interest: it is checked, which takes time. */
  readonly nearestRename?: WrittenTests;
}

/** Has both models write tests for every held-out pair. */
export async function compareModels(
  writer: CandidateWriter,
  adapterId: string,
  heldOut: HeldOutSet,
): Promise<ModelComparison> {
  const write = async (model: ModelChoice) => written(heldOut, await writeCandidates(writer, model, heldOut));
  const copies = heldOut.pairs.map(({ nearest: [first] }) =>
    first === undefined ? '' : nearestTestOf(first).testSource,
  );
  return {
    heldOut,
    base: await write({ kind: 'base' }),
    personalized: await write({ kind: 'adapter', adapterId }),
    nearestCopy: written(
      heldOut,
      copies.map((copy) => [copy]),
    ),
  };
}

/** Has the models that were compared rewrite what is of no use. */
export function rewriteBy(writer: CandidateWriter, adapterId: string): Rewrite {
  return (system, { mostCandidateTokens }, wanted, fault) => {
    const model: ModelChoice = system === 'base' ? { kind: 'base' } : { kind: 'adapter', adapterId };
    return rewriteCandidate(writer, model, wanted, fault, mostCandidateTokens);
  };
}

/** Adds copy and rename, the baseline that a model has to beat to be worth its while. */
export function withCopyAndRename(comparison: ModelComparison): ModelComparison {
  const { heldOut } = comparison;
  const texts = heldOut.pairs.map(({ pair, nearest: [first] }) =>
    first === undefined ? [''] : [copyAndRename(first, pair)],
  );
  return { ...comparison, nearestRename: written(heldOut, texts) };
}

function written(heldOut: HeldOutSet, candidates: readonly (readonly string[])[]): WrittenTests {
  const texts = candidates.map(([first = '']) => first);
  const others = candidates.map(([, ...rest]) => rest);
  return { texts, others, bleu: bleuOfCandidates(heldOut.pairs, texts), shown: null };
}

/** The check results of what a user is shown first. */
const checksOf = ({ shown }: WrittenTests) => shown?.map(({ check }) => check) ?? null;

/** The figures of a comparison, with bootstrap intervals; classes are drawn whole, because tests of one class are alike. */
export function proofOf(comparison: ModelComparison): ReportProof {
  const { heldOut, base, personalized, nearestCopy, nearestRename } = comparison;
  const classes = heldOut.pairs.map(({ pair }) => `${pair.focalFile}#${pair.focalClass}`);
  const groups = heldOut.split === 'by-focal-class' ? { groups: classes } : {};
  return {
    split: heldOut.split,
    heldOutPairs: heldOut.pairs.length,
    base: scoresOf(base.bleu, heldOut.base, checksOf(base)),
    personalized: scoresOf(personalized.bleu, heldOut.personalized, checksOf(personalized)),
    nearestCopy: scoresOf(nearestCopy.bleu, null, checksOf(nearestCopy)),
    nearestRename: nearestRename === undefined ? null : scoresOf(nearestRename.bleu, null, checksOf(nearestRename)),
    bleu4Gain: bleuGainInterval(base.bleu, personalized.bleu, groups),
    lossDrop: lossDropInterval(heldOut.base.pairs, heldOut.personalized.pairs, groups),
  };
}
