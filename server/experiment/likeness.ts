import { type Distribution, distributionOf } from '../../core/metrics/distribution.ts';
import { type Scores, scoresOf } from '../base/evaluation-record.ts';
import { byName } from './quality.ts';
import { pooled, type Slice, type SystemName } from './slice.ts';
import { decimal, percent, type Table } from './table.ts';

/** RQ2 of paper P on one slice, and what the check says: over all pairs of all folds and repositories. */
export interface Likeness {
  readonly nearestTests: number;
  readonly split: Slice['split'];
  readonly systems: Readonly<Record<SystemName, SystemLikeness>>;
}

export interface SystemLikeness {
  readonly pairs: number;
  readonly scores: Scores;
  /** Of the style similarity; `null` without a pair. */
  readonly style: Distribution | null;
}

export function likenessOf(slice: Slice): Likeness {
  const { nearestTests, split, systems } = slice;
  return {
    nearestTests,
    split,
    systems: byName(systems, (system) => {
      const records = pooled(slice, system);
      const styles = records.map(({ styleSimilarity }) => styleSimilarity);
      return {
        pairs: records.length,
        scores: scoresOf(records),
        style: styles.length === 0 ? null : distributionOf(styles),
      };
    }),
  };
}

export function likenessTables({ systems }: Likeness, sliceTitle: string): Table[] {
  const entries = Object.entries(systems).filter(([, { pairs }]) => pairs > 0);
  return [
    {
      title: `RQ2: matches, ${sliceTitle}`,
      note: 'Share of the pairs for which the first candidate, or the best of five, is the team’s test: to the letter (white space ignored), and after abstraction.',
      head: ['system', 'pairs', 'exact top-1', 'exact top-5', 'abstracted top-1', 'abstracted top-5'],
      rows: entries.map(([system, { pairs, scores }]) => [
        ...[system, `${pairs}`, percent(scores.exactMatch), percent(scores.exactTop5)],
        ...[percent(scores.abstractedMatch), percent(scores.abstractedTop5)],
      ]),
    },
    {
      title: `RQ2: coding style, ${sliceTitle}`,
      note: 'Cosine of the tf-idf vectors of identifiers, first candidate against the team’s test; 1 is the same names.',
      head: ['system', 'mean', 'minimum', 'lower quartile', 'median', 'upper quartile', 'maximum'],
      rows: entries.map(([system, { style }]) => [
        system,
        ...(['mean', 'minimum', 'lowerQuartile', 'median', 'upperQuartile', 'maximum'] as const).map((figure) =>
          decimal(style?.[figure] ?? null, 3),
        ),
      ]),
    },
    {
      title: `Compiles, passes, useful, ${sliceTitle}`,
      note: 'Of the test that a user is shown first, after repair; useful tests pass and can fail. Plain copies are not checked. Greedy parse is of the first candidate as written.',
      head: ['system', 'greedy parse', 'parse', 'compile', 'pass', 'useful'],
      rows: entries.map(([system, { scores }]) => [
        ...[system, percent(scores.greedyParseRate), percent(scores.parseRate), percent(scores.compileRate)],
        ...[percent(scores.passRate), percent(scores.usefulRate)],
      ]),
    },
  ];
}
