import type { BleuStatistics } from '../../core/metrics/bleu.ts';
import { bleuGainInterval, lossDropInterval } from '../../core/metrics/bootstrap.ts';
import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import type { CheckResult } from '../check/check-result.ts';
import type { ModelChoice } from '../client/generation.ts';
import type { ReportProof } from '../report/style-report-model.ts';
import { copyAndRename } from './copy-and-rename.ts';
import type { HeldOutSet } from './held-out-set.ts';
import { bleuOfCandidates, scoresOf } from './score-candidates.ts';
import { type CandidateWriter, writeCandidates } from './write-candidates.ts';

/** What one system wrote for the held-out pairs of a split, in their order. */
export interface WrittenTests {
  readonly texts: readonly string[];
  readonly bleu: readonly BleuStatistics[];
  /** `null` until they were checked. */
  readonly checks: readonly CheckResult[] | null;
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

/** Has both models write one test for every held-out pair. */
export async function compareModels(
  writer: CandidateWriter,
  adapterId: string,
  heldOut: HeldOutSet,
): Promise<ModelComparison> {
  const write = async (model: ModelChoice) => written(heldOut, await writeCandidates(writer, model, heldOut));
  return {
    heldOut,
    base: await write({ kind: 'base' }),
    personalized: await write({ kind: 'adapter', adapterId }),
    nearestCopy: written(
      heldOut,
      heldOut.pairs.map(({ nearest: [first] }) => (first === undefined ? '' : nearestTestOf(first).testSource)),
    ),
  };
}

/** Adds copy and rename, the baseline that a model has to beat to be worth its while. */
export function withCopyAndRename(comparison: ModelComparison): ModelComparison {
  const { heldOut } = comparison;
  const texts = heldOut.pairs.map(({ pair, nearest: [first] }) =>
    first === undefined ? '' : copyAndRename(first, pair),
  );
  return { ...comparison, nearestRename: written(heldOut, texts) };
}

function written(heldOut: HeldOutSet, texts: readonly string[]): WrittenTests {
  return { texts, bleu: bleuOfCandidates(heldOut.pairs, texts), checks: null };
}

/** The figures of a comparison, with bootstrap intervals; classes are drawn whole, because tests of one class are alike. */
export function proofOf(comparison: ModelComparison): ReportProof {
  const { heldOut, base, personalized, nearestCopy, nearestRename } = comparison;
  const classes = heldOut.pairs.map(({ pair }) => `${pair.focalFile}#${pair.focalClass}`);
  const groups = heldOut.split === 'by-focal-class' ? { groups: classes } : {};
  return {
    split: heldOut.split,
    heldOutPairs: heldOut.pairs.length,
    base: scoresOf(base.bleu, heldOut.base, base.checks),
    personalized: scoresOf(personalized.bleu, heldOut.personalized, personalized.checks),
    nearestCopy: scoresOf(nearestCopy.bleu, null, nearestCopy.checks),
    nearestRename: nearestRename === undefined ? null : scoresOf(nearestRename.bleu, null, nearestRename.checks),
    bleu4Gain: bleuGainInterval(base.bleu, personalized.bleu, groups),
    lossDrop: lossDropInterval(heldOut.base.pairs, heldOut.personalized.pairs, groups),
  };
}
