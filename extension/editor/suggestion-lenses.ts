import * as vscode from 'vscode';
import { type SuggestedTests, showReasonCommand, stateLook } from './suggestion.ts';

/** Keep, next, run, discard, and how the shown test did: the same line of code lenses over ghost text and over a new file's preview. */
export function suggestionLenses(
  at: vscode.Position,
  tests: SuggestedTests,
  shown: number,
  keep: { readonly title: string; readonly tooltip: string },
): vscode.CodeLens[] {
  const test = tests[shown];
  if (test === undefined) return [];
  const place = new vscode.Range(at, at);
  const lens = (title: string, command: string, tooltip: string, argument?: unknown) =>
    new vscode.CodeLens(place, {
      title,
      command,
      tooltip,
      ...(argument === undefined ? {} : { arguments: [argument] }),
    });
  const next = `$(arrow-right)\u00a0Next (${shown + 1} of ${tests.length})`;
  const { icon, words } = stateLook[test.state];
  return [
    lens(keep.title, 'bespoke.keepCandidate', keep.tooltip),
    ...(tests.length > 1 ? [lens(next, 'bespoke.nextCandidate', 'Show the next test (Alt+])')] : []),
    lens('$(play)\u00a0Run', 'bespoke.runCandidate', 'Compile and run this test once more, and show what came of it'),
    lens('$(close)\u00a0Discard', 'bespoke.discardCandidates', 'Insert nothing'),
    lens(`$(${icon})\u00a0${words}`, showReasonCommand, test.reason, test.reason),
    ...(test.note === '' ? [] : [lens(test.note, showReasonCommand, test.reason, test.reason)]),
  ];
}
