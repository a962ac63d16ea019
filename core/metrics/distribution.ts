/** How values are spread: what a box in a box plot shows. */
export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
}

/** The distribution of at least one value, for instance of style similarities (paper P, RQ2 c). */
export function distributionOf(values: readonly number[]): Distribution {
  if (values.length === 0) throw new Error('A distribution needs at least one value.');
  const sorted = values.toSorted((left, right) => left - right);
  return {
    count: values.length,
    mean: mean(values),
    minimum: quantile(sorted, 0),
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    maximum: quantile(sorted, 1),
  };
}

/** Linear interpolation between the two nearest of the sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - Math.floor(position));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
