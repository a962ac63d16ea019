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
import {
  describeSetting,
  type EvaluationSetting,
  PAPERS_SETTING,
  PRODUCT_SETTING,
  settingName,
} from './evaluation-setting.ts';
import { markdownTable } from './markdown-table.ts';

/** One library in one setting on one split. */
export interface LibraryEvaluation {
  readonly library: string;
  readonly setting: EvaluationSetting;
  readonly split: Split;
  readonly pairs: number;
  readonly scores: Readonly<Record<System, Scores>>;
  /** Personalized minus base, BLEU-4 points. */
  readonly bleu4Gain: BootstrapInterval;
  /** Base minus personalized, nats per token. */
  readonly lossDrop: BootstrapInterval;
}

/**
 * The last line of `bespoke base evaluate`. What is not said otherwise is of the product's setting. Figures of a model are the
 * personalized model's, means over libraries and splits, each of them weighing alike; `null` where one of them was not measured.
 */
export interface EvaluationSummary {
  readonly libraries: number;
  /** BLEU-4 points over the base in the papers' setting: by pair, no nearest tests in the input. */
  readonly bleu4Gain: number | null;
  /** The same in the product's setting, over both splits. */
  readonly bleu4GainWithNearestTests: number;
  /** BLEU-4 points above copying the nearest test, held out by focal class. */
  readonly bleu4AboveNearestTestByClass: number;
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
  readonly exactTop5: number;
  readonly abstractedTop5: number;
  readonly natsPerCharacter: number | null;
}

export function evaluationsOf(records: readonly EvaluationRecord[]): LibraryEvaluation[] {
  const keyOf = (record: EvaluationRecord) => `${record.library} ${settingName(record.setting)}`;
  const keys = [...new Set(records.map(keyOf))].sort();
  return keys.flatMap((key) =>
    SPLITS.flatMap((split) => {
      const own = records.filter((record) => keyOf(record) === key && record.split === split);
      const [first] = own;
      return first === undefined ? [] : [evaluate(first.library, first.setting, split, own)];
    }),
  );
}

export function summarizeEvaluation(all: readonly LibraryEvaluation[]): EvaluationSummary {
  const evaluations = inSetting(all, PRODUCT_SETTING);
  const asInPapers = inSetting(all, PAPERS_SETTING).filter(({ split }) => split === 'by-pair');
  const byClass = evaluations.filter(({ split }) => split === 'by-focal-class');
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
    bleu4Gain: asInPapers.length === 0 ? null : mean(asInPapers.map(({ bleu4Gain }) => bleu4Gain.estimate)),
    bleu4GainWithNearestTests: mean(evaluations.map(({ bleu4Gain }) => bleu4Gain.estimate)),
    bleu4AboveNearestTestByClass: mean(
      byClass.map(({ scores }) => scores.personalized.bleu4 - scores['nearest-copy'].bleu4),
    ),
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
    exactTop5: mean(personalized.map(({ exactTop5 }) => exactTop5)),
    abstractedTop5: mean(personalized.map(({ abstractedTop5 }) => abstractedTop5)),
    natsPerCharacter: ofAll((scores) => scores.natsPerCharacter),
  };
}

const inSetting = (evaluations: readonly LibraryEvaluation[], setting: EvaluationSetting) =>
  evaluations.filter((one) => settingName(one.setting) === settingName(setting));

/** Two Markdown tables, a row for each library, setting and split: how like the team's tests the candidates are, and how they fared. */
export function evaluationTables(evaluations: readonly LibraryEvaluation[]): string {
  return `${likenessTable(evaluations)}\n\n${checkTable(evaluations)}`;
}

/** An arrow leads from the base to the personalized model. */
function likenessTable(evaluations: readonly LibraryEvaluation[]): string {
  const head = [
    ...['library', 'setting', 'split', 'pairs', 'BLEU-4', 'gain [95 %]', 'copy', 'copy and rename'],
    ...['perplexity', 'nats per character', 'exact', 'abstracted', 'exact top-5', 'abstracted top-5'],
  ];
  const rows = evaluations.map(({ library, setting, split, pairs, scores, bleu4Gain }) => {
    const both = (show: (scores: Scores) => string) => `${show(scores.base)} → ${show(scores.personalized)}`;
    return [
      ...[library, describeSetting(setting), split, String(pairs), both(({ bleu4 }) => bleu4.toFixed(1))],
      `${bleu4Gain.estimate.toFixed(1)} [${bleu4Gain.low.toFixed(1)}, ${bleu4Gain.high.toFixed(1)}]`,
      ...[scores['nearest-copy'].bleu4.toFixed(1), scores['nearest-rename'].bleu4.toFixed(1)],
      both((one) => decimal(one.perplexity)),
      both((one) => decimal(one.natsPerCharacter)),
      both(({ exactMatch }) => percent(exactMatch)),
      both(({ abstractedMatch }) => percent(abstractedMatch)),
      both(({ exactTop5 }) => percent(exactTop5)),
      both(({ abstractedTop5 }) => percent(abstractedTop5)),
    ];
  });
  return markdownTable(head, rows);
}

function checkTable(evaluations: readonly LibraryEvaluation[]): string {
  const rates = ['parseRate', 'compileRate', 'passRate', 'usefulRate'] as const;
  const head = [
    ...['library', 'setting', 'split', 'greedy parse'],
    ...['parse', 'compile', 'pass', 'useful'].map((name) => `${name} (copy and rename)`),
  ];
  const rows = evaluations.map(({ library, setting, split, scores }) => [
    ...[library, describeSetting(setting), split],
    `${percent(scores.base.greedyParseRate)} → ${percent(scores.personalized.greedyParseRate)}`,
    ...rates.map((rate) => {
      const models = `${percent(scores.base[rate])} → ${percent(scores.personalized[rate])}`;
      return `${models} (${percent(scores['nearest-rename'][rate])})`;
    }),
  ]);
  return markdownTable(head, rows);
}

function evaluate(
  library: string,
  setting: EvaluationSetting,
  split: Split,
  records: readonly EvaluationRecord[],
): LibraryEvaluation {
  const of = (system: System) => records.filter((record) => record.system === system);
  const [base, personalized] = [of('base'), of('personalized')];
  const losses = (of: readonly EvaluationRecord[]) => of.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const groups = split === 'by-focal-class' ? { groups: base.map(({ focalClass }) => focalClass) } : {};
  const bleu = (of: readonly EvaluationRecord[]) => of.map((record) => record.bleu);
  return {
    library,
    setting,
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
