import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bleuStatistics, corpusBleu, sentenceBleu } from '../../../core/metrics/bleu.ts';

interface Golden {
  readonly hypotheses: readonly string[];
  readonly references: readonly string[];
  readonly sentence: readonly number[];
  readonly corpus: readonly { readonly name: string; readonly pairs: readonly number[]; readonly score: number }[];
}

function statisticsOf(golden: Golden, index: number) {
  const split = (text: string | undefined) => (text ?? '').split(' ').filter((token) => token !== '');
  return bleuStatistics(split(golden.hypotheses[index]), split(golden.references[index]));
}

function check(golden: Golden): void {
  golden.sentence.forEach((score, index) => {
    expect(sentenceBleu(statisticsOf(golden, index))).toBeCloseTo(score, 9);
  });
  for (const { pairs, score } of golden.corpus) {
    expect(corpusBleu(pairs.map((index) => statisticsOf(golden, index)))).toBeCloseTo(score, 9);
  }
}

const makeGolden = join(import.meta.dirname, 'make_sacrebleu_golden.py');
const python = join(process.env.BESPOKE_HOME ?? '.bespoke', 'venv', 'bin', 'python');

function hasSacrebleu(): boolean {
  if (!existsSync(python)) return false;
  try {
    execFileSync(python, ['-c', 'import sacrebleu'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('BLEU-4', () => {
  it('equals the stored scores of sacreBLEU', () => {
    check(JSON.parse(readFileSync(join(import.meta.dirname, 'sacrebleu-golden.json'), 'utf8')));
  });

  it.skipIf(!hasSacrebleu())('equals sacreBLEU as it is installed', () => {
    check(JSON.parse(execFileSync(python, [makeGolden], { encoding: 'utf8' })));
  });

  it('is 0 for an empty corpus and an empty hypothesis', () => {
    expect(corpusBleu([])).toBe(0);
    expect(sentenceBleu(bleuStatistics([], ['a']))).toBe(0);
  });
});
