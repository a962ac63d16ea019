import * as vscode from 'vscode';
import { forgetBuilds } from '../check/module-builds.ts';
import type { Connection } from '../client/connection.ts';
import type { ModelChoice } from '../client/generation.ts';
import { activateAdapter, listAdapters, rollBackAdapter } from '../client/personalization.ts';
import type { Adapter } from '../client/run.ts';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { count, formatBytes } from '../workspace/consent-text.ts';
import type { DriftRecords } from '../workspace/drift-records.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { identifyRepository } from '../workspace/repository-identity.ts';
import type { StyleReports } from '../workspace/style-reports.ts';
import { forgetScopes } from './forget-scopes.ts';
import { modelCommand } from './model-command.ts';
import { type ModelScope, modelScopes } from './model-scopes.ts';
import { checkCacheDir } from './prove-run.ts';

const baseChosenKey = 'bespoke.baseChosen';

export interface ModelParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly mined: MinedRepositories;
  readonly reports: StyleReports;
  readonly drifts: DriftRecords;
}

/** *Choose Model*, *Roll Back Model* and *Forget this Repo*. */
export function activate(context: vscode.ExtensionContext, parts: ModelParts): void {
  context.subscriptions.push(
    modelCommand('bespoke.chooseModel', parts, (folder) => chooseModel(context, parts, folder)),
    modelCommand('bespoke.rollBackModel', parts, (folder) => rollBackModel(context, parts, folder)),
    modelCommand('bespoke.forgetRepository', parts, (folder) => forget(context, parts, folder)),
  );
}

/** Which model writes tests for a folder: the active adapter, unless the user chose the base. */
export function chosenModel(context: vscode.ExtensionContext, folder: vscode.WorkspaceFolder): ModelChoice {
  return isBaseChosen(context, folder) ? { kind: 'base' } : { kind: 'active' };
}

function isBaseChosen(context: vscode.ExtensionContext, folder: vscode.WorkspaceFolder): boolean {
  return context.workspaceState.get<string[]>(baseChosenKey, []).includes(folder.uri.toString());
}

export async function chooseBase(
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
  { link, mined, reports }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const { id } = identifyRepository(folder.uri.fsPath);
  const base = isBaseChosen(context, folder);
  type Choice = vscode.QuickPickItem & { adapter: Adapter | undefined };
  const choices = async (): Promise<Choice[]> => {
    const scoped = await scopedAdapters(await link.connection(), await modelScopes(mined, folder));
    const adapters = scoped.map(({ adapter }) => adapter);
    return [
      {
        label: `${base || adapters.every(({ active }) => !active) ? '$(check) ' : ''}Base model`,
        description: 'knows nothing of this repository but its nearest tests',
        adapter: undefined,
      },
      ...scoped.map(({ adapter, scope }) => ({
        label: `${adapter.active && !base ? '$(check) ' : ''}${new Date(adapter.createdMs).toLocaleString()}`,
        description: `${scope.name}, ${adapter.strategy}, ${formatBytes(adapter.bytes)}`,
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
    reports.noteActive(id, null);
    void vscode.window.showInformationMessage('Bespoke: the base model writes from now on.');
  } else {
    const connection = await link.connection();
    await activateAdapter(connection, chosen.adapter.id);
    await chooseBase(context, folder, false);
    // Where the base was chosen before, those of the other scopes write again too.
    for (const { adapter } of await scopedAdapters(connection, await modelScopes(mined, folder)))
      if (adapter.active) reports.noteActive(adapter.repository, adapter.createdMs);
    void vscode.window.showInformationMessage('Bespoke: this personalized model writes from now on.');
  }
}

/** Every model of the scopes, with the scope that it is for. */
export async function scopedAdapters(
  connection: Connection,
  scopes: readonly ModelScope[],
): Promise<{ readonly scope: ModelScope; readonly adapter: Adapter }[]> {
  const found = await Promise.all(
    scopes.map(async (scope) => (await listAdapters(connection, scope.id)).map((adapter) => ({ scope, adapter }))),
  );
  return found.flat();
}

/** What a model is rolled back of: asked only where a module has one of its own. */
async function scopeToRollBack(
  connection: Connection,
  scopes: readonly [ModelScope, ...ModelScope[]],
): Promise<ModelScope | undefined> {
  const active = (await scopedAdapters(connection, scopes)).filter(({ adapter }) => adapter.active);
  if (active.length === 0) return scopes[0];
  if (active.length === 1) return active[0]?.scope;
  const choices = active.map(({ scope, adapter }) => ({
    label: scope.name,
    description: `model of ${new Date(adapter.createdMs).toLocaleString()}`,
    scope,
  }));
  return (await vscode.window.showQuickPick(choices, { title: 'Roll Back Model', placeHolder: 'The model of what?' }))
    ?.scope;
}

async function rollBackModel(
  context: vscode.ExtensionContext,
  { link, mined, reports }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const connection = await link.connection();
  const scope = await scopeToRollBack(connection, await modelScopes(mined, folder));
  if (scope === undefined) return;
  const active = await rollBackAdapter(connection, scope.id);
  await chooseBase(context, folder, false);
  reports.noteActive(scope.id, active?.createdMs ?? null);
  void vscode.window.showInformationMessage(
    active === null
      ? 'Bespoke: no earlier personalized model is left; the base model writes from now on.'
      : `Bespoke: the model of ${new Date(active.createdMs).toLocaleString()} writes from now on.`,
  );
}

async function forget(
  context: vscode.ExtensionContext,
  { link, mined, reports, drifts }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const { name } = identifyRepository(folder.uri.fsPath);
  const sure = await vscode.window.showWarningMessage(
    `Forget ${name}?`,
    {
      modal: true,
      detail: `Everything that the server on ${link.place.name} keeps about it is erased: pairs, runs and models. This cannot be undone.`,
    },
    'Forget',
  );
  if (sure !== 'Forget') return;
  const scopes = await modelScopes(mined, folder);
  const receipt = await forgetScopes(link.everyConnection(), scopes);
  await chooseBase(context, folder, false);
  for (const { id } of scopes) {
    reports.forget(id);
    drifts.forget(id);
  }
  // The check keeps a copy of the sources to compile in.
  forgetBuilds(checkCacheDir(context), folder.uri.fsPath);
  const chosen = await vscode.window.showInformationMessage(
    `Bespoke: erased ${receipt.corpora === 1 ? '1 corpus' : `${receipt.corpora} corpora`}, ${count(receipt.runs, 'run')}, ${count(receipt.adapters, 'model')} and ${formatBytes(receipt.bytes)} of ${name}.`,
    saveReceiptTitle,
  );
  if (chosen === saveReceiptTitle) await saveReceipts(receipt.signed, folder, name);
}

const saveReceiptTitle = 'Save Receipt…';

/** Writes what the server signed to a file of the user's choice, and of several the others beside it. */
async function saveReceipts(signed: readonly string[], folder: vscode.WorkspaceFolder, name: string): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder.uri, '..', `${name.replaceAll(/[^\w.-]+/g, '-')}-forgotten.json`),
    filters: { 'Signed receipts': ['json'] },
    title: 'What the server signed about the erasure',
  });
  if (target === undefined) return;
  for (const [at, text] of signed.entries()) {
    const path = at === 0 ? target.path : target.path.replace(/(?:\.json)?$/, `-${at + 1}.json`);
    await vscode.workspace.fs.writeFile(target.with({ path }), Buffer.from(text));
  }
}
