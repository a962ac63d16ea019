import * as vscode from 'vscode';
import { forgetBuilds } from '../check/module-builds.ts';
import type { ModelChoice } from '../client/generation.ts';
import { activateAdapter, forgetRepository, listAdapters, rollBackAdapter } from '../client/personalization.ts';
import type { Adapter } from '../client/run.ts';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { showFailure } from '../show-failure.ts';
import { count, formatBytes } from '../workspace/consent-text.ts';
import { chooseFolder } from '../workspace/java-workspace.ts';
import { identifyRepository } from '../workspace/repository-identity.ts';
import type { StyleReports } from '../workspace/style-reports.ts';
import { checkCacheDir } from './prove-run.ts';
import { ensureLocalServer } from './set-up-local-server.ts';

const baseChosenKey = 'bespoke.baseChosen';

export interface ModelParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly reports: StyleReports;
}

/** *Choose Model*, *Roll Back Model* and *Forget this Repo*. */
export function activate(context: vscode.ExtensionContext, parts: ModelParts): void {
  const command = (name: string, work: (folder: vscode.WorkspaceFolder) => Promise<void>) =>
    vscode.commands.registerCommand(name, async () => {
      try {
        const folder = await chooseFolder();
        if (folder === undefined || !(await ensureLocalServer(parts.link, parts.logs))) return;
        await work(folder);
      } catch (cause) {
        showFailure(cause, parts.logs);
      }
    });
  context.subscriptions.push(
    command('bespoke.chooseModel', (folder) => chooseModel(context, parts, folder)),
    command('bespoke.rollBackModel', (folder) => rollBackModel(context, parts, folder)),
    command('bespoke.forgetRepository', (folder) => forget(context, parts, folder)),
  );
}

/** Which model writes tests for a folder: the active adapter, unless the user chose the base. */
export function chosenModel(context: vscode.ExtensionContext, folder: vscode.WorkspaceFolder): ModelChoice {
  return isBaseChosen(context, folder) ? { kind: 'base' } : { kind: 'active' };
}

function isBaseChosen(context: vscode.ExtensionContext, folder: vscode.WorkspaceFolder): boolean {
  return context.workspaceState.get<string[]>(baseChosenKey, []).includes(folder.uri.toString());
}

async function chooseBase(
  context: vscode.ExtensionContext,
  folder: vscode.WorkspaceFolder,
  base: boolean,
): Promise<void> {
  const key = folder.uri.toString();
  const others = context.workspaceState.get<string[]>(baseChosenKey, []).filter((chosen) => chosen !== key);
  await context.workspaceState.update(baseChosenKey, base ? [...others, key] : others);
}

async function chooseModel(
  context: vscode.ExtensionContext,
  { link, reports }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const { id } = identifyRepository(folder.uri.fsPath);
  const base = isBaseChosen(context, folder);
  type Choice = vscode.QuickPickItem & { adapter: Adapter | undefined };
  const choices = async (): Promise<Choice[]> => {
    const adapters = await listAdapters(await link.connection(), id);
    return [
      {
        label: `${base || adapters.every(({ active }) => !active) ? '$(check) ' : ''}Base model`,
        description: 'knows nothing of this repository but its nearest tests',
        adapter: undefined,
      },
      ...adapters.map((adapter) => ({
        label: `${adapter.active && !base ? '$(check) ' : ''}${new Date(adapter.createdMs).toLocaleString()}`,
        description: `${adapter.strategy}, ${formatBytes(adapter.bytes)}`,
        ...(adapter.commit === null ? {} : { detail: `learned from commit ${adapter.commit.slice(0, 12)}` }),
        adapter,
      })),
    ];
  };
  const chosen = await vscode.window.showQuickPick(choices(), {
    title: 'Choose Model',
    placeHolder: 'Which model writes the tests of this repository?',
  });
  if (chosen === undefined) return;
  if (chosen.adapter === undefined) {
    await chooseBase(context, folder, true);
    void vscode.window.showInformationMessage('Bespoke: the base model writes from now on.');
  } else {
    await activateAdapter(await link.connection(), chosen.adapter.id);
    await chooseBase(context, folder, false);
    void vscode.window.showInformationMessage('Bespoke: this personalized model writes from now on.');
  }
  reports.noteActive(id, chosen.adapter?.createdMs ?? null);
}

async function rollBackModel(
  context: vscode.ExtensionContext,
  { link, reports }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const { id } = identifyRepository(folder.uri.fsPath);
  const active = await rollBackAdapter(await link.connection(), id);
  await chooseBase(context, folder, false);
  reports.noteActive(id, active?.createdMs ?? null);
  void vscode.window.showInformationMessage(
    active === null
      ? 'Bespoke: no earlier personalized model is left; the base model writes from now on.'
      : `Bespoke: the model of ${new Date(active.createdMs).toLocaleString()} writes from now on.`,
  );
}

async function forget(
  context: vscode.ExtensionContext,
  { link, reports }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const { id, name } = identifyRepository(folder.uri.fsPath);
  const sure = await vscode.window.showWarningMessage(
    `Forget ${name}?`,
    {
      modal: true,
      detail: `Everything that the server on ${link.place.name} keeps about it is erased: pairs, runs and models. This cannot be undone.`,
    },
    'Forget',
  );
  if (sure !== 'Forget') return;
  const receipt = await forgetRepository(await link.connection(), id);
  await chooseBase(context, folder, false);
  reports.forget(id);
  // The check keeps a copy of the sources to compile in.
  forgetBuilds(checkCacheDir(context), folder.uri.fsPath);
  void vscode.window.showInformationMessage(
    `Bespoke: erased ${receipt.corpora === 1 ? '1 corpus' : `${receipt.corpora} corpora`}, ${count(receipt.runs, 'run')}, ${count(receipt.adapters, 'model')} and ${formatBytes(receipt.bytes)} of ${name}.`,
  );
}
