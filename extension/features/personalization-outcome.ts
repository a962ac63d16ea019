import * as vscode from 'vscode';
import type { HeldOutSplit, PersonalizationRun, Proof } from '../client/run.ts';

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

const splitNames: Readonly<Record<HeldOutSplit, string>> = {
  'by-pair': 'by pair',
  'by-focal-class': 'by class',
};

/** For instance `3.41 → 2.60 by pair (40 tests)`; empty when it was not measured. */
export function proofText({ split, base, personalized, pairIds }: Proof): string {
  if (base === null || personalized === null) return '';
  const change = `${base.perplexity.toFixed(2)} → ${personalized.perplexity.toFixed(2)}`;
  return `${change} ${splitNames[split]} (${pairIds.length} tests)`;
}
