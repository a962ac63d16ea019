import * as vscode from 'vscode';
import { signalOf } from '../editor/signal-of.ts';
import { setUpLocalServer } from '../local-server/set-up.ts';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { showFailure } from '../show-failure.ts';

/** *Set Up Local Server*: fetches the Python environment and the base model, after saying so. */
export function activate(context: vscode.ExtensionContext, link: ServerLink, logs: Logs): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.setUpLocalServer', async () => {
      try {
        if (await ensureLocalServer(link, logs)) {
          void vscode.window.showInformationMessage('Bespoke: the local server is set up.');
        }
      } catch (cause) {
        showFailure(cause, logs);
      }
    }),
  );
}

/** Sets the local server up if something is missing and the user agrees. Returns whether it is ready; `false`: the user said no. */
export async function ensureLocalServer(link: ServerLink, logs: Logs): Promise<boolean> {
  const missing = link.missingParts;
  if (missing.length === 0) return true;
  const agreed = await vscode.window.showInformationMessage(
    'Set up the local server?',
    {
      modal: true,
      detail: `It needs ${missing.join(' and ')}: about 6 GB in ${link.layout.home}, fetched once from the Python package index. Your code is not involved.`,
    },
    'Set Up',
  );
  if (agreed !== 'Set Up') return false;
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Bespoke: setting up the local server',
      cancellable: true,
    },
    async (progress, token) => {
      const signal = signalOf(token);
      try {
        await setUpLocalServer(link.layout, {
          signal,
          onProgress: (line) => {
            logs.server.appendLine(line);
            progress.report({ message: line.replace(/^set-up: /, '') });
          },
        });
        link.noteSetUp();
        return true;
      } catch (cause) {
        if (signal.aborted) return false;
        throw cause;
      }
    },
  );
}
