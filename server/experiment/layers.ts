import { mean } from '../../core/metrics/distribution.ts';
import type { BlockAnalysis } from './layer-analysis.ts';
import { byName } from './quality.ts';
import type { FinishedRun } from './run-record.ts';
import { variantOf } from './run-setting.ts';
import { variantsOf } from './slice.ts';
import { decimal, NOT_MEASURED, percent, type Table } from './table.ts';

/** Paper T's probing and similarity for one variant, means over the runs that were analysed. */
export interface VariantLayers {
  readonly variant: string;
  readonly runs: number;
  readonly majority: Readonly<Record<string, number>>;
  readonly blocks: readonly BlockAnalysis[];
}

export function layersOf(runs: readonly FinishedRun[]): VariantLayers[] {
  return variantsOf(runs).flatMap((variant) => {
    const own = runs.flatMap(({ record }) => (variantOf(record) === variant ? (record.layers ?? []) : []));
    const [first] = own;
    if (first === undefined) return [];
    const properties = Object.keys(first.majority);
    const blocks = first.blocks.map(({ block }): BlockAnalysis => {
      const same = own.flatMap((one) => one.blocks.filter((other) => other.block === block));
      const probeMean = (property: string, when: 'before' | 'after') =>
        mean(same.map(({ probes }) => probes[property]?.[when] ?? Number.NaN));
      return {
        block,
        similarity: mean(same.map(({ similarity }) => similarity)),
        probes: byName(properties, (name) => ({ before: probeMean(name, 'before'), after: probeMean(name, 'after') })),
      };
    });
    const majority = byName(properties, (name) => mean(own.map((one) => one.majority[name] ?? Number.NaN)));
    return [{ variant, runs: own.length, majority, blocks }];
  });
}

export function layerTables(all: readonly VariantLayers[]): Table[] {
  const [first] = all;
  if (first === undefined) return [];
  const properties = Object.keys(first.majority);
  return [
    {
      title: 'Telly: similarity of each layer to what it was (RSA)',
      note: 'Correlation of the pairwise cosine similarities of methods, before and after the run; 1 is unchanged. Means over the analysed runs.',
      head: ['block', ...all.map(({ variant }) => variant)],
      rows: first.blocks.map(({ block }) => [
        block,
        ...all.map(({ blocks }) => decimal(blocks.find((one) => one.block === block)?.similarity ?? null, 6)),
      ]),
    },
    ...all.map(
      ({ variant, blocks, majority }): Table => ({
        title: `Telly: probing each layer, ${variant}`,
        note: 'Share of the repository’s methods whose class a linear probe finds in the layer’s mean state, five-fold cross-validated, before → after the run: length (lexical), first statement (syntactic), cyclomatic complexity (structural), effect (semantic).',
        head: ['block', ...properties],
        rows: [
          ['most frequent class', ...properties.map((name) => percent(majority[name] ?? null))],
          ...blocks.map(({ block, probes }) => [
            block,
            ...properties.map((name) => {
              const probe = probes[name];
              return probe === undefined ? NOT_MEASURED : `${percent(probe.before)} → ${percent(probe.after)}`;
            }),
          ]),
        ],
      }),
    ),
  ];
}
