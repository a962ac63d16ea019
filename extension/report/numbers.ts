import type { ReportInterval } from './style-report-model.ts';

/** A figure with so many digits behind the point; a dash where nothing was measured. */
export function figure(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits).replace('-', '−');
}

export function percent(share: number | null): string {
  return share === null ? '–' : `${Math.round(100 * share)} %`;
}

/** For instance `+9.4 [6.1, 12.8]`. */
export function interval(value: ReportInterval | null, digits: number): string {
  if (value === null) return '–';
  const sign = value.estimate > 0 ? '+' : '';
  return `${sign}${figure(value.estimate, digits)} [${figure(value.low, digits)}, ${figure(value.high, digits)}]`;
}

/** For instance `3.5 M`. */
export function amount(value: number): string {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= size) return `${(value / size).toPrecision(3)} ${unit}`;
  }
  return String(value);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Linear interpolation between the two nearest values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const position = share * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - Math.floor(position));
}
