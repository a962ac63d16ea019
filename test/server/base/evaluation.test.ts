import { expect, test } from 'vitest';
import { bleuStatistics } from '../../../core/metrics/bleu.ts';
import { costTable, type EvaluationRun } from '../../../server/base/evaluation-cost.ts';
import {
  type EvaluationRecord,
  recordOf,
  SPLITS,
  SYSTEMS,
  type System,
} from '../../../server/base/evaluation-record.ts';
import { PAPERS_SETTING, PRODUCT_SETTING } from '../../../server/base/evaluation-setting.ts';
import { evaluationsOf, evaluationTables, summarizeEvaluation } from '../../../server/base/summarize-evaluation.ts';

const words = (count: number) => Array.from({ length: 20 }, (_, n) => (n < count ? `right${n}` : `wrong${n}`));

/**
 * Records of one library: of 20 words each system has so many right, of 4 pairs so many useful. The first candidate of the personalized
 * model is the team's test, the second nearly.
 */
function libraryOf(
  library: string,
  right: Record<System, number>,
  useful: Partial<Record<System, number>>,
): EvaluationRecord[] {
  return SPLITS.flatMap((split) =>
    SYSTEMS.flatMap((system) =>
      [0, 1, 2, 3].map((n): EvaluationRecord => {
        const isUseful = n < (useful[system] ?? 0);
        const isModel = system === 'base' || system === 'personalized';
        const hits = system === 'personalized' ? 2 - n : 0;
        return {
          ...{ library, setting: PRODUCT_SETTING, split, system, pairId: `p${n}`, focalClass: `C${n}` },
          bleu: bleuStatistics(words(right[system]), words(20)),
          match: { exact: hits > 1, abstracted: hits > 0 },
          bestMatch: { exact: hits > 0, abstracted: system === 'personalized' },
          loss: isModel ? { lossSum: system === 'base' ? 20 : 10, targetTokens: 10, targetCharacters: 40 } : null,
          candidateParses: n > 0,
          check:
            system === 'nearest-copy' ? null : { parses: true, compiles: isUseful, passes: isUseful, useful: isUseful },
        };
      }),
    ),
  );
}

const records = [
  ...libraryOf(
    'wins',
    { base: 8, personalized: 18, 'nearest-copy': 12, 'nearest-rename': 14 },
    { personalized: 3, 'nearest-rename': 2 },
  ),
  ...libraryOf(
    'copies',
    { base: 8, personalized: 10, 'nearest-copy': 16, 'nearest-rename': 18 },
    { personalized: 1, 'nearest-rename': 1 },
  ),
];

test('figures of a library on a split', () => {
  const [first, ...others] = evaluationsOf(records).filter(({ library }) => library === 'wins');
  expect(others).toHaveLength(1);
  expect(first).toMatchObject({ library: 'wins', split: 'by-pair', pairs: 4 });
  expect(first?.scores.personalized).toMatchObject({ parseRate: 1, compileRate: 0.75, usefulRate: 0.75 });
  expect(first?.scores.personalized).toMatchObject({ natsPerCharacter: 0.25, exactMatch: 0.25, abstractedMatch: 0.5 });
  expect(first?.scores.personalized).toMatchObject({ exactTop5: 0.5, abstractedTop5: 1 });
  expect(first?.scores.base.perplexity).toBeCloseTo(Math.exp(2));
  expect(first?.scores.base).toMatchObject({ natsPerCharacter: 0.5, exactMatch: 0, abstractedMatch: 0 });
  expect(first?.scores['nearest-copy']).toMatchObject({ perplexity: null, natsPerCharacter: null, parseRate: null });
  expect(first?.scores['nearest-rename']).toMatchObject({ perplexity: null, parseRate: 1, usefulRate: 0.5 });
  expect(first?.bleu4Gain.low).toBeGreaterThan(0);
  expect(first?.lossDrop.estimate).toBeCloseTo(1);
});

test('the summary counts libraries that win in both splits', () => {
  const summary = summarizeEvaluation(evaluationsOf(records));
  expect(summary).toMatchObject({ libraries: 2, beatsNearestTest: 1, beatsCopyAndRename: 1, surelyGains: 2 });
  const oneSplitLost = records.map((record) =>
    record.split === 'by-pair' && record.system === 'nearest-copy'
      ? { ...record, bleu: bleuStatistics(words(20), words(20)) }
      : record,
  );
  expect(summarizeEvaluation(evaluationsOf(oneSplitLost))).toMatchObject({
    beatsNearestTest: 0,
    beatsCopyAndRename: 1,
  });
  const oneSplitTied = records.map((record) =>
    record.split === 'by-pair' && record.system === 'nearest-rename' && record.pairId === 'p2' && record.check !== null
      ? { ...record, check: { ...record.check, useful: true } }
      : record,
  );
  expect(summarizeEvaluation(evaluationsOf(oneSplitTied))).toMatchObject({
    beatsNearestTest: 1,
    beatsCopyAndRename: 0,
  });
});

test('the gain is that of the papers’ setting, by pair', () => {
  expect(summarizeEvaluation(evaluationsOf(records)).bleu4Gain).toBeNull();
  const asInPapers = records.map((record) => ({ ...record, setting: PAPERS_SETTING }));
  const evaluations = evaluationsOf([...records, ...asInPapers]);
  expect(evaluations).toHaveLength(8);
  const gains = evaluations.filter(({ split, setting }) => split === 'by-pair' && setting.nearestTests === 0);
  const summary = summarizeEvaluation(evaluations);
  expect(summary).toMatchObject({ libraries: 2, beatsNearestTest: 1 });
  expect(summary.bleu4Gain).toBeCloseTo(gains.reduce((sum, { bleu4Gain }) => sum + bleu4Gain.estimate, 0) / 2);
});

test('a library that lacks a split wins nothing', () => {
  const oneSplit = records.filter(({ library, split }) => library !== 'wins' || split === 'by-pair');
  const summary = summarizeEvaluation(evaluationsOf(oneSplit));
  expect(summary).toMatchObject({ libraries: 2, beatsNearestTest: 0, beatsCopyAndRename: 0, surelyGains: 1 });
});

test('the summary gives means of the personalized model over libraries and splits', () => {
  const figures = { parseRate: 1, compileRate: 0.5, passRate: 0.5, usefulRate: 0.5 };
  const likeness = { exactMatch: 0.25, abstractedMatch: 0.5, natsPerCharacter: 0.25 };
  expect(summarizeEvaluation(evaluationsOf(records))).toMatchObject({ ...figures, ...likeness });
  const oneUnchecked = records.map((record, at) => (at === 4 ? { ...record, check: null } : record));
  expect(summarizeEvaluation(evaluationsOf(oneUnchecked))).toMatchObject({ usefulRate: null, ...likeness });
});

test('two tables with a row for each library and split', () => {
  const tables = evaluationTables(evaluationsOf(records)).split('\n\n');
  expect(tables).toHaveLength(2);
  for (const table of tables) {
    const lines = table.split('\n');
    expect(lines).toHaveLength(2 + 4);
    expect(lines.every((line) => line.split('|').length === lines[0]?.split('|').length)).toBe(true);
  }
  expect(tables[0]).toContain('| 0.500 → 0.250 | 0 % → 25 % | 0 % → 50 % | 0 % → 50 % | 0 % → 100 % |');
  const row =
    '| wins | last-decoder-block, fold 0 | by-pair | 75 % → 75 % | 100 % → 100 % (100 %) | 0 % → 75 % (50 %) |';
  expect(tables[1]).toContain(row);
});

test('what each personalization took', () => {
  const run: EvaluationRun = {
    ...{ library: 'wins', ...PRODUCT_SETTING, trainPairs: 192, adapterBytes: 14_163_845 },
    seconds: { personalize: 191.8, generate: 459.3, check: 346.6 },
  };
  const [head = '', , row] = costTable([run]).split('\n');
  expect(row).toBe('| wins | last-decoder-block, fold 0 | 192 | 192 | 459 | 347 | 14.2 |');
  expect(row?.split('|')).toHaveLength(head.split('|').length);
});

test('a record holds nothing of the source', () => {
  const written = {
    ...{ split: 'by-pair', model: 'base', pairId: 'p', focalFile: 'A.java', focalClass: 'A', testMethod: 't' },
    ...{ candidate: 'void secret() {}', bleu: bleuStatistics(words(3), words(20)) },
    ...{ bestMatch: { exact: true, abstracted: true } },
    ...{ match: { exact: false, abstracted: true }, loss: { sum: 2, targetTokens: 4, targetCharacters: 16 } },
    check: { parses: true, compiles: null, passes: null, useful: null, reasons: [{ message: 'secret' }] },
  };
  const record = recordOf('library', PRODUCT_SETTING, JSON.stringify(written));
  expect(JSON.stringify(record)).not.toContain('secret');
  expect(record).toMatchObject({ system: 'base', focalClass: 'A.java#A', check: { parses: true, compiles: false } });
  expect(record.match).toEqual({ exact: false, abstracted: true });
  expect(record.bestMatch).toEqual({ exact: true, abstracted: true });
  expect(record.loss).toEqual({ lossSum: 2, targetTokens: 4, targetCharacters: 16 });
});
