import * as vscode from 'vscode';
import { MiningError } from '../../core/mining/mining-record.ts';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { count } from '../workspace/consent-text.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import type { StyleReports } from '../workspace/style-reports.ts';
import { chosenModel } from './models.ts';

const viewId = 'bespoke.repository';

export interface RepositoryViewParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly mined: MinedRepositories;
  readonly reports: StyleReports;
}

/** The view "This Repository": what is there, which model writes, where it runs. Before that, a welcome that says what to do. */
export function activate(context: vscode.ExtensionContext, parts: RepositoryViewParts): void {
  const tree = new RepositoryTree(context, parts);
  context.subscriptions.push(
    vscode.window.registerTreeDataProvider(viewId, tree),
    parts.reports.onDidChange(() => tree.refresh()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => tree.refresh()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => tree.refresh()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bespoke.server')) tree.refresh();
    }),
  );
}

class RepositoryTree implements vscode.TreeDataProvider<vscode.TreeItem> {
  readonly #context: vscode.ExtensionContext;
  readonly #parts: RepositoryViewParts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(context: vscode.ExtensionContext, parts: RepositoryViewParts) {
    this.#context = context;
    this.#parts = parts;
  }

  refresh(): void {
    this.#changed.fire();
  }

  getTreeItem(item: vscode.TreeItem): vscode.TreeItem {
    return item;
  }

  async getChildren(parent?: vscode.TreeItem): Promise<vscode.TreeItem[]> {
    if (parent !== undefined) return [];
    // An empty list shows the welcome text that fits the state.
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (folder === undefined) return this.#welcome('noWorkspace');
    const { mined, reports, link, logs } = this.#parts;
    try {
      const repository = await mined.known(folder);
      const { model } = reports.personalizationOf(repository.identity.id);
      if (model === null) return this.#welcome('notPersonalized');
      await vscode.commands.executeCommand('setContext', 'bespoke.state', 'personalized');
      const base = chosenModel(this.#context, folder).kind === 'base' || !model.active;
      return [
        item(
          'Model',
          base ? `base model ${model.baseModel}` : `personalized, ${model.strategy}`,
          'sparkle',
          'bespoke.chooseModel',
        ),
        item('Trained', new Date(model.trainedMs).toLocaleString(), 'history'),
        item(
          'Pairs',
          `${count(repository.pairs.length, 'pair')} in ${count(Object.keys(repository.summary.modules).length, 'module')}`,
          'references',
        ),
        item('Server', link.place.name, 'server', 'bespoke.connectToServer'),
      ];
    } catch (cause) {
      if (cause instanceof MiningError) return this.#welcome('notJava');
      logs.client.error(cause instanceof Error ? cause : String(cause));
      return [];
    }
  }

  async #welcome(state: 'noWorkspace' | 'notJava' | 'notPersonalized'): Promise<vscode.TreeItem[]> {
    await vscode.commands.executeCommand('setContext', 'bespoke.state', state);
    return [];
  }
}

function item(label: string, description: string, icon: string, command?: string): vscode.TreeItem {
  const made = new vscode.TreeItem(label);
  made.description = description;
  made.tooltip = `${label}: ${description}`;
  made.iconPath = new vscode.ThemeIcon(icon);
  if (command !== undefined) made.command = { command, title: label };
  return made;
}
