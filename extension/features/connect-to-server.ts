import * as vscode from 'vscode';
import { describeServer } from '../client/personalization.ts';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { serverSettings } from '../settings.ts';
import { showFailure } from '../show-failure.ts';

/** *Connect to Server*: asks for address and token, tries them, and keeps the token in the editor's secret storage. */
export function activate(context: vscode.ExtensionContext, link: ServerLink, logs: Logs): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.connectToServer', async () => {
      try {
        await connectToServer(link);
      } catch (cause) {
        showFailure(cause, logs);
      }
    }),
  );
}

async function connectToServer(link: ServerLink): Promise<void> {
  const settings = vscode.workspace.getConfiguration('bespoke');
  const address = await vscode.window.showInputBox({
    title: 'Connect to Server (1 of 2)',
    prompt: 'Address as host:port. Leave it empty to use the server on this machine.',
    value: serverSettings().address,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || /^\S+:\d{1,5}$/.test(text.trim())
        ? undefined
        : 'Write host:port, for instance bespoke.example.com:443.',
  });
  if (address === undefined) return;
  const trimmed = address.trim();
  if (trimmed !== '') {
    const token = await vscode.window.showInputBox({
      title: 'Connect to Server (2 of 2)',
      prompt: `Token for ${trimmed}. It is kept in the secret storage of the editor.`,
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? 'The server needs a token.' : undefined),
    });
    if (token === undefined) return;
    await link.keepToken(trimmed, token.trim());
  }
  await settings.update('server.address', trimmed, vscode.ConfigurationTarget.Global);
  const server = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Connecting to ${link.place.name}` },
    async () => describeServer(await link.connection()),
  );
  const model = server.baseModel === null ? 'no base model' : `base model ${server.baseModel.name}`;
  void vscode.window.showInformationMessage(`Bespoke: connected to ${link.place.name}, ${model}.`);
}
