import * as vscode from 'vscode';
import type { Logs } from '../log.ts';

/** *Show Log* and *Show Server Log*. */
export function activate(context: vscode.ExtensionContext, logs: Logs): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.showLog', () => logs.client.show()),
    vscode.commands.registerCommand('bespoke.showServerLog', () => logs.server.show()),
  );
}
