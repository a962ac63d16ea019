import * as vscode from 'vscode';
import type { ReadOnlyTexts } from '../editor/read-only-texts.ts';
import type { Logs } from '../log.ts';
import { showFailure } from '../show-failure.ts';
import { chooseFolder } from '../workspace/java-workspace.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { trainingDataText } from '../workspace/training-data-text.ts';
import { mineWithProgress } from './mine-with-progress.ts';

export interface PreviewParts {
  readonly logs: Logs;
  readonly mined: MinedRepositories;
  readonly texts: ReadOnlyTexts;
}

/** *Preview Training Data*: what a personalization would send, read-only. It only reads, so Restricted Mode allows it. */
export function activate(context: vscode.ExtensionContext, { logs, mined, texts }: PreviewParts): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.previewTrainingData', async () => {
      try {
        const folder = await chooseFolder();
        const repository = folder === undefined ? undefined : await mineWithProgress(mined, folder);
        if (repository !== undefined) await showTrainingData(texts, repository);
      } catch (cause) {
        showFailure(cause, logs);
      }
    }),
  );
}

export async function showTrainingData(texts: ReadOnlyTexts, repository: MinedRepository): Promise<void> {
  await texts.show(`Training data of ${repository.identity.name}.md`, trainingDataText(repository));
}
