import * as vscode from 'vscode';
import type { LineAction, ReadOnlyTexts } from '../editor/read-only-texts.ts';
import type { Logs } from '../log.ts';
import { showFailure } from '../show-failure.ts';
import { acceptTest, type ChosenTest, rejectTest } from '../workspace/change-exclusions.ts';
import { chooseFolder } from '../workspace/java-workspace.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { type ListedTest, trainingDataDocument } from '../workspace/training-data-text.ts';
import { mineWithProgress } from './mine-with-progress.ts';

export interface PreviewParts {
  readonly logs: Logs;
  readonly mined: MinedRepositories;
  readonly texts: ReadOnlyTexts;
}

const rejectCommand = 'bespoke.internal.rejectTest';
const acceptCommand = 'bespoke.internal.acceptTest';

/**
 * *Preview Training Data*: what a personalization would send. Each test can be rejected, which writes a line into `.bespokeignore`, and
 * accepted again. It starts nothing, so Restricted Mode allows it.
 */
export function activate(context: vscode.ExtensionContext, { logs, mined, texts }: PreviewParts): void {
  const preview = async (folder: vscode.WorkspaceFolder | undefined) => {
    const repository = folder === undefined ? undefined : await mineWithProgress(mined, folder);
    if (repository !== undefined) await showTrainingData(texts, repository);
  };
  const register = <A extends unknown[]>(command: string, work: (...given: A) => Promise<void>) =>
    vscode.commands.registerCommand(command, async (...given: A) => {
      try {
        await work(...given);
      } catch (cause) {
        showFailure(cause, logs);
      }
    });
  const deciding = (decide: typeof rejectTest) => async (path: string, test: ChosenTest) => {
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.fsPath === path);
    if (folder === undefined) return;
    await decide(folder, test);
    await preview(folder);
  };
  context.subscriptions.push(
    register('bespoke.previewTrainingData', async () => preview(await chooseFolder())),
    register(rejectCommand, deciding(rejectTest)),
    register(acceptCommand, deciding(acceptTest)),
  );
}

export async function showTrainingData(texts: ReadOnlyTexts, repository: MinedRepository): Promise<void> {
  const { text, tests } = trainingDataDocument(repository);
  const actions = tests.map((test) => actionOn(repository.path, test));
  await texts.show(`Training data of ${repository.identity.name}.md`, text, actions);
}

function actionOn(path: string, { line, testFile, testMethod, choice }: ListedTest): LineAction {
  const test: ChosenTest = { testFile, testMethod };
  const isSent = choice === 'sent';
  return {
    line,
    title: isSent ? '$(close)\u00a0Reject: never learn from this test' : `$(check)\u00a0Accept ${testMethod} again`,
    command: isSent ? rejectCommand : acceptCommand,
    arguments: [path, test],
  };
}
