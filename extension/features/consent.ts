import * as vscode from 'vscode';
import type { ReadOnlyTexts } from '../editor/read-only-texts.ts';
import { type ConsentPlace, consentText } from '../workspace/consent-text.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import { showTrainingData } from './preview-training-data.ts';

const send = 'Personalize';
const look = 'Show the Pairs';

/** Says what will be sent where before anything is. Returns whether the user agreed. */
export async function askForConsent(
  texts: ReadOnlyTexts,
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
    await showTrainingData(texts, repository);
    const again = await vscode.window.showInformationMessage(
      `Personalize to ${repository.identity.name}? The editor shows every pair that would be sent, and what is left out.`,
      send,
      'Cancel',
    );
    return again === send;
  }
  return chosen === send;
}
