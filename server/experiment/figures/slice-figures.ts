import type { Likeness, SystemLikeness } from '../likeness.ts';
import type { Quality } from '../quality.ts';
import { BASE, COPIES } from '../slice.ts';
import type { Figure } from './figure.ts';

/** RQ1 of one slice: BLEU-4 by repository, and the gain over the base. */
export function qualityFigures(quality: Quality, sliceTitle: string, runs: readonly string[]): Figure[] {
  const systems = Object.keys(quality.average);
  const { repositories } = quality;
  const places = [...repositories.map(({ repository }) => repository), 'average'];
  const cells = [...repositories.map((one) => one.systems), quality.average];
  const gains = systems.flatMap((system) => {
    const gain = quality.average[system]?.bleu4Gain ?? null;
    return gain === null ? [] : [{ system, gain }];
  });
  const name = sliceName(quality);
  return [
    {
      name: `bleu4.${name}`,
      title: `BLEU-4, ${sliceTitle}`,
      caption: 'Mean over the folds of each repository, and over the repositories.',
      runs,
      option: {
        xAxis: { type: 'category', data: places },
        yAxis: { type: 'value', name: 'BLEU-4' },
        series: systems.map((system) => ({
          ...{ type: 'bar', name: system },
          data: cells.map((one) => one[system]?.bleu4 ?? null),
        })),
      },
    },
    {
      name: `bleu4-gain.${name}`,
      title: `BLEU-4 above the base, ${sliceTitle}`,
      caption: 'Over all pairs of all folds and repositories; the line is the 95 % bootstrap interval.',
      runs,
      option: {
        xAxis: { type: 'category', data: gains.map(({ system }) => system) },
        yAxis: { type: 'value', name: 'BLEU-4 points' },
        series: [
          { type: 'scatter', symbolSize: 10, data: gains.map(({ gain }) => gain.estimate) },
          intervalSeries(gains.map(({ gain }) => gain)),
        ],
      },
    },
  ];
}

/** RQ2 of one slice: matches and style, and what the check says. */
export function likenessFigures(likeness: Likeness, sliceTitle: string, runs: readonly string[]): Figure[] {
  const systems = Object.entries(likeness.systems).filter(([, { pairs }]) => pairs > 0);
  const checked = systems.filter(([system]) => system !== 'nearest-copy');
  const styled = systems.flatMap(([system, { style }]) => (style === null ? [] : [{ system, style }]));
  const name = sliceName(likeness);
  return [
    {
      name: `matches.${name}`,
      title: `Matches, ${sliceTitle}`,
      caption: 'Share of the pairs for which the first candidate, or the best of five, is the team’s test.',
      runs,
      option: shares(systems, {
        'exact top-1': ({ scores }) => scores.exactMatch,
        'exact top-5': ({ scores }) => scores.exactTop5,
        'abstracted top-1': ({ scores }) => scores.abstractedMatch,
        'abstracted top-5': ({ scores }) => scores.abstractedTop5,
      }),
    },
    {
      name: `style.${name}`,
      title: `Coding style, ${sliceTitle}`,
      caption:
        'Cosine of the tf-idf vectors of identifiers, first candidate against the team’s test: quartiles, least and most.',
      runs,
      option: {
        xAxis: { type: 'category', data: styled.map(({ system }) => system) },
        yAxis: { type: 'value', name: 'similarity', min: 0, max: 1 },
        series: [
          {
            type: 'boxplot',
            itemStyle: { color: '#dddddd', borderColor: '#000000' },
            data: styled.map(({ style }) => [
              ...[style.minimum, style.lowerQuartile, style.median, style.upperQuartile, style.maximum],
            ]),
          },
        ],
      },
    },
    {
      name: `checked.${name}`,
      title: `Compiles, passes, useful, ${sliceTitle}`,
      caption: 'Share of the pairs for which the test that a user is shown first does; useful tests pass and can fail.',
      runs,
      option: shares(checked, {
        compile: ({ scores }) => scores.compileRate,
        pass: ({ scores }) => scores.passRate,
        useful: ({ scores }) => scores.usefulRate,
      }),
    },
  ];
}

export const sliceName = ({ nearestTests, split }: { readonly nearestTests: number; readonly split: string }) =>
  `${split}.nearest-${nearestTests}`;

/** Whether a system is a model that was trained. */
export const isTrained = (system: string) => system !== BASE && !COPIES.includes(system);

function shares(
  systems: readonly (readonly [string, SystemLikeness])[],
  figures: Readonly<Record<string, (likeness: SystemLikeness) => number | null>>,
) {
  return {
    xAxis: { type: 'category', data: systems.map(([system]) => system) },
    yAxis: { type: 'value', name: '% of pairs', min: 0, max: 100 },
    series: Object.entries(figures).map(([name, figure]) => ({
      ...{ type: 'bar', name },
      data: systems.map(([, likeness]) => {
        const share = figure(likeness);
        return share === null ? null : 100 * share;
      }),
    })),
  };
}

/** What ECharts hands to a series that draws itself. */
interface DrawingPlace {
  value(dimension: number): number;
  coord(point: readonly [number, number]): [number, number];
}

/** A vertical line from the low to the high end over each category. */
function intervalSeries(intervals: readonly { readonly low: number; readonly high: number }[]) {
  return {
    type: 'custom',
    encode: { x: 0, y: [1, 2] },
    data: intervals.map(({ low, high }, at) => [at, low, high]),
    renderItem: (_: unknown, place: DrawingPlace) => {
      const [x1, y1] = place.coord([place.value(0), place.value(1)]);
      const [x2, y2] = place.coord([place.value(0), place.value(2)]);
      return { type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: '#000000', lineWidth: 2 } };
    },
  };
}
