import { expect, test } from 'vitest';
import { bleuStatistics } from '../../../core/metrics/bleu.ts';
import {
  type EvaluationRecord,
  recordOf,
  SPLITS,
  SYSTEMS,
  type System,
} from '../../../server/base/evaluation-record.ts';
import { evaluationsOf, evaluationTable, summarizeEvaluation } from '../../../server/base/summarize-evaluation.ts';

const words = (count: number) => Array.from({ length: 20 }, (_, n) => (n < count ? `right${n}` : `wrong${n}`));

/** Records of one library: of 20 words each system has so many right, of 4 pairs so many useful. */
function libraryOf(library: string, right: Record<System, number>, useful: number): EvaluationRecord[] {
  return SPLITS.flatMap((split) =>
    SYSTEMS.flatMap((system) =>
      [0, 1, 2, 3].map((n): EvaluationRecord => {
        const isUseful = system === 'personalized' && n < useful;
        return {
          ...{ library, split, system, pairId: `p${n}`, focalClass: `C${n}` },
          bleu: bleuStatistics(words(right[system]), words(20)),
          loss: system === 'nearest-copy' ? null : { lossSum: system === 'base' ? 20 : 10, targetTokens: 10 },
          check:
            system === 'nearest-copy' ? null : { parses: true, compiles: isUseful, passes: isUseful, useful: isUseful },
        };
      }),
    ),
  );
}

const records = [
  ...libraryOf('wins', { base: 8, personalized: 18, 'nearest-copy': 12 }, 3),
  ...libraryOf('copies', { base: 8, personalized: 10, 'nearest-copy': 16 }, 0),
];

test('figures of a library on a split', () => {
  const [first, ...others] = evaluationsOf(records).filter(({ library }) => library === 'wins');
  expect(others).toHaveLength(1);
  expect(first).toMatchObject({ library: 'wins', split: 'by-pair', pairs: 4 });
  expect(first?.scores.personalized).toMatchObject({ parseRate: 1, compileRate: 0.75, usefulRate: 0.75 });
  expect(first?.scores.base.perplexity).toBeCloseTo(Math.exp(2));
  expect(first?.scores['nearest-copy']).toMatchObject({ perplexity: null, parseRate: null });
  expect(first?.bleu4Gain.low).toBeGreaterThan(0);
  expect(first?.lossDrop.estimate).toBeCloseTo(1);
});

test('the summary counts libraries that win in both splits', () => {
  const summary = summarizeEvaluation(evaluationsOf(records));
  expect(summary).toMatchObject({ libraries: 2, beatsNearestTest: 1, surelyGains: 2 });
  const oneSplitLost = records.map((record) =>
    record.split === 'by-pair' && record.system === 'nearest-copy'
      ? { ...record, bleu: bleuStatistics(words(20), words(20)) }
      : record,
  );
  expect(summarizeEvaluation(evaluationsOf(oneSplitLost))).toMatchObject({ beatsNearestTest: 0 });
});

test('a row for each library and split', () => {
  const lines = evaluationTable(evaluationsOf(records)).split('\n');
  expect(lines).toHaveLength(2 + 4);
  expect(lines.every((line) => line.split('|').length === lines[0]?.split('|').length)).toBe(true);
});

test('a record holds nothing of the source', () => {
  const written = {
    ...{ split: 'by-pair', model: 'base', pairId: 'p', focalFile: 'A.java', focalClass: 'A', testMethod: 't' },
    ...{ candidate: 'void secret() {}', bleu: bleuStatistics(words(3), words(20)), loss: { sum: 2, targetTokens: 4 } },
    check: { parses: true, compiles: null, passes: null, useful: null, reasons: [{ message: 'secret' }] },
  };
  const record = recordOf('library', JSON.stringify(written));
  expect(JSON.stringify(record)).not.toContain('secret');
  expect(record).toMatchObject({ system: 'base', focalClass: 'A.java#A', check: { parses: true, compiles: false } });
});
