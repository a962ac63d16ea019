import * as vscode from 'vscode';
import type { NewFilePreview } from '../editor/new-file-preview.ts';
import type { Offer } from '../editor/offer.ts';
import { showReasonCommand, usefulReason } from '../editor/suggestion.ts';
import type { SuggestionSession } from '../editor/suggestion-session.ts';
import type { Logs } from '../log.ts';
import { showFailure } from '../show-failure.ts';

/** Keep, next, previous, run and discard: for the ghost text and for the preview of a new file alike, so that both need no mouse. */
export function activate(
  context: vscode.ExtensionContext,
  session: SuggestionSession,
  preview: NewFilePreview,
  logs: Logs,
): void {
  const noteOffers = () =>
    void vscode.commands.executeCommand('setContext', 'bespoke.suggesting', session.isOpen || preview.isOpen);
  const command = (name: string, work: (offer: Offer) => Promise<void>) =>
    vscode.commands.registerCommand(name, async () => {
      try {
        await work(preview.isActive || !session.isOpen ? preview : session);
      } catch (cause) {
        showFailure(cause, logs);
      }
    });
  context.subscriptions.push(
    session.onDidChangeCodeLenses(noteOffers),
    preview.onDidChangeCodeLenses(noteOffers),
    command('bespoke.keepCandidate', (offer) => offer.keep()),
    command('bespoke.nextCandidate', (offer) => offer.cycle(1)),
    command('bespoke.previousCandidate', (offer) => offer.cycle(-1)),
    command('bespoke.runCandidate', (offer) => offer.run()),
    command('bespoke.discardCandidates', (offer) => offer.discard()),
    vscode.commands.registerCommand(showReasonCommand, (reason: string) => {
      void vscode.window.showInformationMessage(`Bespoke: ${reason === '' ? usefulReason : reason}`);
    }),
  );
}
