import { axisLook, type Chart, chartColors } from './chart.ts';
import type { ReportTraining } from './style-report-model.ts';

const shownSteps = 200;

/** Training loss of each step and validation loss, over epochs. */
export function lossChart({ steps, validation }: ReportTraining): Chart {
  const every = Math.max(1, Math.ceil(steps.length / shownSteps));
  const best = Math.min(...validation.map((point) => point.validationLoss));
  return {
    label: `Loss over epochs: the validation loss starts at ${validation[0]?.validationLoss.toFixed(2) ?? 'an unknown value'} and its best value is ${best.toFixed(2)} nats per token.`,
    height: 260,
    room: 'half',
    option: () => ({
      grid: { left: 48, right: 16, top: 16, bottom: 44 },
      xAxis: {
        type: 'value',
        name: 'epochs',
        nameLocation: 'middle',
        nameGap: 28,
        ...axisLook,
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        scale: true,
        name: 'nats per token',
        nameLocation: 'middle',
        nameGap: 36,
        splitNumber: 4,
        ...axisLook,
      },
      series: [
        {
          type: 'line',
          data: steps.filter((_, at) => at % every === 0).map(({ epoch, loss }) => [epoch, loss]),
          symbol: 'none',
          lineStyle: { color: chartColors.base, width: 1 },
        },
        {
          type: 'line',
          data: validation.map(({ epoch, validationLoss }) => [epoch, validationLoss]),
          symbol: 'circle',
          symbolSize: 6,
          lineStyle: { color: chartColors.personalized, width: 2 },
          itemStyle: { color: chartColors.personalized },
        },
      ],
    }),
  };
}

/** Validation loss against compute (paper P, RQ3). */
export function computeChart({ validation }: ReportTraining): Chart {
  const spent = validation.at(-1)?.petaflopSeconds ?? 0;
  return {
    label: `Validation loss against compute: ${spent.toPrecision(2)} petaFLOP-seconds were spent.`,
    height: 260,
    room: 'half',
    option: ({ width }) => ({
      grid: { left: 48, right: 16, top: 16, bottom: 44 },
      xAxis: {
        type: 'value',
        // Measuring the base comes first and costs compute as well.
        scale: true,
        name: 'petaFLOP-seconds',
        nameLocation: 'middle',
        nameGap: 28,
        splitNumber: width < 500 ? 3 : 6,
        ...axisLook,
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        scale: true,
        name: 'nats per token',
        nameLocation: 'middle',
        nameGap: 36,
        splitNumber: 4,
        ...axisLook,
      },
      series: [
        {
          type: 'line',
          data: validation.map(({ petaflopSeconds, validationLoss }) => [petaflopSeconds, validationLoss]),
          symbol: 'circle',
          symbolSize: 6,
          lineStyle: { color: chartColors.personalized, width: 2 },
          itemStyle: { color: chartColors.personalized },
        },
      ],
    }),
  };
}

/** Mean absolute change of each block's parameters, from the bottom up (paper P, Figure 2). */
export function blockChangeChart({ blockChanges }: ReportTraining): Chart {
  const most = blockChanges.reduce((top, one) => (one.meanAbsoluteChange > top.meanAbsoluteChange ? one : top), {
    block: 'no block',
    meanAbsoluteChange: 0,
  });
  return {
    label: `Parameter change per block, from the bottom up: ${most.block} changed most, by ${most.meanAbsoluteChange.toExponential(1)} on average.`,
    height: 240,
    room: 'whole',
    option: ({ width }) => ({
      grid: { left: 64, right: 16, top: 16, bottom: 60 },
      xAxis: {
        type: 'category',
        data: blockChanges.map(({ block }) => block),
        ...axisLook,
        axisLabel: {
          ...axisLook.axisLabel,
          rotate: 35,
          interval: Math.max(0, Math.ceil(blockChanges.length / (width < 500 ? 8 : 18)) - 1),
        },
      },
      yAxis: {
        type: 'value',
        splitNumber: 4,
        ...axisLook,
        axisLabel: {
          ...axisLook.axisLabel,
          formatter: (value: number) => (value === 0 ? '0' : value.toExponential(0)),
        },
      },
      series: [
        {
          type: 'bar',
          data: blockChanges.map(({ meanAbsoluteChange }) => meanAbsoluteChange),
          itemStyle: { color: chartColors.personalized, borderRadius: [2, 2, 0, 0] },
          barCategoryGap: '25%',
          barMaxWidth: 48,
        },
      ],
    }),
  };
}
