import * as vscode from 'vscode';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { identifyRepository } from '../workspace/repository-identity.ts';
import { moduleOfFile } from '../workspace/repository-modules.ts';
import type { StyleReports } from '../workspace/style-reports.ts';
import { chosenModel } from './models.ts';

export interface ModelStatusParts {
  readonly mined: MinedRepositories;
  readonly reports: StyleReports;
}

/** Which model writes for the open Java file, in the status bar. It is read off what this window knows: nothing is mined, started or asked. */
export function activate(context: vscode.ExtensionContext, { mined, reports }: ModelStatusParts): void {
  const item = vscode.window.createStatusBarItem('bespoke.model', vscode.StatusBarAlignment.Right);
  item.name = 'Bespoke Model';
  item.command = 'bespoke.chooseModel';
  const show = () => {
    const document = vscode.window.activeTextEditor?.document;
    const folder = document === undefined ? undefined : vscode.workspace.getWorkspaceFolder(document.uri);
    if (document?.languageId !== 'java' || folder?.uri.scheme !== 'file') return item.hide();
    const writer = writerName(context, { mined, reports }, folder, document);
    item.text = `$(sparkle) ${writer}`;
    item.tooltip = `Bespoke: ${writer} writes the tests of this file`;
    item.accessibilityInformation = { label: item.tooltip };
    item.show();
  };
  context.subscriptions.push(
    item,
    vscode.window.onDidChangeActiveTextEditor(show),
    reports.onDidChange(show),
    // A generation mines, and then the module of the file is known.
    mined.onDidMine(show),
  );
  show();
}

function writerName(
  context: vscode.ExtensionContext,
  { mined, reports }: ModelStatusParts,
  folder: vscode.WorkspaceFolder,
  document: vscode.TextDocument,
): string {
  if (chosenModel(context, folder).kind === 'base') return 'base model';
  const repository = mined.ready(folder);
  const file = vscode.workspace.asRelativePath(document.uri, false);
  const module = repository === undefined ? undefined : moduleOfFile(repository, file);
  if (module !== undefined && reports.hasModel(module.id)) return `model of ${module.path}`;
  return reports.hasModel(identifyRepository(folder.uri.fsPath).id) ? 'model of this repository' : 'base model';
}
