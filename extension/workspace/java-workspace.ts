import * as vscode from 'vscode';
import { Failure } from '../show-failure.ts';

/** The folder a command is about: that of the active file, the only one, or the one the user picks. `undefined`: no choice was made. */
export async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders?.filter((folder) => folder.uri.scheme === 'file') ?? [];
  const active = vscode.window.activeTextEditor?.document.uri;
  const ofActive = active === undefined ? undefined : vscode.workspace.getWorkspaceFolder(active);
  if (ofActive !== undefined) return ofActive;
  if (folders.length === 0) {
    throw new Failure('no folder is open: open the folder of a Java repository.', {
      title: 'Open Folder',
      command: 'vscode.openFolder',
    });
  }
  if (folders.length === 1) return folders[0];
  return vscode.window.showWorkspaceFolderPick({ placeHolder: 'Which repository?' });
}
