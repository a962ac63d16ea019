import * as vscode from 'vscode';
import { MiningError } from '../../core/mining/mining-record.ts';
import type { Logs } from '../log.ts';
import { type Drift, driftOf, driftText } from '../proof/drift.ts';
import type { ReportModelFacts } from '../report/style-report-model.ts';
import type { ServerLink } from '../server-link.ts';
import { count } from '../workspace/consent-text.ts';
import type { DriftRecords } from '../workspace/drift-records.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { partsOf } from '../workspace/repository-modules.ts';
import type { StyleReports } from '../workspace/style-reports.ts';
import { chosenModel } from './models.ts';

const viewId = 'bespoke.repository';

export interface RepositoryViewParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly mined: MinedRepositories;
  readonly reports: StyleReports;
  readonly drifts: DriftRecords;
}

/** The view "This Repository": what is there, which model writes, where it runs. Before that, a welcome that says what to do. */
export function activate(context: vscode.ExtensionContext, parts: RepositoryViewParts): void {
  const tree = new RepositoryTree(context, parts);
  context.subscriptions.push(
    vscode.window.registerTreeDataProvider(viewId, tree),
    parts.reports.onDidChange(() => tree.refresh()),
    parts.link.onDidSetUp(() => tree.refresh()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => tree.refresh()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => tree.refresh()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bespoke.server') || change.affectsConfiguration('bespoke.localServer'))
        tree.refresh();
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
    const { mined, link, logs } = this.#parts;
    try {
      const repository = await mined.known(folder);
      const scopes = personalizedScopes(this.#parts, repository);
      // What is missing is looked for on disk; nothing is started for it.
      if (scopes.length === 0) return this.#welcome(link.missingParts.length > 0 ? 'notSetUp' : 'notPersonalized');
      await vscode.commands.executeCommand('setContext', 'bespoke.state', 'personalized');
      const base = chosenModel(this.#context, folder).kind === 'base';
      return [
        ...scopes.flatMap((scope) => scopeItems(scope, base)),
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

  async #welcome(state: 'noWorkspace' | 'notJava' | 'notSetUp' | 'notPersonalized'): Promise<vscode.TreeItem[]> {
    await vscode.commands.executeCommand('setContext', 'bespoke.state', state);
    return [];
  }
}

/** A repository, or one of its modules, that was personalized. */
interface PersonalizedScope {
  /** Empty for the whole repository. */
  readonly of: string;
  readonly model: ReportModelFacts;
  readonly drift: Drift | null;
}

function personalizedScopes(
  { reports, drifts }: RepositoryViewParts,
  repository: MinedRepository,
): PersonalizedScope[] {
  return partsOf(repository).flatMap(({ id, module, clean }) => {
    const { model } = reports.personalizationOf(id);
    if (model === null) return [];
    const record = drifts.of(id);
    const drift = record === undefined ? null : driftOf(record, clean);
    return [{ of: module === null ? '' : ` of ${module}`, model, drift }];
  });
}

function scopeItems({ of, model, drift }: PersonalizedScope, base: boolean): vscode.TreeItem[] {
  const writer = base || !model.active ? `base model ${model.baseModel}` : `personalized, ${model.strategy}`;
  return [
    item(`Model${of}`, writer, 'sparkle', 'bespoke.chooseModel'),
    item(`Trained${of}`, new Date(model.trainedMs).toLocaleString(), 'history', 'bespoke.showRuns'),
    ...(drift === null || drift.newTests === 0 ? [] : [driftItem(of, drift)]),
  ];
}

function driftItem(of: string, drift: Drift): vscode.TreeItem {
  const text = driftText(drift);
  return drift.refresh
    ? item(`Refresh${of}`, text, 'refresh', 'bespoke.personalize')
    : item(`Drift${of}`, text, 'graph-line');
}

function item(label: string, description: string, icon: string, command?: string): vscode.TreeItem {
  const made = new vscode.TreeItem(label);
  made.description = description;
  made.tooltip = `${label}: ${description}`;
  made.accessibilityInformation = { label: `${label}: ${description}` };
  made.iconPath = new vscode.ThemeIcon(icon);
  if (command !== undefined) made.command = { command, title: label };
  return made;
}
