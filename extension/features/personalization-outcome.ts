import * as vscode from 'vscode';
import type { PersonalizationRun } from '../client/run.ts';
import { proofText } from './proof-text.ts';

/** Says how the personalized model did on tests it never saw, and whether it writes from now on. Does not wait for an answer. */
export function showOutcome(run: PersonalizationRun, refusal: string | undefined): void {
  const show = 'Show Style Report';
  const figures = run.proofs
    .map(proofText)
    .filter((text) => text !== '')
    .join('; ');
  const shown =
    refusal === undefined
      ? vscode.window.showInformationMessage(
          `Bespoke: the personalized model is better and writes from now on. Perplexity on tests it never saw: ${figures}.`,
          show,
        )
      : vscode.window.showWarningMessage(`Bespoke: ${refusal}`, show);
  void shown.then((chosen) => {
    if (chosen === show) return vscode.commands.executeCommand('bespoke.showStyleReport');
  });
}
