import { type BleuStatistics, bleuStatistics, corpusBleu } from '../../core/metrics/bleu.ts';
import { javaTokens } from '../../core/metrics/java-tokens.ts';
import type { CheckResult } from '../check/check-result.ts';
import type { Measurement } from '../client/run.ts';
import type { ReportScores } from '../report/style-report-model.ts';
import type { HeldOutPair } from './held-out-set.ts';

/** BLEU statistics of each candidate against the team's test, in the order of the pairs. */
export function bleuOfCandidates(heldOut: readonly HeldOutPair[], candidates: readonly string[]): BleuStatistics[] {
  return heldOut.map(({ pair }, at) => bleuStatistics(javaTokens(candidates[at] ?? ''), javaTokens(pair.testSource)));
}

/** All figures of one model on one split. A rate is `null` when a candidate could not be checked, for instance without trust. */
export function scoresOf(
  bleu: readonly BleuStatistics[],
  measurement: Measurement | null,
  checks: readonly CheckResult[] | null,
): ReportScores {
  return {
    bleu4: corpusBleu(bleu),
    perplexity: measurement?.perplexity ?? null,
    parseRate: rate(checks, (check) => check.parses),
    compileRate: rate(checks, (check) => check.compiles),
    passRate: rate(checks, (check) => check.passes),
    usefulRate: rate(checks, (check) => check.useful),
  };
}

function rate(checks: readonly CheckResult[] | null, look: (check: CheckResult) => boolean | null): number | null {
  if (checks === null || checks.length === 0) return null;
  let yes = 0;
  for (const check of checks) {
    const answer = look(check);
    if (answer === null) return null;
    if (answer) yes++;
  }
  return yes / checks.length;
}
