import { markdownTable } from '../base/markdown-table.ts';

/** A table of a report, with what a reader has to know to read it. */
export interface Table {
  readonly title: string;
  readonly note: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tableMarkdown({ title, note, head, rows }: Table): string {
  return `### ${title}\n\n${note}\n\n${markdownTable(head, rows)}`;
}

/** Cells of figures that may be missing. */
export const NOT_MEASURED = '–';

export const decimal = (value: number | null, digits: number) =>
  value === null || Number.isNaN(value) ? NOT_MEASURED : value.toFixed(digits);

export const percent = (share: number | null) => (share === null ? NOT_MEASURED : `${(100 * share).toFixed(1)} %`);

export function interval(
  value: { readonly estimate: number; readonly low: number; readonly high: number } | null,
  digits: number,
): string {
  if (value === null) return NOT_MEASURED;
  return `${value.estimate.toFixed(digits)} [${value.low.toFixed(digits)}, ${value.high.toFixed(digits)}]`;
}

export const pValue = (value: number | null) =>
  value === null || Number.isNaN(value) ? NOT_MEASURED : value < 0.001 ? value.toExponential(1) : value.toFixed(3);
