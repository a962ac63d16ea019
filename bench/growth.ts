import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_BASE } from '../core/base-model/embedded-bases.ts';
import { baseModelDirOf } from '../extension/local-server/layout.ts';
import { drawSvg } from '../server/experiment/figures/figure.ts';
import { home, root } from '../test/server/support/places.ts';
import type { AdapterLoading } from './adapter-loading.ts';
import { basesOf } from './base-models.ts';
import { writeLargeWorkspace } from './large-workspace.ts';
import { percentile } from './percentile.ts';
import { lookupTimes } from './registered-repositories.ts';
import { runBench } from './run-bench.ts';
import { timed } from './timed-process.ts';
import { prepare, train } from './training.ts';

export const options = {
  base: { type: 'string', default: DEFAULT_BASE },
  rounds: { type: 'string', default: '5' },
  /** Where the plot goes, an SVG file. */
  plot: { type: 'string' },
} as const;

interface Given {
  readonly base: string;
  readonly rounds: string;
  readonly plot?: string | undefined;
}

/** How much of what is given, and what it cost. */
type Point = readonly [amount: number, cost: number];

/** One cost as what is given grows to ten times as much. */
interface Growth {
  readonly name: string;
  readonly amounts: readonly number[];
  readonly cost: (amount: number) => Promise<number> | number;
}

/**
 * How cost grows with ten times as much: mining with the files of a repository, an epoch of training with its pairs, a lookup with the
 * registered repositories, and the memory of adapters with the repositories that have one. Each cost is fitted as amount to the power of
 * an exponent, by least squares on logarithms over the medians: 1 is ten times for ten times, 0 does not grow.
 */
export default async function measure(given: Given, say: (line: string) => void): Promise<object> {
  const [base = DEFAULT_BASE] = basesOf(given.base);
  const work = mkdtempSync(join(tmpdir(), 'bespoke-bench-growth-'));
  const figures: Record<string, { readonly exponent: number; readonly points: readonly Point[] }> = {};
  try {
    for (const { name, amounts, cost } of growths(base, work)) {
      const costs = new Map(amounts.map((amount) => [amount, [] as number[]]));
      for (let round = 0; round < Number(given.rounds); round++)
        for (const [amount, all] of costs) all.push(await cost(amount));
      const points = [...costs].map(([amount, all]): Point => [amount, percentile(all, 0.5) ?? Number.NaN]);
      figures[name] = { exponent: exponentOf(points), points };
      say(`${name}: ${JSON.stringify(figures[name])}`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  if (given.plot !== undefined) writeFileSync(given.plot, plotOf(figures));
  return { base, rounds: Number(given.rounds), figures };
}

function growths(base: ReturnType<typeof basesOf>[number], work: string): Growth[] {
  const workspaces = new Map<number, string>();
  let trainings = 0;
  return [
    {
      name: 'seconds of mining, by files',
      amounts: [500, 1600, 5000],
      async cost(files) {
        const workspace = workspaces.get(files) ?? writeLargeWorkspace(files);
        workspaces.set(files, workspace);
        const out = ['--out', join(work, 'pairs.jsonl'), '--no-cache', '--quiet'];
        const threads = ['--threads', String(availableParallelism())];
        return (await timed([join(root, 'dist', 'cli.js'), 'mine', workspace, ...threads, ...out])).seconds;
      },
    },
    {
      name: 'seconds of an epoch, by pairs',
      amounts: [8, 25, 80],
      async cost(pairs) {
        const folder = mkdtempSync(join(work, 'training-'));
        const place = await prepare(folder, baseModelDirOf(home, base), pairs);
        const { seconds, fillSeconds = 0 } = train(place, 'bespoke', 'last-decoder-block', `${trainings++}`);
        return seconds + fillSeconds;
      },
    },
    {
      name: 'milliseconds of a lookup, by registered repositories',
      amounts: [10_000, 32_000, 100_000],
      cost: async (registered) => (await lookupTimes(registered, 500)).medianMs ?? Number.NaN,
    },
    {
      name: 'megabytes of prefixes, by repositories',
      amounts: [32, 100, 320],
      cost(adapters) {
        const given = { base, strategy: 'prefix', adapters: String(adapters) };
        return (runBench('adapter-loading', given) as AdapterLoading).megabytes * adapters;
      },
    },
  ];
}

/** The slope of the line through the logarithms. */
function exponentOf(points: readonly Point[]): number {
  const logarithms = points.map(([amount, cost]) => [Math.log(amount), Math.log(cost)] as const);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, height] = [mean(logarithms.map(([x]) => x)), mean(logarithms.map(([, y]) => y))];
  const together = mean(logarithms.map(([x, y]) => (x - middle) * (y - height)));
  return together / mean(logarithms.map(([x]) => (x - middle) ** 2));
}

function plotOf(figures: Record<string, { readonly exponent: number; readonly points: readonly Point[] }>): string {
  return drawSvg({
    name: 'growth',
    title: 'How cost grows',
    caption:
      'Both axes are logarithmic and relative to the smallest amount measured: a slope of 1 is ten times for ten times.',
    runs: Object.keys(figures),
    option: {
      xAxis: { type: 'log', name: 'times as much' },
      yAxis: { type: 'log', name: 'times the cost' },
      series: Object.entries(figures).map(([name, { exponent, points }]) => ({
        ...{ type: 'line', name: `${name}: exponent ${exponent.toFixed(2)}` },
        data: points.map(([amount, cost]) => [amount / (points[0]?.[0] ?? 1), cost / (points[0]?.[1] ?? 1)]),
      })),
    },
  });
}
