import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawSvg } from '../../../server/experiment/figures/figure.ts';
import { type Results, resultsOf } from '../../../server/experiment/results.ts';
import { readRuns } from '../../../server/experiment/run-record.ts';
import { runName } from '../../../server/experiment/run-setting.ts';

/** Records of real runs on 40 pairs of the sample workspace, with the embedded base model: with nearest tests in the input, without, and Telly. */
const recorded = join(import.meta.dirname, 'recorded');

describe('recorded runs of the sample workspace', () => {
  let results: Results;

  beforeAll(async () => {
    const runs = await readRuns(recorded);
    expect(runs.map(({ record }) => `${runName(record)}.jsonl`)).toEqual(readdirSync(join(recorded, 'runs')).sort());
    results = resultsOf(runs);
  });

  /** What the main job itself said last of the run without nearest tests; it is scored in the client, by other code. */
  it.each([
    ['by-pair', 'base', 6, 14.5127, [0.1667, 0, 0, 0]],
    ['by-pair', 'last-decoder-block', 0.13, 3.5526, [1, 0.1667, 0.1667, 0]],
    ['by-focal-class', 'base', 4.04, 11.0703, [0.1667, 0, 0, 0]],
    ['by-focal-class', 'last-decoder-block', 0.04, 3.5091, [0.1667, 0, 0, 0]],
  ] as const)('give the figures of the main job, %s, %s', (split, system, bleu4, perplexity, rates) => {
    const of = <T extends { readonly split: string; readonly nearestTests: number }>(all: readonly T[]) =>
      all.find((one) => one.split === split && one.nearestTests === 0);
    const { quality, likeness } = results.summary;
    expect(of(quality)?.average[system]?.bleu4).toBeCloseTo(bleu4, 2);
    expect(of(quality)?.average[system]?.perplexity).toBeCloseTo(perplexity, 4);
    const scores = of(likeness)?.systems[system]?.scores;
    const seen = [scores?.parseRate, scores?.compileRate, scores?.passRate, scores?.usefulRate];
    for (const [at, rate] of rates.entries()) expect(seen[at]).toBeCloseTo(rate, 4);
  });

  it('show what nearest tests in the input are worth', () => {
    const [withNearest, , without] = results.summary.quality;
    expect(withNearest?.average.base?.perplexity).toBeLessThan(without?.average.base?.perplexity ?? 0);
    expect(withNearest?.average['nearest-copy']?.bleu4).toBe(without?.average['nearest-copy']?.bleu4);
  });

  it('show that training moves the layers that it may change, and no other', () => {
    const telly = results.summary.layers.find(({ variant }) => variant === 'telly-27');
    expect(telly?.blocks).toHaveLength(30);
    for (const [at, { similarity, probes }] of (telly?.blocks ?? []).entries()) {
      expect([at, similarity < 1]).toEqual([at, at >= 27]);
      if (at < 27) for (const { before, after } of Object.values(probes)) expect(after).toBe(before);
    }
    const [lowest] = telly?.blocks ?? [];
    for (const [name, share] of Object.entries(telly?.majority ?? {}))
      expect(lowest?.probes[name]?.before).toBeGreaterThan(share);
  });

  it('fill every table and draw every figure', () => {
    const { tables, figures } = results;
    expect(tables.map(({ title }) => title).filter((title) => !/held out/.test(title))).toEqual([
      'BLEU-4 of every system',
      'RQ3: compute and cost, with nearest tests in the input',
      'RQ3: compute and cost, without nearest tests in the input (as the papers)',
      'Figure 2: mean absolute change of each block',
      'Telly: layers frozen from the bottom',
      'Telly: similarity of each layer to what it was (RSA)',
      'Telly: probing each layer, last-decoder-block',
      'Telly: probing each layer, telly-27',
    ]);
    for (const { title, head, rows } of tables)
      for (const row of rows) expect([title, row.length]).toEqual([title, head.length]);
    for (const figure of figures) expect(drawSvg(figure)).not.toMatch(/NaN|undefined/);
    expect(figures.length).toBeGreaterThan(20);
  });
});
