import * as vscode from 'vscode';
import { type ConsentPlace, consentText } from '../workspace/consent-text.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';

const send = 'Personalize';
const look = 'Show the Pairs';

/** Says what will be sent where before anything is. Returns whether the user agreed. */
export async function askForConsent(
  repository: MinedRepository,
  place: ConsentPlace,
  settings: { readonly strategy: string; readonly heldOutPairs: number },
): Promise<boolean> {
  const chosen = await vscode.window.showInformationMessage(
    `Personalize to ${repository.identity.name}?`,
    { modal: true, detail: consentText(repository, place, settings) },
    send,
    look,
  );
  if (chosen === look) {
    const document = await vscode.workspace.openTextDocument({ language: 'jsonl', content: repository.jsonLines });
    await vscode.window.showTextDocument(document, { preview: true });
    const again = await vscode.window.showInformationMessage(
      `Personalize to ${repository.identity.name}? The editor shows exactly what would be sent, one pair a line.`,
      send,
      'Cancel',
    );
    return again === send;
  }
  return chosen === send;
}
