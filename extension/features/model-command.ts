import * as vscode from 'vscode';
import { showFailure } from '../show-failure.ts';
import { chooseFolder } from '../workspace/java-workspace.ts';
import type { ModelParts } from './models.ts';
import { ensureLocalServer } from './set-up-local-server.ts';

/** Registers a command about the models of one folder: it asks which folder where there are several, and for a server where there is none. */
export function modelCommand(
  name: string,
  { link, logs }: Pick<ModelParts, 'link' | 'logs'>,
  work: (folder: vscode.WorkspaceFolder) => Promise<void>,
): vscode.Disposable {
  return vscode.commands.registerCommand(name, async () => {
    try {
      const folder = await chooseFolder();
      if (folder === undefined || !(await ensureLocalServer(link, logs))) return;
      await work(folder);
    } catch (cause) {
      showFailure(cause, logs);
    }
  });
}
