import * as vscode from 'vscode';
import { readExclusions } from '../../core/mining/exclusions.ts';
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
    return again === send && (await isAsShown(repository));
  }
  return chosen === send;
}

/** While the pairs were looked at, some may have been rejected: what was not shown is not sent. */
async function isAsShown({ path, exclusions, identity }: MinedRepository): Promise<boolean> {
  if ((await readExclusions(path)).text === exclusions) return true;
  const anew = 'Personalize';
  void vscode.window
    .showInformationMessage(
      `Bespoke: nothing was sent, because the tests that ${identity.name} excludes have changed since you were asked. Personalize again to see what is sent now.`,
      anew,
    )
    .then((chosen) => {
      if (chosen === anew) return vscode.commands.executeCommand('bespoke.personalize');
    });
  return false;
}
