import * as vscode from 'vscode';
import { Exclusions, exclusionsFileName, withTestAccepted, withTestExcluded } from '../../core/mining/exclusions.ts';
import { Failure } from '../failure.ts';

/** One test of a folder, as the training data names it. */
export interface ChosenTest {
  readonly testFile: string;
  readonly testMethod: string;
}

/** Keeps one test out of training by a line in the folder's `.bespokeignore`, which is made where there is none. */
export async function rejectTest(folder: vscode.WorkspaceFolder, { testFile, testMethod }: ChosenTest): Promise<void> {
  await changeText(folder, (text) => withTestExcluded(text, testFile, testMethod));
}

/** Takes that line out again. Fails where a line that a person wrote excludes the test: that is theirs to change. */
export async function acceptTest(folder: vscode.WorkspaceFolder, { testFile, testMethod }: ChosenTest): Promise<void> {
  const text = await changeText(folder, (before) => withTestAccepted(before, testFile, testMethod));
  if (new Exclusions(text).excludesTest(testFile, testMethod)) {
    await vscode.window.showTextDocument(fileOf(folder));
    throw new Failure(
      `a pattern in ${exclusionsFileName} excludes more than ${testMethod}: change that line yourself.`,
    );
  }
}

/** Where the file was not saved yet, what the editor shows is what counts. */
async function changeText(folder: vscode.WorkspaceFolder, change: (text: string) => string): Promise<string> {
  const file = fileOf(folder);
  const exists = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (!exists) await vscode.workspace.fs.writeFile(file, new Uint8Array());
  const document = await vscode.workspace.openTextDocument(file);
  const before = document.getText();
  const after = change(before);
  if (after === before) return after;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(file, new vscode.Range(document.positionAt(0), document.positionAt(before.length)), after);
  if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save())) {
    throw new Failure(`${exclusionsFileName} could not be written: check that it is writable.`);
  }
  return after;
}

function fileOf(folder: vscode.WorkspaceFolder): vscode.Uri {
  return vscode.Uri.joinPath(folder.uri, exclusionsFileName);
}
