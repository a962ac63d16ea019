import { type BootstrapInterval, bleuGainInterval, lossDropInterval } from '../../core/metrics/bootstrap.ts';
import {
  type EvaluationRecord,
  type Scores,
  SPLITS,
  type Split,
  SYSTEMS,
  type System,
  scoresOf,
} from './evaluation-record.ts';

/** One library on one split. */
export interface LibraryEvaluation {
  readonly library: string;
  readonly split: Split;
  readonly pairs: number;
  readonly scores: Readonly<Record<System, Scores>>;
  /** Personalized minus base, BLEU-4 points. */
  readonly bleu4Gain: BootstrapInterval;
  /** Base minus personalized, nats per token. */
  readonly lossDrop: BootstrapInterval;
}

/** The last line of `bespoke base evaluate`. */
export interface EvaluationSummary {
  readonly libraries: number;
  /** Mean over libraries and splits. */
  readonly bleu4Gain: number;
  /** Libraries where the personalized model's BLEU-4 is above copying the nearest test in both splits. */
  readonly beatsNearestTest: number;
  /** Libraries where the gain's interval is above 0 in both splits. */
  readonly surelyGains: number;
}

export function evaluationsOf(records: readonly EvaluationRecord[]): LibraryEvaluation[] {
  const libraries = [...new Set(records.map(({ library }) => library))].sort();
  return libraries.flatMap((library) =>
    SPLITS.flatMap((split) => {
      const own = records.filter((record) => record.library === library && record.split === split);
      return own.length === 0 ? [] : [evaluate(library, split, own)];
    }),
  );
}

export function summarizeEvaluation(evaluations: readonly LibraryEvaluation[]): EvaluationSummary {
  const libraries = [...new Set(evaluations.map(({ library }) => library))];
  const inAllSplits = (holds: (one: LibraryEvaluation) => boolean) =>
    libraries.filter((library) => evaluations.filter((one) => one.library === library).every(holds)).length;
  const gains = evaluations.map(({ bleu4Gain }) => bleu4Gain.estimate);
  return {
    libraries: libraries.length,
    bleu4Gain: gains.reduce((sum, gain) => sum + gain, 0) / gains.length,
    beatsNearestTest: inAllSplits(({ scores }) => scores.personalized.bleu4 > scores['nearest-copy'].bleu4),
    surelyGains: inAllSplits(({ bleu4Gain }) => bleu4Gain.low > 0),
  };
}

/** A Markdown table: a row for each library and split. */
export function evaluationTable(evaluations: readonly LibraryEvaluation[]): string {
  const head = [
    ...['library', 'split', 'pairs', 'BLEU-4 base', 'personalized', 'copy', 'gain [95 %]', 'perplexity'],
    ...['parse', 'compile', 'pass', 'useful'],
  ];
  const rows = evaluations.map(({ library, split, pairs, scores: { base, personalized, ...others }, bleu4Gain }) => [
    ...[library, split, String(pairs), base.bleu4.toFixed(1), personalized.bleu4.toFixed(1)],
    others['nearest-copy'].bleu4.toFixed(1),
    `${bleu4Gain.estimate.toFixed(1)} [${bleu4Gain.low.toFixed(1)}, ${bleu4Gain.high.toFixed(1)}]`,
    `${decimal(base.perplexity)} → ${decimal(personalized.perplexity)}`,
    ...(['parseRate', 'compileRate', 'passRate', 'usefulRate'] as const).map(
      (rate) => `${percent(base[rate])} → ${percent(personalized[rate])}`,
    ),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function evaluate(library: string, split: Split, records: readonly EvaluationRecord[]): LibraryEvaluation {
  const of = (system: System) => records.filter((record) => record.system === system);
  const [base, personalized] = [of('base'), of('personalized')];
  const losses = (of: readonly EvaluationRecord[]) => of.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const groups = split === 'by-focal-class' ? { groups: base.map(({ focalClass }) => focalClass) } : {};
  const bleu = (of: readonly EvaluationRecord[]) => of.map((record) => record.bleu);
  return {
    library,
    split,
    pairs: base.length,
    scores: Object.fromEntries(SYSTEMS.map((system) => [system, scoresOf(of(system))])) as Record<System, Scores>,
    bleu4Gain: bleuGainInterval(bleu(base), bleu(personalized), groups),
    lossDrop: lossDropInterval(losses(base), losses(personalized), groups),
  };
}

const decimal = (value: number | null) => (value === null ? 'not measured' : value.toFixed(3));
const percent = (rate: number | null) => (rate === null ? 'not measured' : `${(100 * rate).toFixed(0)} %`);
