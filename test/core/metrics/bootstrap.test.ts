import { describe, expect, it } from 'vitest';
import { bleuStatistics } from '../../../core/metrics/bleu.ts';
import { bleuGainInterval, lossDropInterval, meanGainInterval } from '../../../core/metrics/bootstrap.ts';
import { meanLoss, perplexity } from '../../../core/metrics/loss.ts';

const words = 'a b c d e f g h i j k l'.split(' ');
const references = Array.from({ length: 30 }, (_, index) => [...words.slice(index % 6), ...words.slice(0, 4)]);
const exact = references.map((reference) => bleuStatistics(reference, reference));
const poor = references.map((reference, index) =>
  bleuStatistics(index % 3 === 0 ? [...reference.slice(0, 3), 'z', 'y'] : reference.slice(0, 4), reference),
);

describe('paired bootstrap', () => {
  it('brackets the gain and repeats itself with the same seed', () => {
    const interval = bleuGainInterval(poor, exact, { seed: 3 });
    expect(interval.low).toBeGreaterThan(0);
    expect(interval.low).toBeLessThan(interval.estimate);
    expect(interval.high).toBeGreaterThan(interval.estimate);
    expect(bleuGainInterval(poor, exact, { seed: 3 })).toEqual(interval);
    expect(bleuGainInterval(poor, exact, { seed: 4 })).not.toEqual(interval);
  });

  it('is exactly 0 for a system against itself', () => {
    expect(bleuGainInterval(poor, poor)).toEqual({ estimate: 0, low: 0, high: 0 });
  });

  it('has the coverage of the textbook for a mean', () => {
    // A mean of n values with standard deviation s has the 95 % interval ± 1.96 s / √n.
    const values = Array.from({ length: 400 }, (_, index) => (index * 7919) % 400);
    const { low, high } = meanGainInterval(
      values.map(() => 0),
      values,
      { resamples: 2000 },
    );
    const halfWidth = (1.96 * Math.sqrt((400 * 400 - 1) / 12)) / Math.sqrt(400);
    expect((high - low) / 2 / halfWidth).toBeGreaterThan(0.93);
    expect((high - low) / 2 / halfWidth).toBeLessThan(1.07);
  });

  it('is wider when pairs of one class are drawn together', () => {
    const base = Array.from({ length: 40 }, () => 0);
    const system = base.map((_, index) => (index < 20 ? 1 : 0));
    const groups = base.map((_, index) => `Class${Math.floor(index / 10)}`);
    const single = meanGainInterval(base, system);
    const grouped = meanGainInterval(base, system, { groups });
    expect(grouped.high - grouped.low).toBeGreaterThan((single.high - single.low) * 2);
  });

  it('weighs losses by tokens', () => {
    const base = [
      { lossSum: 10, targetTokens: 10 },
      { lossSum: 90, targetTokens: 30 },
    ];
    const better = base.map((loss) => ({ ...loss, lossSum: loss.lossSum / 2 }));
    expect(meanLoss(base)).toBe(2.5);
    expect(perplexity(meanLoss(base))).toBeCloseTo(12.18, 2);
    expect(lossDropInterval(base, better)).toEqual({ estimate: 1.25, low: 0.5, high: 1.5 });
  });

  it('refuses lists that do not belong together', () => {
    expect(() => meanGainInterval([1], [])).toThrow('one value per pair');
    expect(() => meanGainInterval([], [])).toThrow('at least one pair');
    expect(() => meanGainInterval([1], [2], { groups: [] })).toThrow('one group per pair');
  });
});
