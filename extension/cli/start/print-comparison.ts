import type { ReportInterval, ReportProof, ReportScores } from '../../report/style-report-model.ts';

/** The figures of one model as the last line of `npm start` gives them: BLEU-4 from 0 to 100, rates from 0 to 1, `null` where not measured. */
export type Scores = Pick<
  ReportScores,
  'bleu4' | 'perplexity' | 'parseRate' | 'compileRate' | 'passRate' | 'usefulRate'
>;

export function scoresForJson({
  bleu4,
  perplexity,
  parseRate,
  compileRate,
  passRate,
  usefulRate,
}: ReportScores): Scores {
  const round = (value: number | null, digits: number) => (value === null ? null : Number(value.toFixed(digits)));
  return {
    bleu4: round(bleu4, 2),
    perplexity: round(perplexity, 4),
    parseRate: round(parseRate, 4),
    compileRate: round(compileRate, 4),
    passRate: round(passRate, 4),
    usefulRate: round(usefulRate, 4),
  };
}

/** A table for people: one row a figure, base against personalized, and what it takes no model to reach. */
export function comparisonTable(proof: ReportProof): string {
  const title = proof.split === 'by-pair' ? 'Held out by pair' : 'Held out by focal class (no sibling test seen)';
  const rows: [string, string, string][] = [
    ['', 'base', 'personalized'],
    ['BLEU-4', number(proof.base.bleu4, 1), number(proof.personalized.bleu4, 1)],
    ['perplexity', number(proof.base.perplexity, 3), number(proof.personalized.perplexity, 3)],
    ['parse', percent(proof.base.parseRate), percent(proof.personalized.parseRate)],
    ['compile', percent(proof.base.compileRate), percent(proof.personalized.compileRate)],
    ['pass', percent(proof.base.passRate), percent(proof.personalized.passRate)],
    ['useful', percent(proof.base.usefulRate), percent(proof.personalized.usefulRate)],
  ];
  const lines = rows.map(
    ([name, base, personalized]) => `  ${name.padEnd(12)}${base.padStart(10)}${personalized.padStart(14)}`,
  );
  return [
    `${title}, ${proof.heldOutPairs} pairs`,
    ...lines,
    `  BLEU-4 gain ${interval(proof.bleu4Gain, 1)}; loss drop ${interval(proof.lossDrop, 3)} nats per token (95 % bootstrap)`,
    '  BLEU-4 is of the first candidate; the rates are of what is shown first: the one that came furthest in the check and is new',
    `  copying the nearest test: BLEU-4 ${number(proof.nearestCopy?.bleu4 ?? null, 1)}`,
    `  copying and renaming it: ${proof.nearestRename === null ? 'not measured' : oneLine(proof.nearestRename)}`,
  ].join('\n');
}

function oneLine({ bleu4, parseRate, compileRate, passRate, usefulRate }: ReportScores): string {
  const rates = `parse ${percent(parseRate)}, compile ${percent(compileRate)}, pass ${percent(passRate)}`;
  return `BLEU-4 ${number(bleu4, 1)}, ${rates}, useful ${percent(usefulRate)}`;
}

function number(value: number | null, digits: number): string {
  return value === null ? 'not measured' : value.toFixed(digits);
}

function percent(value: number | null): string {
  return value === null ? 'not measured' : `${(100 * value).toFixed(0)} %`;
}

function interval(value: ReportInterval | null, digits: number): string {
  if (value === null) return 'not measured';
  return `${value.estimate.toFixed(digits)} [${value.low.toFixed(digits)}, ${value.high.toFixed(digits)}]`;
}
