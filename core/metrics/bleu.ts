const maxOrder = 4;

/** What BLEU-4 needs of one hypothesis and its reference; statistics of a corpus are the sums of its sentences' statistics. */
export interface BleuStatistics {
  /** Matching n-grams for n = 1..4, clipped to the reference's counts. */
  readonly matches: readonly number[];
  /** n-grams of the hypothesis for n = 1..4. */
  readonly totals: readonly number[];
  /** Tokens of the hypothesis. */
  readonly hypothesisTokens: number;
  /** Tokens of the reference. */
  readonly referenceTokens: number;
}

/**
 * BLEU-4 of a corpus, 0 to 100, as sacreBLEU 2 defines it with `tokenize none`, exponential smoothing and one reference
 * (signature `nrefs:1|case:mixed|eff:no|tok:none|smooth:exp`). 0 for an empty corpus.
 */
export function corpusBleu(statistics: readonly BleuStatistics[]): number {
  return bleuOf(sumStatistics(statistics), false);
}

/** BLEU-4 of one sentence, 0 to 100: as the corpus's, with sacreBLEU's effective order (`eff:yes`) because short tests have no 4-grams. */
export function sentenceBleu(statistics: BleuStatistics): number {
  return bleuOf(statistics, true);
}

/** Counts the n-grams of one hypothesis against its reference. Tokens come from `javaTokens`. */
export function bleuStatistics(hypothesis: readonly string[], reference: readonly string[]): BleuStatistics {
  const matches: number[] = [];
  const totals: number[] = [];
  for (let order = 1; order <= maxOrder; order++) {
    const expected = ngramCounts(reference, order);
    let matched = 0;
    for (const [ngram, count] of ngramCounts(hypothesis, order)) matched += Math.min(count, expected.get(ngram) ?? 0);
    matches.push(matched);
    totals.push(Math.max(0, hypothesis.length - order + 1));
  }
  return { matches, totals, hypothesisTokens: hypothesis.length, referenceTokens: reference.length };
}

function sumStatistics(statistics: readonly BleuStatistics[]): BleuStatistics {
  const matches = new Array<number>(maxOrder).fill(0);
  const totals = new Array<number>(maxOrder).fill(0);
  let hypothesisTokens = 0;
  let referenceTokens = 0;
  for (const one of statistics) {
    for (let index = 0; index < maxOrder; index++) {
      matches[index] = (matches[index] ?? 0) + (one.matches[index] ?? 0);
      totals[index] = (totals[index] ?? 0) + (one.totals[index] ?? 0);
    }
    hypothesisTokens += one.hypothesisTokens;
    referenceTokens += one.referenceTokens;
  }
  return { matches, totals, hypothesisTokens, referenceTokens };
}

function bleuOf(statistics: BleuStatistics, effectiveOrder: boolean): number {
  if (statistics.matches.every((count) => count === 0)) return 0;
  let order = maxOrder;
  let smoothing = 1;
  let logPrecisions = 0;
  for (let index = 0; index < maxOrder; index++) {
    const total = statistics.totals[index] ?? 0;
    const matched = statistics.matches[index] ?? 0;
    if (total === 0) {
      // Without effective order, sacreBLEU keeps the missing order's precision at 0, which makes the whole score 0.
      if (!effectiveOrder) return 0;
      break;
    }
    if (effectiveOrder) order = index + 1;
    if (matched === 0) {
      smoothing *= 2;
      logPrecisions += Math.log(100 / (smoothing * total));
    } else {
      logPrecisions += Math.log((100 * matched) / total);
    }
  }
  const { hypothesisTokens, referenceTokens } = statistics;
  const brevity = hypothesisTokens < referenceTokens ? Math.exp(1 - referenceTokens / hypothesisTokens) : 1;
  return brevity * Math.exp(logPrecisions / order);
}

function ngramCounts(tokens: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start++) {
    const ngram = tokens.slice(start, start + order).join(' ');
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}
