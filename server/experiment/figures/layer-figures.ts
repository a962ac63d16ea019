import type { VariantLayers } from '../layers.ts';
import type { Figure } from './figure.ts';

/** Paper T's figures: how far each layer moved, and what a probe finds in it. */
export function layerFigures(all: readonly VariantLayers[], runs: readonly string[]): Figure[] {
  const [first] = all;
  if (first === undefined) return [];
  const blocks = first.blocks.map(({ block }) => block);
  const xAxis = { type: 'category', data: blocks, axisLabel: { rotate: 60, interval: 0 } };
  const grid = { left: 70, right: 30, top: 50, bottom: 100 };
  return [
    {
      name: 'layer-similarity',
      title: 'Similarity of each layer to what it was (RSA)',
      caption: 'Correlation of the pairwise similarities of methods before and after the run; 1 is unchanged.',
      runs,
      option: {
        ...{ grid, xAxis },
        yAxis: { type: 'value', name: 'correlation', scale: true },
        series: all.map(({ variant, blocks: own }) => ({
          ...{ type: 'line', name: variant },
          data: own.map(({ similarity }) => similarity),
        })),
      },
    },
    ...all.map(
      ({ variant, blocks: own, majority }): Figure => ({
        name: `probes.${variant}`,
        title: `Probing each layer, ${variant}`,
        caption: 'Share of methods whose class a linear probe finds; dashed before, solid after the run.',
        runs,
        option: {
          ...{ grid, xAxis },
          yAxis: { type: 'value', name: 'accuracy', scale: true },
          series: Object.keys(majority).flatMap((name) =>
            (['before', 'after'] as const).map((when) => ({
              ...{ type: 'line', name: `${name}, ${when}`, showSymbol: false },
              lineStyle: { type: when === 'before' ? 'dashed' : 'solid' },
              data: own.map(({ probes }) => probes[name]?.[when] ?? null),
            })),
          ),
        },
      }),
    ),
  ];
}
