import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Html, html, trusted } from './html.ts';

use([BarChart, LineChart, GridComponent, MarkLineComponent, SVGRenderer]);

/**
 * Colours by their part in the report. The charting library wants plain colours; they are made variables of the page afterwards, so that a
 * chart follows the theme without being drawn again.
 */
export const chartColors = {
  base: '#010101',
  personalized: '#020202',
  ink: '#030303',
  quiet: '#040404',
  line: '#050505',
} as const;

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** A chart as it looks in a wide page and in a narrow side panel; the page's style shows one of them. */
export interface Chart {
  /** What the chart shows, as one sentence for a screen reader. */
  readonly label: string;
  readonly height: number;
  /** Room in a wide page: the whole width or half of it. Text has the same size in both. */
  readonly room: 'whole' | 'half';
  readonly option: (size: ChartSize) => EChartsCoreOption;
}

const narrowWidth = 330;
const wideWidths = { whole: 1000, half: 500 };

/** Draws a chart without a browser: the page needs no script. */
export function renderChart({ label, height, room, option }: Chart): Html {
  const drawings = (['wide', 'narrow'] as const).map((name) => {
    const size = { width: name === 'wide' ? wideWidths[room] : narrowWidth, height };
    const svg = drawSvg(option(size), size);
    return html`<div class="chart ${name}" role="img" aria-label="${label}">${trusted(svg)}</div>`;
  });
  return html`${drawings}`;
}

function drawSvg(option: EChartsCoreOption, size: ChartSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, ...option });
    return themed(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/** Leaves out the library's own styles, which the page's content-security policy forbids and its theme replaces. */
function themed(svg: string): string {
  let text = svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|style|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace('<svg ', '<svg aria-hidden="true" focusable="false" ')
    .replaceAll(/\n+/g, '');
  for (const [name, color] of Object.entries(chartColors)) text = text.replaceAll(color, `var(--${name})`);
  return text;
}

/** Axes as every chart of the report has them. */
export const axisLook = {
  axisLine: { lineStyle: { color: chartColors.line } },
  axisTick: { show: false },
  axisLabel: { color: chartColors.quiet, fontSize: 12 },
  splitLine: { lineStyle: { color: chartColors.line, opacity: 0.6 } },
  nameTextStyle: { color: chartColors.quiet, fontSize: 12 },
} as const;
