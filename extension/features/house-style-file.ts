import * as vscode from 'vscode';
import { styleFileName, styleFileText } from '../../core/style/style-file.ts';
import { rulesOf } from '../../core/style/style-rules.ts';
import type { Logs } from '../log.ts';
import { Failure, showFailure } from '../show-failure.ts';
import { chooseFolder } from '../workspace/java-workspace.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { readTeamStyle } from '../workspace/team-style.ts';
import { mineWithProgress } from './mine-with-progress.ts';

/** *Save House Style*: the house-style card as a file that the team edits and commits; written tests are scored against it. */
export function activate(context: vscode.ExtensionContext, mined: MinedRepositories, logs: Logs): void {
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${styleFileName}`);
  context.subscriptions.push(
    watcher,
    watcher.onDidCreate(warnOfProblem),
    watcher.onDidChange(warnOfProblem),
    vscode.commands.registerCommand('bespoke.saveHouseStyle', async () => {
      try {
        await saveHouseStyle(mined);
      } catch (cause) {
        showFailure(cause, logs);
      }
    }),
  );
}

async function saveHouseStyle(mined: MinedRepositories): Promise<void> {
  const folder = await chooseFolder();
  const repository = folder === undefined ? undefined : await mineWithProgress(mined, folder);
  if (folder === undefined || repository === undefined) return;
  if (repository.houseStyle === null) {
    throw new Failure('no test was found here, so there is no style to save: open a repository that has tests.');
  }
  const file = vscode.Uri.joinPath(folder.uri, styleFileName);
  if (await exists(file)) {
    const replace = 'Replace';
    const chosen = await vscode.window.showWarningMessage(
      `Replace ${styleFileName}?`,
      { modal: true, detail: 'What your team changed in it is lost, unless it is committed.' },
      replace,
    );
    if (chosen !== replace) return;
  }
  await vscode.workspace.fs.writeFile(file, Buffer.from(styleFileText(rulesOf(repository.houseStyle)), 'utf8'));
  await vscode.window.showTextDocument(file, { preview: false });
}

/** Says what is wrong with a team's file, as soon as it is. Does not wait for an answer. */
function warnOfProblem(file: vscode.Uri): void {
  const folder = vscode.workspace.getWorkspaceFolder(file);
  if (folder === undefined || file.path !== vscode.Uri.joinPath(folder.uri, styleFileName).path) return;
  const { problem } = readTeamStyle(folder.uri.fsPath, null);
  if (problem === null) return;
  const open = 'Open the File';
  void vscode.window.showWarningMessage(`Bespoke: ${problem} Tests are not scored.`, open).then((chosen) => {
    if (chosen === open) return vscode.window.showTextDocument(file);
  });
}

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}
