import { axisLook, type Chart, chartColors } from './chart.ts';
import { mean } from './numbers.ts';
import type { ReportSimilarity } from './style-report-model.ts';

const points = 101;

/** Distribution of identifier similarity, base against personalized (paper P, Figure 3b). */
export function similarityChart({ base, personalized }: ReportSimilarity): Chart {
  const series = [
    { values: base, color: chartColors.base, name: 'base', labelDistance: 5 },
    // A row of its own: the two means may be close.
    { values: personalized, color: chartColors.personalized, name: 'personalized', labelDistance: 23 },
  ];
  return {
    label: `Distribution of identifier similarity to the team’s tests: the base model’s mean is ${mean(base).toFixed(2)}, the personalized model’s ${mean(personalized).toFixed(2)}.`,
    height: 280,
    room: 'whole',
    option: () => ({
      grid: { left: 12, right: 16, top: 52, bottom: 44 },
      xAxis: {
        type: 'value',
        min: 0,
        max: 1,
        name: 'identifier similarity to the team’s own test',
        nameLocation: 'middle',
        nameGap: 28,
        ...axisLook,
        splitLine: { show: false },
      },
      yAxis: { type: 'value', show: false },
      series: series.map(({ values, color, name, labelDistance }) => ({
        type: 'line',
        name,
        data: density(values),
        smooth: true,
        symbol: 'none',
        lineStyle: { color, width: 2 },
        areaStyle: { color, opacity: 0.22 },
        markLine: {
          symbol: 'none',
          silent: true,
          lineStyle: { color, width: 2, type: 'dashed' },
          label: {
            formatter: `${name} ${mean(values).toFixed(2)}`,
            color,
            fontSize: 12,
            distance: labelDistance,
            align: labelAlign(mean(values)),
          },
          data: [{ xAxis: mean(values) }],
        },
      })),
    }),
  };
}

/** Keeps the label inside of the chart. */
function labelAlign(at: number): 'left' | 'center' | 'right' {
  if (at > 0.85) return 'right';
  return at < 0.15 ? 'left' : 'center';
}

/** Gaussian kernel density on [0, 1]; mass beyond the ends is reflected, because a similarity cannot leave the interval. */
function density(values: readonly number[]): [number, number][] {
  const bandwidth = Math.max(0.03, 1.06 * deviation(values) * values.length ** -0.2);
  const kernel = (distance: number) => Math.exp(-0.5 * (distance / bandwidth) ** 2);
  return Array.from({ length: points }, (_, at) => {
    const x = at / (points - 1);
    const sum = values.reduce(
      (total, value) => total + kernel(x - value) + kernel(x + value) + kernel(x - 2 + value),
      0,
    );
    return [x, sum / (values.length * bandwidth * Math.sqrt(2 * Math.PI))];
  });
}

function deviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}
