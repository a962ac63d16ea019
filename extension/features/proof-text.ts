import type { HeldOutSplit, Proof } from '../client/run.ts';

const splitNames: Readonly<Record<HeldOutSplit, string>> = {
  'by-pair': 'by pair',
  'by-focal-class': 'by class',
};

/** For instance `3.41 → 2.60 by pair (40 tests)`; empty when it was not measured. Lists of runs do not tell how many tests. */
export function proofText({ split, base, personalized, pairIds }: Proof): string {
  if (base === null || personalized === null) return '';
  const change = `${base.perplexity.toFixed(2)} → ${personalized.perplexity.toFixed(2)} ${splitNames[split]}`;
  return pairIds.length === 0 ? change : `${change} (${pairIds.length} tests)`;
}
