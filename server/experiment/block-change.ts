import { mean } from '../../core/metrics/distribution.ts';
import type { BlockChange, FinishedRun } from './run-record.ts';
import { variantOf } from './run-setting.ts';
import { variantsOf } from './slice.ts';
import { decimal, type Table } from './table.ts';

/** Figure 2 of paper P: how far each part of the model moved, means over repositories, folds and inputs, from the bottom up. */
export interface VariantBlockChanges {
  readonly variant: string;
  readonly runs: number;
  readonly changes: readonly BlockChange[];
}

export function blockChangesOf(runs: readonly FinishedRun[]): VariantBlockChanges[] {
  return variantsOf(runs).flatMap((variant) => {
    const own = runs.filter(({ record }) => variantOf(record) === variant && record.blockChanges.length > 0);
    const [first] = own;
    if (first === undefined) return [];
    const changes = first.record.blockChanges.map(({ block }) => ({
      block,
      meanAbsoluteChange: mean(
        own.flatMap(({ record }) =>
          record.blockChanges.filter((one) => one.block === block).map((one) => one.meanAbsoluteChange),
        ),
      ),
    }));
    return [{ variant, runs: own.length, changes }];
  });
}

export function blockChangeTable(all: readonly VariantBlockChanges[]): Table {
  const blocks = [...new Set(all.flatMap(({ changes }) => changes.map(({ block }) => block)))];
  const numbered = blocks.toSorted((one, other) => rankOf(one) - rankOf(other));
  return {
    title: 'Figure 2: mean absolute change of each block',
    note: 'Of the parameters that a strategy trains, from the bottom up; a prefix changes none of the base’s.',
    head: ['block', ...all.map(({ variant }) => variant)],
    rows: numbered.map((block) => [
      block,
      ...all.map(({ changes }) => decimal(changes.find((one) => one.block === block)?.meanAbsoluteChange ?? null, 6)),
    ]),
  };
}

/** From the bottom up: embeddings, encoder, decoder, what lies above. */
export function rankOf(block: string): number {
  const [part, number = '0'] = block.split('.');
  const at = ['embeddings', 'encoder', 'decoder', 'final-norm', 'output'].indexOf(part ?? '');
  return (at < 0 ? 9 : at) * 1000 + Number(number);
}
