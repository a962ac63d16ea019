import { type BootstrapInterval, bleuGainInterval, lossDropInterval } from '../../core/metrics/bootstrap.ts';
import { mean } from '../../core/metrics/distribution.ts';
import { kruskalWallis } from '../../core/metrics/kruskal-wallis.ts';
import { scoresOf } from '../base/evaluation-record.ts';
import type { PairRecord } from './run-record.ts';
import { BASE, COPIES, paired, type Slice, type SystemName } from './slice.ts';
import { decimal, interval, pValue, type Table } from './table.ts';

/** RQ1 of paper P on one slice: BLEU-4 and perplexity, means over the folds. */
export interface Quality {
  readonly nearestTests: number;
  readonly split: Slice['split'];
  readonly repositories: readonly RepositoryQuality[];
  /** Means over the repositories in which a system was measured. */
  readonly average: Readonly<Record<SystemName, SystemQuality>>;
  readonly comparisons: readonly Comparison[];
}

export interface RepositoryQuality {
  readonly repository: string;
  readonly systems: Readonly<Record<SystemName, SystemQuality>>;
}

/** `null`: not measured. */
export interface SystemQuality {
  readonly pairs: number;
  readonly bleu4: number | null;
  readonly perplexity: number | null;
  /** Above the base on the same pairs of all folds; `null` for the base itself. */
  readonly bleu4Gain: BootstrapInterval | null;
}

/** Two systems over all repositories. */
export interface Comparison {
  readonly systems: readonly [SystemName, SystemName];
  /** Kruskal-Wallis over one value for each repository; `null` where there are fewer than two. */
  readonly bleu4PValue: number | null;
  readonly perplexityPValue: number | null;
  /** Second minus first, over all pairs that both have. */
  readonly bleu4Gain: BootstrapInterval | null;
  /** First minus second, nats per token: above 0 the second is better. */
  readonly lossDrop: BootstrapInterval | null;
}

export function qualityOf(slice: Slice): Quality {
  const { nearestTests, split, systems } = slice;
  const repositories = slice.repositories.map((repository) => ({
    repository,
    systems: byName(systems, (system) => systemQuality(slice, repository, system)),
  }));
  const average = byName(systems, (system): SystemQuality => {
    const own = repositories.flatMap((one) => one.systems[system] ?? []);
    const of = (figure: (quality: SystemQuality) => number | null) => meanOf(own.map(figure));
    const pairs = own.reduce((sum, one) => sum + one.pairs, 0);
    const bleu4Gain = system === BASE ? null : gainOf(slice, BASE, system, slice.repositories);
    return { pairs, bleu4: of(({ bleu4 }) => bleu4), perplexity: of(({ perplexity }) => perplexity), bleu4Gain };
  });
  const compared = systems.filter((system) => !COPIES.includes(system));
  const comparisons = compared.flatMap((one, at) =>
    compared.slice(at + 1).map((other) => compare(slice, repositories, one, other)),
  );
  return { nearestTests, split, repositories, average, comparisons };
}

function systemQuality(slice: Slice, repository: string, system: SystemName): SystemQuality {
  const folds = slice.folds(repository, system).filter(({ records }) => records.length > 0);
  const scores = folds.map(({ records }) => scoresOf(records));
  return {
    pairs: folds.reduce((sum, { records }) => sum + records.length, 0),
    bleu4: meanOf(scores.map(({ bleu4 }) => bleu4)),
    perplexity: meanOf(scores.map(({ perplexity }) => perplexity)),
    bleu4Gain: system === BASE ? null : gainOf(slice, BASE, system, [repository]),
  };
}

function compare(
  slice: Slice,
  repositories: readonly RepositoryQuality[],
  one: SystemName,
  other: SystemName,
): Comparison {
  const test = (figure: (quality: SystemQuality) => number | null) => {
    const of = (system: SystemName) =>
      repositories.flatMap(({ systems }) => {
        const quality = systems[system];
        return quality === undefined ? [] : (figure(quality) ?? []);
      });
    const groups = [of(one), of(other)];
    return groups.some((group) => group.length < 2) ? null : kruskalWallis(groups).pValue;
  };
  const [first, second] = paired(slice, one, other);
  const [ones, others] = [lossesOf(first), lossesOf(second)];
  const hasLosses = first.length > 0 && ones.length === first.length && others.length === second.length;
  return {
    systems: [one, other],
    bleu4PValue: test(({ bleu4 }) => bleu4),
    perplexityPValue: test(({ perplexity }) => perplexity),
    bleu4Gain: gainOf(slice, one, other, slice.repositories),
    lossDrop: hasLosses ? lossDropInterval(ones, others, groupsOf(slice, first)) : null,
  };
}

export function gainOf(
  slice: Slice,
  base: SystemName,
  system: SystemName,
  repositories: readonly string[],
): BootstrapInterval | null {
  const [before, after] = paired(slice, base, system, repositories);
  if (before.length === 0) return null;
  const bleu = (records: readonly PairRecord[]) => records.map((one) => one.bleu);
  return bleuGainInterval(bleu(before), bleu(after), groupsOf(slice, before));
}

/** Tests of one class are alike, so by focal class whole classes are drawn. */
function groupsOf({ split }: Slice, records: readonly PairRecord[]) {
  if (split === 'by-pair') return {};
  return { groups: records.map(({ repository, focalClass }) => `${repository} ${focalClass}`) };
}

const lossesOf = (records: readonly PairRecord[]) => records.flatMap(({ loss }) => (loss === null ? [] : [loss]));

/** BLEU-4 of every system, one column for each slice. */
export function overviewTable(all: readonly Quality[]): Table {
  const systems = [...new Set(all.flatMap(({ average }) => Object.keys(average)))];
  const title = ({ nearestTests, split }: Quality) =>
    `${split}, ${nearestTests === 0 ? 'without nearest tests' : 'with nearest tests'}`;
  return {
    title: 'BLEU-4 of every system',
    note: 'Means over the folds, then over the repositories. A personalized model is worth its training when it is above the base with nearest tests in its input, and above the copies, which need no training.',
    head: ['system', ...all.map(title)],
    rows: systems.map((system) => [system, ...all.map(({ average }) => decimal(average[system]?.bleu4 ?? null, 1))]),
  };
}

/** BLEU-4, perplexity and the comparisons, each for one slice. */
export function qualityTables(quality: Quality, sliceTitle: string): Table[] {
  const systems = Object.keys(quality.average);
  const models = systems.filter((system) => !COPIES.includes(system));
  const rows = (cell: (quality: SystemQuality) => string, of: readonly SystemName[]) =>
    [...quality.repositories, { repository: '**average**', systems: quality.average }].map((one) => [
      one.repository,
      ...of.map((system) => {
        const found = one.systems[system];
        return found === undefined ? '' : cell(found);
      }),
    ]);
  return [
    {
      title: `RQ1: BLEU-4, ${sliceTitle}`,
      note: 'Mean over the folds; in brackets the gain over the base on the same pairs of all folds (in the last row, of all repositories), with its 95 % bootstrap interval.',
      head: ['repository', ...systems],
      rows: rows(({ bleu4, bleu4Gain }) => {
        const gain = bleu4Gain === null ? '' : ` (${interval(bleu4Gain, 1)})`;
        return `${decimal(bleu4, 1)}${gain}`;
      }, systems),
    },
    {
      title: `RQ1: perplexity per token, ${sliceTitle}`,
      note: 'Mean over the folds; lower is better. A copy has none.',
      head: ['repository', ...models],
      rows: rows(({ perplexity }) => decimal(perplexity, 3), models),
    },
    {
      title: `RQ1: every two systems, ${sliceTitle}`,
      note: 'p by Kruskal-Wallis over one value for each repository, not corrected for the number of tests; differences by paired bootstrap over the pairs that both have, above 0 where the second is better.',
      head: ['first', 'second', 'p, BLEU-4', 'p, perplexity', 'BLEU-4 difference', 'loss difference, nats per token'],
      rows: quality.comparisons.map(({ systems: [one, other], ...found }) => [
        ...[one, other, pValue(found.bleu4PValue), pValue(found.perplexityPValue)],
        ...[interval(found.bleu4Gain, 1), interval(found.lossDrop, 3)],
      ]),
    },
  ];
}

export const byName = <T>(names: readonly string[], value: (name: string) => T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, value(name)]));

/** Of the values that there are; `null` where there is none. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const found = values.flatMap((value) => value ?? []);
  return found.length === 0 ? null : mean(found);
}
