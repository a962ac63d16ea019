import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JavaParser } from '../../../core/java/java-parser.ts';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { comparisonTable } from '../../../extension/cli/start/print-comparison.ts';
import type { Measurement } from '../../../extension/client/run.ts';
import { type CandidateRecord, candidateRecords } from '../../../extension/proof/candidate-records.ts';
import { checkComparisons } from '../../../extension/proof/check-comparison.ts';
import { type ModelComparison, proofOf, withCopyAndRename } from '../../../extension/proof/compare-models.ts';
import { bleuOfCandidates } from '../../../extension/proof/score-candidates.ts';
import { makePair } from '../../core/splits/make-pair.ts';

const workspaceDir = join(import.meta.dirname, '../../sample');

/** A pair of the sample workspace; its test's text is chosen by the caller. */
function pairOf(focalClass: string, focalMethod: string, testMethod: string, testSource: string): TestPair {
  const place = (root: string, name: string) => `text/src/${root}/java/example/wayside/text/${name}.java`;
  return {
    ...makePair(focalClass, testMethod, testSource),
    focalMethod,
    focalFile: place('main', focalClass),
    testFile: place('test', `${focalClass}Test`),
  };
}

const testOf = (className: string, method: string, given: string) =>
  `@Test\nvoid ${method}_whenGiven() {\n    assertEquals("", new ${className}().${method}("${given}"));\n}`;

const nearest = pairOf('WeightText', 'grams', 'grams_whenGiven', testOf('WeightText', 'grams', '3 kg'));
const alike = pairOf('DurationText', 'minutes', 'minutes_whenGiven', testOf('DurationText', 'minutes', '3 kg'));
const other = pairOf('SlugMaker', 'slug', 'slug_whenGiven', `${testOf('SlugMaker', 'slug', 'East Yard')}\n`);
const alone = pairOf('CsvLine', 'fields', 'isNotMined', 'void isNotMined() {}');

const pairs = [
  { pair: alike, nearest: [nearest], shown: [nearest] },
  { pair: other, nearest: [nearest, alike], shown: [nearest, alike] },
  { pair: alone, nearest: [], shown: [] },
];

function measurement(lossSums: readonly number[]): Measurement {
  const losses = pairs.map(({ pair }, at) => ({ pairId: pair.id, lossSum: lossSums[at] ?? 0, targetTokens: 10 }));
  return { loss: 1, perplexity: Math.E, targetTokens: 30, pairs: losses };
}

const written = (texts: readonly string[], others: readonly string[][] = texts.map(() => [])) => ({
  ...{ texts, others, bleu: bleuOfCandidates(pairs, texts), shown: null },
});

const comparison: ModelComparison = {
  heldOut: {
    split: 'by-pair',
    pairs,
    mostCandidateTokens: 100,
    base: measurement([30, 20, 10]),
    personalized: measurement([3, 2, 1]),
  },
  base: written(['', 'not Java', ''], [[], ['also not Java', testOf('SlugMaker', 'slug', 'Old Mill')], []]),
  personalized: written([alike.testSource, testOf('SlugMaker', 'slug', 'West Yard'), '']),
  nearestCopy: written([nearest.testSource, nearest.testSource, '']),
};

describe('a comparison', () => {
  let parser: JavaParser;
  let checked: ModelComparison;
  let records: readonly CandidateRecord[];

  beforeAll(async () => {
    parser = await JavaParser.create();
    // Without trust nothing is compiled or run, which is enough to see who is checked.
    const place = { workspaceDir, trusted: false, cacheDir: '', harnessDir: '' };
    const { comparisons } = await checkComparisons(place, [withCopyAndRename(comparison)], []);
    checked = comparisons[0] as ModelComparison;
    const tests = checked.heldOut.pairs.map(({ pair }) => pair.testSource);
    records = candidateRecords(parser, comparisons, tests);
  });

  afterAll(() => parser.delete());

  it('holds the nearest test under the wanted names, or nothing where no test is near', () => {
    expect(checked.nearestRename?.texts).toEqual([alike.testSource, testOf('SlugMaker', 'slug', '3 kg'), '']);
  });

  it('checks copy and rename like the models, each with results of its own', () => {
    const parses = (model: keyof Pick<ModelComparison, 'base' | 'personalized' | 'nearestRename'>) =>
      checked[model]?.shown?.map(({ check }) => check.parses);
    expect(parses('base')).toEqual([false, true, false]);
    expect(parses('personalized')).toEqual([true, true, false]);
    expect(parses('nearestRename')).toEqual([true, true, false]);
    expect(checked.nearestCopy.shown).toBeNull();
  });

  it('leaves the first candidate in the scores and shows the one that came furthest', () => {
    const base = records.filter((record) => record.model === 'base')[1];
    expect(base).toMatchObject({ candidate: 'not Java', candidateParses: false });
    expect(base).toMatchObject({ shown: testOf('SlugMaker', 'slug', 'Old Mill'), check: { parses: true } });
  });

  it('records copy and rename with its matches and without a loss', () => {
    const of = (model: CandidateRecord['model']) => records.filter((record) => record.model === model);
    const matches = (model: CandidateRecord['model']) =>
      of(model).map(({ match: { exact, abstracted } }) => (exact ? 'exact' : abstracted ? 'abstracted' : 'none'));
    expect(matches('nearest-rename')).toEqual(['exact', 'abstracted', 'none']);
    expect(matches('personalized')).toEqual(['exact', 'abstracted', 'none']);
    expect(matches('nearest-copy')).toEqual(['abstracted', 'abstracted', 'none']);
    expect(matches('base')).toEqual(['none', 'none', 'none']);
    expect(of('nearest-rename').map(({ loss }) => loss)).toEqual([null, null, null]);
    expect(of('nearest-rename').map(({ check }) => check?.parses)).toEqual([true, true, false]);
    // The white space at the end of the team's test is no target of the loss.
    const targetCharacters = other.testSource.length - 1;
    expect(of('personalized')[1]?.loss).toEqual({ sum: 2, targetTokens: 10, targetCharacters });
  });

  it('records how alike the identifiers of each system and the team are', () => {
    const of = (model: CandidateRecord['model']) =>
      records.filter((record) => record.model === model).map(({ styleSimilarity }) => styleSimilarity);
    const [exact, alikeOne, none] = of('personalized');
    expect(exact).toBeCloseTo(1);
    expect(alikeOne).toBeGreaterThan(none ?? 1);
    expect(none).toBeLessThan(0.5);
    expect(of('nearest-rename')[0]).toBeCloseTo(1);
  });

  it('names copy and rename when printed, where it takes part', () => {
    const line = (of: ModelComparison) =>
      comparisonTable(proofOf(of))
        .split('\n')
        .find((one) => one.includes('copying and renaming it'));
    expect(line(checked)).toMatch(
      /: BLEU-4 \d\d\.\d, parse 67 %, compile not measured, pass not measured, useful not measured$/,
    );
    expect(line(comparison)).toMatch(/: not measured$/);
    expect(candidateRecords(parser, [comparison], [])).toHaveLength(9);
  });
});
