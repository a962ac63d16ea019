import { type BleuStatistics, corpusBleu } from '../../core/metrics/bleu.ts';
import { meanLoss, natsPerCharacter, perplexity } from '../../core/metrics/loss.ts';
import type { TestMatch } from '../../core/metrics/test-match.ts';

export const SPLITS = ['by-pair', 'by-focal-class'] as const;
export type Split = (typeof SPLITS)[number];
export const SYSTEMS = ['base', 'personalized', 'nearest-copy', 'nearest-rename'] as const;
export type System = (typeof SYSTEMS)[number];

/** How one system did on one held-out pair of one library. It holds no source code, so that it can be committed. */
export interface EvaluationRecord {
  readonly library: string;
  readonly split: Split;
  readonly system: System;
  readonly pairId: string;
  /** Tells pairs of one focal class from others': tests of a class are alike, so bootstrap intervals draw them together. */
  readonly focalClass: string;
  readonly bleu: BleuStatistics;
  readonly match: TestMatch;
  /** In nats over the tokens of the team's test, which has so many UTF-16 units. `null` for a copy, which has none. */
  readonly loss: { readonly lossSum: number; readonly targetTokens: number; readonly targetCharacters: number } | null;
  /** Whether the first candidate, which a model writes greedily, parses. */
  readonly candidateParses: boolean;
  /** Of what a user is shown first; `null` where the system was not checked. */
  readonly check: {
    readonly parses: boolean;
    readonly compiles: boolean;
    readonly passes: boolean;
    readonly useful: boolean;
  } | null;
}

/** What the records of one system on one split come to: BLEU-4 from 0 to 100, rates from 0 to 1, `null` where not measured. */
export interface Scores {
  readonly bleu4: number;
  /** Per token. */
  readonly perplexity: number | null;
  /** As the perplexity, but comparable between models of different tokenizers. */
  readonly natsPerCharacter: number | null;
  /** Shares of first candidates that are the team's test, to the letter and after abstraction. */
  readonly exactMatch: number;
  readonly abstractedMatch: number;
  /** Of first candidates, as they were written. */
  readonly greedyParseRate: number;
  /** From here on of what a user is shown first. */
  readonly parseRate: number | null;
  readonly compileRate: number | null;
  readonly passRate: number | null;
  readonly usefulRate: number | null;
}

export function scoresOf(records: readonly EvaluationRecord[]): Scores {
  const losses = records.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const checks = records.flatMap(({ check }) => (check === null ? [] : [check]));
  const rate = (passes: (check: NonNullable<EvaluationRecord['check']>) => boolean) =>
    checks.length < records.length || checks.length === 0 ? null : checks.filter(passes).length / checks.length;
  const hasLosses = losses.length === records.length && losses.length > 0;
  const share = (hits: (match: TestMatch) => boolean) =>
    records.filter(({ match }) => hits(match)).length / Math.max(1, records.length);
  return {
    bleu4: corpusBleu(records.map(({ bleu }) => bleu)),
    perplexity: hasLosses ? perplexity(meanLoss(losses)) : null,
    natsPerCharacter: hasLosses ? natsPerCharacter(losses) : null,
    exactMatch: share(({ exact }) => exact),
    abstractedMatch: share(({ abstracted }) => abstracted),
    greedyParseRate: records.filter(({ candidateParses }) => candidateParses).length / Math.max(1, records.length),
    parseRate: rate(({ parses }) => parses),
    compileRate: rate(({ compiles }) => compiles),
    passRate: rate(({ passes }) => passes),
    usefulRate: rate(({ useful }) => useful),
  };
}

/** Reads a line that `bespoke start` wrote about one candidate, and leaves its text behind. */
export function recordOf(library: string, line: string): EvaluationRecord {
  const written = JSON.parse(line) as WrittenRecord;
  const { check, loss, match } = written;
  return {
    library,
    split: written.split,
    system: written.model,
    pairId: written.pairId,
    focalClass: `${written.focalFile}#${written.focalClass}`,
    bleu: written.bleu,
    match: { exact: match.exact, abstracted: match.abstracted },
    loss:
      loss === null
        ? null
        : { lossSum: loss.sum, targetTokens: loss.targetTokens, targetCharacters: loss.targetCharacters },
    candidateParses: written.candidateParses,
    check:
      check === null
        ? null
        : {
            parses: check.parses,
            compiles: check.compiles === true,
            passes: check.passes === true,
            useful: check.useful === true,
          },
  };
}

/** A line of the file that `bespoke start` writes beside its report. */
interface WrittenRecord {
  readonly split: Split;
  readonly model: System;
  readonly pairId: string;
  readonly focalFile: string;
  readonly focalClass: string;
  readonly bleu: BleuStatistics;
  readonly match: TestMatch;
  readonly loss: { readonly sum: number; readonly targetTokens: number; readonly targetCharacters: number } | null;
  readonly candidateParses: boolean;
  readonly check: {
    readonly parses: boolean;
    readonly compiles: boolean | null;
    readonly passes: boolean | null;
    readonly useful: boolean | null;
  } | null;
}
