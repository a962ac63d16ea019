import { type BleuStatistics, corpusBleu } from './bleu.ts';
import { mean, quantile } from './distribution.ts';
import { meanLoss, type TokenLoss } from './loss.ts';

/** An estimate with its 95 % percentile interval. */
export interface BootstrapInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Default 1000. */
  readonly resamples?: number;
  /** Equal seeds give equal intervals. Default 0. */
  readonly seed?: number;
  /**
   * Name of the group of each pair, for instance its focal class. Whole groups are drawn then, because tests of one class are alike and
   * drawing them one by one would make the interval too narrow.
   */
  readonly groups?: readonly string[];
}

/** Corpus BLEU-4 of `system` minus that of `base` over the same pairs in the same order (paired bootstrap, Koehn 2004). */
export function bleuGainInterval(
  base: readonly BleuStatistics[],
  system: readonly BleuStatistics[],
  options: BootstrapOptions = {},
): BootstrapInterval {
  return pairedBootstrap(base, system, (one, two) => corpusBleu(two) - corpusBleu(one), options);
}

/** Mean loss of `base` minus that of `system`, nats per token: above 0 the system is better. */
export function lossDropInterval(
  base: readonly TokenLoss[],
  system: readonly TokenLoss[],
  options: BootstrapOptions = {},
): BootstrapInterval {
  return pairedBootstrap(base, system, (one, two) => meanLoss(one) - meanLoss(two), options);
}

/** Mean of `system` minus mean of `base`, for similarities and rates (1 for yes, 0 for no). */
export function meanGainInterval(
  base: readonly number[],
  system: readonly number[],
  options: BootstrapOptions = {},
): BootstrapInterval {
  return pairedBootstrap(base, system, (one, two) => mean(two) - mean(one), options);
}

function pairedBootstrap<T>(
  base: readonly T[],
  system: readonly T[],
  statistic: (base: readonly T[], system: readonly T[]) => number,
  { resamples = 1000, seed = 0, groups }: BootstrapOptions,
): BootstrapInterval {
  if (base.length !== system.length) throw new Error('A paired bootstrap needs one value per pair for both systems.');
  if (base.length === 0) throw new Error('A bootstrap needs at least one pair.');
  if (groups !== undefined && groups.length !== base.length) throw new Error('A bootstrap needs one group per pair.');
  const units = drawUnits(base.length, groups);
  const random = seededRandom(seed);
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = units.flatMap(() => units[Math.floor(random() * units.length)] ?? []);
    values.push(statistic(pick(base, drawn), pick(system, drawn)));
  }
  values.sort((left, right) => left - right);
  return { estimate: statistic(base, system), low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

function drawUnits(length: number, groups: readonly string[] | undefined): number[][] {
  if (groups === undefined) return Array.from({ length }, (_, index) => [index]);
  const units = new Map<string, number[]>();
  groups.forEach((group, index) => {
    const unit = units.get(group);
    if (unit === undefined) units.set(group, [index]);
    else unit.push(index);
  });
  return [...units.values()];
}

function pick<T>(values: readonly T[], indices: readonly number[]): T[] {
  return indices.flatMap((index) => {
    const value = values[index];
    return value === undefined ? [] : [value];
  });
}

/** Mulberry32: 32 bits of state are plenty for a thousand resamples, and the sequence is the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
