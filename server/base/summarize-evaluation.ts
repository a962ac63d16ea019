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

/**
 * The last line of `bespoke base evaluate`. Figures of a model are the personalized model's, means over libraries and splits, each of
 * them weighing alike; `null` where one of them was not measured.
 */
export interface EvaluationSummary {
  readonly libraries: number;
  /** BLEU-4 points over the base. */
  readonly bleu4Gain: number;
  /** Libraries where the personalized model's BLEU-4 is above copying the nearest test in both splits. */
  readonly beatsNearestTest: number;
  /** Libraries where more of the personalized model's tests are useful than of copy and rename's in both splits. */
  readonly beatsCopyAndRename: number;
  /** Libraries where the gain's interval is above 0 in both splits. */
  readonly surelyGains: number;
  /** Rates from 0 to 1. Of first candidates, as they were written. */
  readonly greedyParseRate: number;
  /** Of what a user is shown first. */
  readonly parseRate: number | null;
  readonly compileRate: number | null;
  readonly passRate: number | null;
  readonly usefulRate: number | null;
  readonly exactMatch: number;
  readonly abstractedMatch: number;
  readonly natsPerCharacter: number | null;
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
    libraries.filter((library) => {
      const own = evaluations.filter((one) => one.library === library);
      return own.length === SPLITS.length && own.every(holds);
    }).length;
  const personalized = evaluations.map(({ scores }) => scores.personalized);
  const ofAll = (figure: (scores: Scores) => number | null) => {
    const figures = personalized.flatMap((scores) => figure(scores) ?? []);
    return figures.length < personalized.length ? null : mean(figures);
  };
  return {
    libraries: libraries.length,
    bleu4Gain: mean(evaluations.map(({ bleu4Gain }) => bleu4Gain.estimate)),
    beatsNearestTest: inAllSplits(({ scores }) => scores.personalized.bleu4 > scores['nearest-copy'].bleu4),
    beatsCopyAndRename: inAllSplits(({ scores }) => {
      const [own, baseline] = [scores.personalized.usefulRate, scores['nearest-rename'].usefulRate];
      return own !== null && baseline !== null && own > baseline;
    }),
    surelyGains: inAllSplits(({ bleu4Gain }) => bleu4Gain.low > 0),
    greedyParseRate: mean(personalized.map(({ greedyParseRate }) => greedyParseRate)),
    parseRate: ofAll(({ parseRate }) => parseRate),
    compileRate: ofAll(({ compileRate }) => compileRate),
    passRate: ofAll(({ passRate }) => passRate),
    usefulRate: ofAll(({ usefulRate }) => usefulRate),
    exactMatch: mean(personalized.map(({ exactMatch }) => exactMatch)),
    abstractedMatch: mean(personalized.map(({ abstractedMatch }) => abstractedMatch)),
    natsPerCharacter: ofAll((scores) => scores.natsPerCharacter),
  };
}

/** Two Markdown tables, a row for each library and split: how like the team's tests the candidates are, and how they fared in the check. */
export function evaluationTables(evaluations: readonly LibraryEvaluation[]): string {
  return `${likenessTable(evaluations)}\n\n${checkTable(evaluations)}`;
}

/** An arrow leads from the base to the personalized model. */
function likenessTable(evaluations: readonly LibraryEvaluation[]): string {
  const head = [
    ...['library', 'split', 'pairs', 'BLEU-4', 'gain [95 %]', 'copy', 'copy and rename'],
    ...['perplexity', 'nats per character', 'exact match', 'abstracted match'],
  ];
  const rows = evaluations.map(({ library, split, pairs, scores, bleu4Gain }) => {
    const both = (show: (scores: Scores) => string) => `${show(scores.base)} → ${show(scores.personalized)}`;
    return [
      ...[library, split, String(pairs), both(({ bleu4 }) => bleu4.toFixed(1))],
      `${bleu4Gain.estimate.toFixed(1)} [${bleu4Gain.low.toFixed(1)}, ${bleu4Gain.high.toFixed(1)}]`,
      ...[scores['nearest-copy'].bleu4.toFixed(1), scores['nearest-rename'].bleu4.toFixed(1)],
      both((one) => decimal(one.perplexity)),
      both((one) => decimal(one.natsPerCharacter)),
      both(({ exactMatch }) => percent(exactMatch)),
      both(({ abstractedMatch }) => percent(abstractedMatch)),
    ];
  });
  return markdownTable(head, rows);
}

function checkTable(evaluations: readonly LibraryEvaluation[]): string {
  const rates = ['parseRate', 'compileRate', 'passRate', 'usefulRate'] as const;
  const head = [
    'library',
    'split',
    ...['parse', 'compile', 'pass', 'useful'].map((name) => `${name} (copy and rename)`),
  ];
  const rows = evaluations.map(({ library, split, scores }) => [
    ...[library, split],
    ...rates.map((rate) => {
      const models = `${percent(scores.base[rate])} → ${percent(scores.personalized[rate])}`;
      return `${models} (${percent(scores['nearest-rename'][rate])})`;
    }),
  ]);
  return markdownTable(head, rows);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
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

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const decimal = (value: number | null) => (value === null ? 'not measured' : value.toFixed(3));
const percent = (rate: number | null) => (rate === null ? 'not measured' : `${(100 * rate).toFixed(0)} %`);
