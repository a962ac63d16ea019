import { type BleuStatistics, corpusBleu } from '../../core/metrics/bleu.ts';
import { meanLoss, natsPerCharacter, perplexity } from '../../core/metrics/loss.ts';
import type { TestMatch } from '../../core/metrics/test-match.ts';
import type { EvaluationSetting } from './evaluation-setting.ts';

export const SPLITS = ['by-pair', 'by-focal-class'] as const;
export type Split = (typeof SPLITS)[number];
export const SYSTEMS = ['base', 'personalized', 'nearest-copy', 'nearest-rename'] as const;
export type System = (typeof SYSTEMS)[number];

/** How one system did on one held-out pair of one library. It holds no source code, so that it can be committed. */
export interface EvaluationRecord extends SystemRecord {
  readonly library: string;
  readonly setting: EvaluationSetting;
}

/** How one system did on one held-out pair, wherever that is from. It holds no source code. */
export interface SystemRecord {
  readonly split: Split;
  readonly system: System;
  readonly pairId: string;
  /** Tells pairs of one focal class from others': tests of a class are alike, so bootstrap intervals draw them together. */
  readonly focalClass: string;
  readonly bleu: BleuStatistics;
  /** Of the first candidate, and of the best of five. */
  readonly match: TestMatch;
  readonly bestMatch: TestMatch;
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
  /** The same for the best of five. */
  readonly exactTop5: number;
  readonly abstractedTop5: number;
  /** Of first candidates, as they were written. */
  readonly greedyParseRate: number;
  /** From here on of what a user is shown first. */
  readonly parseRate: number | null;
  readonly compileRate: number | null;
  readonly passRate: number | null;
  readonly usefulRate: number | null;
}

export function scoresOf(records: readonly SystemRecord[]): Scores {
  const losses = records.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const checks = records.flatMap(({ check }) => (check === null ? [] : [check]));
  const rate = (passes: (check: NonNullable<SystemRecord['check']>) => boolean) =>
    checks.length < records.length || checks.length === 0 ? null : checks.filter(passes).length / checks.length;
  const hasLosses = losses.length === records.length && losses.length > 0;
  const share = (hits: (record: SystemRecord) => boolean) => records.filter(hits).length / Math.max(1, records.length);
  return {
    bleu4: corpusBleu(records.map(({ bleu }) => bleu)),
    perplexity: hasLosses ? perplexity(meanLoss(losses)) : null,
    natsPerCharacter: hasLosses ? natsPerCharacter(losses) : null,
    exactMatch: share(({ match }) => match.exact),
    abstractedMatch: share(({ match }) => match.abstracted),
    exactTop5: share(({ bestMatch }) => bestMatch.exact),
    abstractedTop5: share(({ bestMatch }) => bestMatch.abstracted),
    greedyParseRate: share(({ candidateParses }) => candidateParses),
    parseRate: rate(({ parses }) => parses),
    compileRate: rate(({ compiles }) => compiles),
    passRate: rate(({ passes }) => passes),
    usefulRate: rate(({ useful }) => useful),
  };
}

/** Reads a line that `bespoke start` wrote about one candidate, and leaves its text behind. */
export function recordOf(library: string, setting: EvaluationSetting, line: string): EvaluationRecord {
  return { library, setting, ...systemRecordOf(JSON.parse(line) as WrittenRecord) };
}

/** What a written record says of its system, without any text. */
export function systemRecordOf(written: WrittenRecord): SystemRecord {
  const { check, loss, match, bestMatch } = written;
  return {
    split: written.split,
    system: written.model,
    pairId: written.pairId,
    focalClass: `${written.focalFile}#${written.focalClass}`,
    bleu: written.bleu,
    match: { exact: match.exact, abstracted: match.abstracted },
    bestMatch: { exact: bestMatch.exact, abstracted: bestMatch.abstracted },
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
export interface WrittenRecord {
  readonly split: Split;
  readonly model: System;
  readonly pairId: string;
  readonly focalFile: string;
  readonly focalClass: string;
  readonly bleu: BleuStatistics;
  readonly match: TestMatch;
  readonly bestMatch: TestMatch;
  readonly loss: { readonly sum: number; readonly targetTokens: number; readonly targetCharacters: number } | null;
  readonly candidateParses: boolean;
  readonly check: {
    readonly parses: boolean;
    readonly compiles: boolean | null;
    readonly passes: boolean | null;
    readonly useful: boolean | null;
  } | null;
}
