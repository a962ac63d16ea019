import type { CheckResult } from '../check/check-result.ts';
import { type SuggestionState, usefulReason } from './suggestion.ts';

/** What the user reads about a test; `null`: it was not checked. */
export function describeCheck(check: CheckResult | null): { state: SuggestionState; reason: string } {
  return {
    state: stateOf(check),
    reason: check === null ? 'Checking is switched off in the settings.' : reasonOf(check),
  };
}

/** The first reason, and what was repaired: the user keeps a text that the model did not write. */
function reasonOf({ reasons }: CheckResult): string {
  const [first] = reasons;
  const repaired = reasons.find(({ code }) => code === 'repaired');
  if (repaired === undefined) return first?.message ?? '';
  return `${first === undefined || first === repaired ? usefulReason : first.message} ${repaired.message}`;
}

function stateOf(check: CheckResult | null): SuggestionState {
  if (check === null || check.compiles === null) return 'not-checked';
  if (check.useful === true) return 'useful';
  if (check.passes === true) return 'passes';
  if (check.outcome === 'flaky') return 'flaky';
  if (check.reasons.some(({ code }) => code === 'points-at-code')) return 'points-at-code';
  if (check.compiles) return 'compiles';
  return check.parses ? 'parses' : 'broken';
}
