import { BarChart, BoxplotChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeMarkup } from './escape-markup.ts';

use([
  ...[BarChart, BoxplotChart, CustomChart, LineChart, ScatterChart],
  ...[GridComponent, LegendComponent, SVGRenderer],
]);

/** A figure of an experiment. */
export interface Figure {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly title: string;
  /** What it shows and how to read it. */
  readonly caption: string;
  readonly option: EChartsCoreOption;
  /** Names of the runs that it was drawn from, in their order: files of the folder `runs`, without the ending. */
  readonly runs: readonly string[];
}

const WIDTH = 960;
const HEIGHT = 420;

/** Told apart by people who see few colours too (Okabe and Ito, "Color universal design", 2008). */
export const COLOURS = ['#000000', '#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#999999'];

/** Draws a figure without a browser. The file says itself what it shows and which records it came from. */
export function drawSvg({ title, caption, option, runs }: Figure): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    chart.setOption({
      animation: false,
      color: COLOURS,
      backgroundColor: '#ffffff',
      grid: { left: 70, right: 70, top: 50, bottom: 60 },
      legend: { top: 8, type: 'plain' },
      ...option,
    });
    const description = `${caption} Records: ${runs.join(', ')}.`;
    return withoutRuntimeStyle(chart.renderToSVGString()).replace(
      /<svg [^>]*>/,
      (tag) =>
        `${tag.slice(0, -1)} role="img"><title>${escapeMarkup(title)}</title><desc>${escapeMarkup(description)}</desc>`,
    );
  } finally {
    chart.dispose();
  }
}

/** Rules for a pointer, and names that count up with every figure: a file drawn again from the same records would differ. */
function withoutRuntimeStyle(svg: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|ecmeta_\w+)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, 'zr-');
}
