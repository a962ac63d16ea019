import { describe, expect, it } from 'vitest';
import { corpusBleu } from '../../../core/metrics/bleu.ts';
import { bleuGainInterval } from '../../../core/metrics/bootstrap.ts';
import { kruskalWallis } from '../../../core/metrics/kruskal-wallis.ts';
import { drawSvg } from '../../../server/experiment/figures/figure.ts';
import type { LayerAnalysis } from '../../../server/experiment/layer-analysis.ts';
import { resultsOf } from '../../../server/experiment/results.ts';
import type { FinishedRun } from '../../../server/experiment/run-record.ts';
import { runName } from '../../../server/experiment/run-setting.ts';
import { FEWEST_PAIRS_TO_PROBE } from '../../../server/runs/choose-strategy.ts';
import { bleuOf, madeRun } from './records.ts';

/** BLEU-4 of pairs that all have so many words right. */
const bleu = (right: number) => corpusBleu([bleuOf(right)]);

const tableOf = (runs: readonly FinishedRun[], title: string) => {
  const found = resultsOf(runs).tables.find((table) => table.title.startsWith(title));
  if (found === undefined) throw new Error(`There is no table ${title}.`);
  return found;
};

describe('RQ1', () => {
  const runs = ['alpha', 'beta', 'gamma'].flatMap((repository, at) =>
    [0, 1].flatMap((fold) => [
      madeRun({ repository, fold, right: { base: 6 + at, personalized: 14 + at + fold } }),
      madeRun({ repository, fold, strategy: 'prefix', right: { base: 6 + at, personalized: 13 + at } }),
    ]),
  );
  const [byPair] = resultsOf(runs).summary.quality;

  it('is the mean over the folds, and then over the repositories', () => {
    const custom = (repository: string) =>
      byPair?.repositories.find((one) => one.repository === repository)?.systems.custom;
    expect(custom('alpha')?.bleu4).toBeCloseTo((bleu(14) + bleu(15)) / 2, 9);
    expect(custom('alpha')?.pairs).toBe(8);
    expect(custom('alpha')?.perplexity).toBeCloseTo((Math.exp(26 / 20) + Math.exp(25 / 20)) / 2, 9);
    const means = [14, 15, 16].map((right) => (bleu(right) + bleu(right + 1)) / 2);
    expect(byPair?.average.custom?.bleu4).toBeCloseTo(means.reduce((sum, one) => sum + one) / 3, 9);
  });

  it('has the base and the copies once, whatever was trained', () => {
    expect(Object.keys(byPair?.average ?? {})).toEqual(['base', 'custom', 'prefix', 'nearest-copy', 'nearest-rename']);
    expect(byPair?.average.base?.pairs).toBe(3 * 2 * 4);
  });

  it('tests every two models over one value a repository', () => {
    expect(byPair?.comparisons.map(({ systems }) => systems)).toEqual([
      ['base', 'custom'],
      ['base', 'prefix'],
      ['custom', 'prefix'],
    ]);
    const bases = [6, 7, 8].map(bleu);
    const customs = [14, 15, 16].map((right) => (bleu(right) + bleu(right + 1)) / 2);
    expect(byPair?.comparisons[0]?.bleu4PValue).toBeCloseTo(kruskalWallis([bases, customs]).pValue, 12);
    expect(byPair?.comparisons[0]?.lossDrop?.estimate).toBeGreaterThan(0);
    expect(byPair?.comparisons[2]?.bleu4Gain?.estimate).toBeLessThan(0);
  });

  it('has no test of a single repository', () => {
    const alone = runs.filter(({ record }) => record.repository === 'alpha');
    expect(resultsOf(alone).summary.quality[0]?.comparisons[0]?.bleu4PValue).toBeNull();
    expect(tableOf(alone, 'RQ1: every two systems').rows[0]?.slice(0, 4)).toEqual(['base', 'custom', '–', '–']);
  });

  it('pairs the systems by repository, fold and pair', () => {
    const mixed = madeRun({ right: { base: [2, 6, 10, 14], personalized: [3, 9, 9, 20] } });
    const gain = resultsOf([mixed]).summary.quality[0]?.average.custom?.bleu4Gain;
    const expected = bleuGainInterval([2, 6, 10, 14].map(bleuOf), [3, 9, 9, 20].map(bleuOf));
    expect(gain).toEqual(expected);
  });
});

describe('settings of the input and splits', () => {
  const runs = [madeRun({ right: { personalized: 14 } }), madeRun({ nearestTests: 0, right: { personalized: 9 } })];

  it('stand in tables of their own', () => {
    const { quality } = resultsOf(runs).summary;
    expect(quality.map(({ nearestTests, split }) => `${nearestTests} ${split}`)).toEqual([
      '4 by-pair',
      '4 by-focal-class',
      '0 by-pair',
      '0 by-focal-class',
    ]);
    expect(quality.map(({ average }) => average.custom?.bleu4?.toFixed(6))).toEqual(
      [14, 14, 9, 9].map((right) => bleu(right).toFixed(6)),
    );
    expect(tableOf(runs, 'RQ1: BLEU-4, held out by focal class, without nearest tests').rows).toHaveLength(2);
  });
});

describe('the overview', () => {
  it('puts every setting beside the others', () => {
    const runs = [
      madeRun({ right: { base: 8, personalized: 14 } }),
      madeRun({ nearestTests: 0, right: { base: 4, personalized: 9 } }),
    ];
    const { head, rows } = tableOf(runs, 'BLEU-4 of every system');
    expect(head).toEqual([
      ...['system', 'by-pair, with nearest tests', 'by-focal-class, with nearest tests'],
      ...['by-pair, without nearest tests', 'by-focal-class, without nearest tests'],
    ]);
    expect(rows[0]).toEqual(['base', ...[8, 8, 4, 4].map((right) => bleu(right).toFixed(1))]);
    expect(rows[1]).toEqual(['custom', ...[14, 14, 9, 9].map((right) => bleu(right).toFixed(1))]);
  });
});

describe('RQ2', () => {
  const runs = [madeRun({ right: { personalized: [20, 19, 17, 12], base: 3 } })];

  it('gives the shares of matches and the distribution of style', () => {
    const custom = resultsOf(runs).summary.likeness[0]?.systems.custom;
    expect(custom?.scores).toMatchObject({ exactMatch: 0.25, exactTop5: 0.5, abstractedMatch: 0.5 });
    expect(custom?.scores).toMatchObject({ abstractedTop5: 0.75, usefulRate: 0.75 });
    expect(custom?.style).toMatchObject({ count: 4, minimum: 0.6, maximum: 1, lowerQuartile: 0.7875 });
    const row = tableOf(runs, 'RQ2: matches').rows.find(([system]) => system === 'custom');
    expect(row).toEqual(['custom', '4', '25.0 %', '50.0 %', '50.0 %', '75.0 %']);
  });
});

describe('RQ3 and cost', () => {
  it('tells compute to the end and to the best validation loss', () => {
    const [cost] = resultsOf([madeRun({}), madeRun({ fold: 1, run: { trainingSeconds: 50 } })]).summary.cost;
    expect(cost?.variants.custom).toMatchObject({ runs: 2, petaflopSeconds: 6, petaflopSecondsToBest: 4 });
    expect(cost?.variants.custom).toMatchObject({ trainingSeconds: 40, jobSeconds: 61, adapterMegabytes: 2 });
    expect(cost?.variants.custom).toMatchObject({ baseValidationLoss: 1, bestValidationLoss: 0.7, trainedShare: 0.1 });
    expect(cost?.variants.custom?.publishedPetaflopSecondsToBest).toBe(6);
  });
});

describe('Figure 2', () => {
  const changes = (...values: readonly number[]) =>
    values.map((meanAbsoluteChange, at) => ({ block: `decoder.${at}`, meanAbsoluteChange }));

  it('is the mean over the runs, in the order of the blocks', () => {
    const runs = [
      madeRun({ run: { blockChanges: changes(1, 2, 3) } }),
      madeRun({ fold: 1, run: { blockChanges: changes(3, 4, 9) } }),
      madeRun({
        strategy: 'last-decoder-block',
        run: { blockChanges: [{ block: 'decoder.2', meanAbsoluteChange: 8 }] },
      }),
      madeRun({ strategy: 'prefix' }),
    ];
    expect(resultsOf(runs).summary.blockChanges).toEqual([
      { variant: 'custom', runs: 2, changes: changes(2, 3, 6) },
      { variant: 'last-decoder-block', runs: 1, changes: [{ block: 'decoder.2', meanAbsoluteChange: 8 }] },
    ]);
    expect(tableOf(runs, 'Figure 2').rows.map((cells) => cells.join(' '))).toEqual([
      'decoder.0 2.000000 –',
      'decoder.1 3.000000 –',
      'decoder.2 6.000000 8.000000',
    ]);
  });
});

describe('Telly', () => {
  const runs = [
    madeRun({ right: { base: 5, personalized: 12 } }),
    madeRun({ strategy: 'telly', frozenBlocks: 20, right: { base: 5, personalized: 10 } }),
    madeRun({ strategy: 'telly', frozenBlocks: 4, right: { base: 5, personalized: 14 }, run: { trainingSeconds: 90 } }),
  ];

  it('is a table of its own, by k, and no part of the comparison', () => {
    const { summary } = resultsOf(runs);
    expect(Object.keys(summary.quality[0]?.average ?? {})).not.toContain('telly-4');
    expect(summary.tellySweep.map(({ frozenBlocks, cost }) => [frozenBlocks, cost.trainingSeconds])).toEqual([
      [4, 90],
      [20, 30],
    ]);
    expect(summary.tellySweep[0]?.quality[0]?.telly.bleu4).toBeCloseTo(bleu(14), 9);
  });
});

describe('layers', () => {
  const analysis = (similarity: number, after: number): LayerAnalysis => ({
    ...{ methods: 30, majority: { lexical: 0.4 } },
    blocks: ['decoder.0', 'decoder.1'].map((block, at) => ({
      block,
      similarity: at === 0 ? 1 : similarity,
      probes: { lexical: { before: 0.6, after: at === 0 ? 0.6 : after } },
    })),
  });
  const runs = [
    madeRun({ run: { layers: analysis(0.8, 0.7) } }),
    madeRun({ repository: 'beta', run: { layers: analysis(0.6, 0.9) } }),
    madeRun({ strategy: 'telly', frozenBlocks: 1, run: { layers: analysis(0.9, 0.5) } }),
    madeRun({ fold: 1 }),
  ];

  it('are means over the runs that were analysed', () => {
    const [custom, telly] = resultsOf(runs).summary.layers;
    expect(custom).toMatchObject({ variant: 'custom', runs: 2, majority: { lexical: 0.4 } });
    expect(custom?.blocks[1]?.similarity).toBeCloseTo(0.7, 12);
    expect(custom?.blocks[1]?.probes.lexical?.after).toBeCloseTo(0.8, 12);
    expect(telly).toMatchObject({ variant: 'telly-1', runs: 1 });
    expect(tableOf(runs, 'Telly: similarity').rows).toEqual([
      ['decoder.0', '1.000000', '1.000000'],
      ['decoder.1', '0.700000', '0.900000'],
    ]);
    expect(tableOf(runs, 'Telly: probing each layer, telly-1').rows).toEqual([
      ['most frequent class', '40.0 %'],
      ['decoder.0', '60.0 % → 60.0 %'],
      ['decoder.1', '60.0 % → 50.0 %'],
    ]);
  });

  it('have figures drawn from those runs alone', () => {
    const figures = resultsOf(runs).figures.filter(({ name }) => /^(layer|probes)/.test(name));
    expect(figures.map(({ name }) => name)).toEqual(['layer-similarity', 'probes.custom', 'probes.telly-1']);
    for (const figure of figures) {
      expect(figure.runs).toHaveLength(3);
      expect(drawSvg(figure)).not.toMatch(/NaN|undefined/);
    }
  });

  it('are in no table where nobody asked for them', () => {
    expect(resultsOf([madeRun({})]).tables.filter(({ title }) => /probing|RSA/.test(title))).toEqual([]);
  });
});

describe('the learning curve', () => {
  const runs = [
    madeRun({ right: { personalized: 14 }, run: { trainPairs: 90 } }),
    madeRun({ mostPairs: 25, right: { personalized: 8 }, run: { trainPairs: 11 } }),
    madeRun({ mostPairs: 50, right: { personalized: 11 }, run: { trainPairs: 22 } }),
    madeRun({ strategy: 'prefix', right: { personalized: 12 } }),
  ];

  it('has a point for each size, the smallest first, and leaves the other sizes out of the comparison', () => {
    const { learningCurve, quality } = resultsOf(runs).summary;
    expect(learningCurve.map(({ mostPairs, trainPairs }) => [mostPairs, trainPairs])).toEqual([
      [25, 11],
      [50, 22],
      [null, 90],
    ]);
    expect(learningCurve.map(({ quality }) => quality[0]?.systems.custom?.bleu4?.toFixed(6))).toEqual(
      [8, 11, 14].map((right) => bleu(right).toFixed(6)),
    );
    expect(quality[0]?.average.custom?.bleu4).toBeCloseTo(bleu(14), 9);
    const figure = resultsOf(runs).figures.find(({ name }) => name === 'learning-curve');
    expect(figure?.runs.filter((name) => name.includes('prefix'))).toEqual([]);
    expect(figure?.runs).toHaveLength(3);
  });
});

describe('auto', () => {
  const points = (losses: readonly number[], compute: number) => ({
    maxEpochs: losses.length - 1,
    validation: losses.map((validationLoss, epoch) => ({
      ...{ epoch, validationLoss, petaflopSeconds: compute * epoch, seconds: 10 * epoch },
    })),
  });
  const runs = [
    madeRun({ right: { base: 5, personalized: 15 }, run: points([1, 0.8, 0.7, 0.7, 0.7], 4) }),
    madeRun({ strategy: 'last-decoder-block', right: { personalized: 16 }, run: points([1, 0.7, 0.6, 0.55, 0.5], 1) }),
    madeRun({ strategy: 'prefix', right: { personalized: 17 }, run: points([1, 0.95, 0.9, 0.85, 0.8], 5) }),
  ];

  it('is judged by what it would have spent and by the best in hindsight', () => {
    const [judged] = resultsOf(runs).summary.auto;
    expect(judged?.choice).toMatchObject({ kind: 'chosen', strategy: 'last-decoder-block' });
    // One epoch of custom and of prefix, and the whole training of what was chosen.
    expect(judged?.computeShare).toBeCloseTo((4 + 5 + 4) / (16 + 20 + 4), 9);
    expect(judged?.bySplit[0]).toMatchObject({ bestInHindsight: 'prefix' });
    expect(judged?.bySplit[0]?.autoBleu4).toBeCloseTo(bleu(16), 9);
    expect(judged?.bySplit[0]?.bestBleu4).toBeCloseTo(bleu(17), 9);
  });

  it('is judged by the strategy that is best on average too, of those that were trained everywhere', () => {
    const again = [
      madeRun({ fold: 1, right: { personalized: 19 }, run: points([1, 0.9, 0.9, 0.9, 0.9], 4) }),
      madeRun({
        fold: 1,
        strategy: 'last-decoder-block',
        right: { personalized: 12 },
        run: points([1, 0.5, 0.4, 0.3, 0.2], 1),
      }),
    ];
    const table = resultsOf([...runs, ...again]).tables.find(({ title }) => title.endsWith('best on average'));
    const [best, auto] = [(bleu(15) + bleu(19)) / 2, (bleu(16) + bleu(12)) / 2];
    const share = `${((100 * auto) / best).toFixed(1)} %`;
    expect(table?.rows[0]?.slice(0, 6)).toEqual(['by-pair', '4', 'custom', best.toFixed(1), auto.toFixed(1), share]);
  });

  it('leaves the base where there are too few pairs', () => {
    const few = runs.map(({ record, pairs }) => ({
      record: { ...record, trainPairs: FEWEST_PAIRS_TO_PROBE - 1 },
      pairs,
    }));
    const [judged] = resultsOf(few).summary.auto;
    expect(judged?.choice).toEqual({
      kind: 'too-few-pairs',
      trainPairs: FEWEST_PAIRS_TO_PROBE - 1,
      neededPairs: FEWEST_PAIRS_TO_PROBE,
    });
    expect(judged?.computeShare).toBe(0);
    expect(judged?.bySplit[0]?.autoBleu4).toBeCloseTo(bleu(5), 9);
  });
});

describe('a figure', () => {
  const runs = [
    madeRun({ right: { base: 4, personalized: 13 } }),
    madeRun({ strategy: 'telly', frozenBlocks: 3 }),
    madeRun({ mostPairs: 25 }),
    madeRun({ fold: 1, run: { blockChanges: [{ block: 'decoder.0', meanAbsoluteChange: 1e-4 }] } }),
  ];
  const { figures } = resultsOf(runs);

  it('exists for every question', () => {
    expect(figures.map(({ name }) => name)).toEqual([
      ...['bleu4.by-pair.nearest-4', 'bleu4-gain.by-pair.nearest-4'],
      ...['bleu4.by-focal-class.nearest-4', 'bleu4-gain.by-focal-class.nearest-4'],
      ...['matches.by-pair.nearest-4', 'style.by-pair.nearest-4', 'checked.by-pair.nearest-4'],
      ...['matches.by-focal-class.nearest-4', 'style.by-focal-class.nearest-4', 'checked.by-focal-class.nearest-4'],
      ...[
        'loss-against-compute.nearest-4',
        'loss-against-compute.nearest-4.as-published',
        'block-changes',
        'telly-sweep',
        'learning-curve',
      ],
    ]);
  });

  it.each(figures.map((figure) => [figure.name, figure] as const))('%s names its records and draws', (_, figure) => {
    const svg = drawSvg(figure);
    expect(figure.runs.length).toBeGreaterThan(0);
    for (const name of figure.runs) expect(svg).toContain(name);
    for (const name of figure.runs) expect(runs.map(({ record }) => runName(record))).toContain(name);
    expect(svg).toContain(`<title>${figure.title}</title>`);
    expect(svg.match(/<path/g)?.length ?? 0).toBeGreaterThan(3);
    expect(svg).not.toMatch(/NaN|undefined|<style|<script/);
    expect(drawSvg(figure)).toBe(svg);
  });
});
