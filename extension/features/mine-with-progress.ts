import * as vscode from 'vscode';
import { signalOf } from '../editor/signal-of.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';

/** Mines a folder as it is now; `undefined`: the user cancelled. */
export async function mineWithProgress(
  mined: MinedRepositories,
  folder: vscode.WorkspaceFolder,
): Promise<MinedRepository | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Bespoke: reading the tests', cancellable: true },
    async (progress, token) => {
      const signal = signalOf(token);
      try {
        return await mined.of(folder, { signal, onProgress: (message) => progress.report({ message }) });
      } catch (cause) {
        if (signal.aborted) return undefined;
        throw cause;
      }
    },
  );
}
