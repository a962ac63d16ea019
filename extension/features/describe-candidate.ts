import { describeCheck } from '../editor/describe-check.ts';
import type { SuggestionState } from '../editor/suggestion.ts';
import { likenessNote, likenessText } from './likeness.ts';
import type { PlacedCandidate } from './place-candidates.ts';

/** What the user reads about a written test: how it did, and how it compares with the team's own. */
export function describeCandidate({ check, likeness }: Pick<PlacedCandidate, 'check' | 'likeness'>): {
  state: SuggestionState;
  reason: string;
  note: string;
} {
  const { state, reason } = describeCheck(check);
  return {
    state,
    reason: [reason, likenessText(likeness)].filter((text) => text !== '').join(' '),
    note: likenessNote(likeness),
  };
}
