import * as vscode from 'vscode';
import type { Connection } from '../client/connection.ts';
import { activateAdapter } from '../client/personalization.ts';
import type { Adapter } from '../client/run.ts';
import { signalOf } from '../editor/signal-of.ts';
import { fingerprintOfPrivate, newPackKey } from '../packs/pack-key.ts';
import { Failure } from '../show-failure.ts';
import { formatBytes } from '../workspace/consent-text.ts';
import { identifyRepository } from '../workspace/repository-identity.ts';
import { modelCommand } from './model-command.ts';
import { type ModelScope, modelScopes } from './model-scopes.ts';
import { chooseBase, type ModelParts, scopedAdapters } from './models.ts';
import { checkPackFor, exportPack, importPack, packExtension, packSummary } from './pack-transfer.ts';

const keyName = 'model pack key';
const trustedKeysKey = 'bespoke.trustedPackKeys';
const filters = { 'Bespoke model pack': [packExtension] };

/** *Export Model Pack* and *Import Model Pack*: a model in one signed file, for a colleague or for CI. */
export function activate(context: vscode.ExtensionContext, parts: ModelParts): void {
  context.subscriptions.push(
    modelCommand('bespoke.exportModelPack', parts, (folder) => exportModel(context, parts, folder)),
    modelCommand('bespoke.importModelPack', parts, (folder) => importModel(context, parts, folder)),
  );
}

async function exportModel(
  context: vscode.ExtensionContext,
  { link, mined }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const connection = await link.connection();
  const chosen = await chooseAdapter(await scopedAdapters(connection, await modelScopes(mined, folder)));
  if (chosen === undefined) return;
  const { adapter } = chosen;
  const repository = identifyRepository(folder.uri.fsPath);
  const isWhole = adapter.repository === repository.id;
  const name = isWhole ? repository.name : `${repository.name}, ${chosen.scope.name}`;
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder.uri, '..', `${name.replaceAll(/[^\w.-]+/g, '-')}.${packExtension}`),
    filters,
    title: 'A model has learned from your code: give the pack only to who may read it',
  });
  if (target === undefined) return;
  const privateKeyPem = await signingKey(context);
  const done = await cancellable('Bespoke: writing the model pack', (signal) =>
    exportPack(connection, adapter, { file: target.fsPath, repositoryName: name, privateKeyPem }, signal),
  );
  if (!done) return;
  void vscode.window.showInformationMessage(
    `Bespoke: the model is in ${vscode.workspace.asRelativePath(target)}, signed with the key ${fingerprintOfPrivate(privateKeyPem)}. Tell the fingerprint to who gets it.`,
  );
}

type ScopedAdapter = Awaited<ReturnType<typeof scopedAdapters>>[number];

/** The only model, or the one that the user picks; active ones come first. */
async function chooseAdapter(adapters: readonly ScopedAdapter[]): Promise<ScopedAdapter | undefined> {
  if (adapters.length === 0)
    throw new Failure('there is no personalized model of this repository: personalize first.', {
      title: 'Personalize',
      command: 'bespoke.personalize',
    });
  if (adapters.length === 1) return adapters[0];
  const choices = adapters
    .toSorted((one, other) => Number(other.adapter.active) - Number(one.adapter.active))
    .map((scoped) => ({
      label: `${scoped.adapter.active ? '$(check) ' : ''}${new Date(scoped.adapter.createdMs).toLocaleString()}`,
      description: `${scoped.scope.name}, ${scoped.adapter.strategy}, ${formatBytes(scoped.adapter.bytes)}`,
      scoped,
    }));
  return (await vscode.window.showQuickPick(choices, { title: 'Export Model Pack', placeHolder: 'Which model?' }))
    ?.scoped;
}

async function importModel(
  context: vscode.ExtensionContext,
  { link, mined, reports }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const { name } = identifyRepository(folder.uri.fsPath);
  const [source] = (await vscode.window.showOpenDialog({ filters, title: 'Import Model Pack' })) ?? [];
  if (source === undefined) return;
  const connection = await link.connection();
  const file = source.fsPath;
  const pack = await cancellable('Bespoke: checking the model pack', (signal) =>
    checkPackFor(connection, file, signal),
  );
  if (!pack || !(await isTrusted(context, pack.value.fingerprint, packSummary(pack.value.description), name))) return;
  const scope = await chooseScope(await modelScopes(mined, folder));
  if (scope === undefined) return;
  const imported = await cancellable('Bespoke: importing the model pack', (signal) =>
    importPack(connection, file, pack.value, scope.id, signal),
  );
  if (!imported) return;
  if (await activateImported(context, connection, imported.value, folder))
    reports.noteActive(scope.id, imported.value.createdMs);
}

/** What the model is for: asked only where there is a choice. */
async function chooseScope(scopes: readonly [ModelScope, ...ModelScope[]]): Promise<ModelScope | undefined> {
  if (scopes.length === 1) return scopes[0];
  const choices = scopes.map((scope) => ({ label: scope.name, scope }));
  const asked = { title: 'Import Model Pack', placeHolder: 'Whose tests will this model write?' };
  return (await vscode.window.showQuickPick(choices, asked))?.scope;
}

async function activateImported(
  context: vscode.ExtensionContext,
  connection: Connection,
  { id }: Adapter,
  folder: vscode.WorkspaceFolder,
): Promise<boolean> {
  const now = 'Let It Write';
  const chosen = await vscode.window.showInformationMessage(
    'Bespoke: the model is imported. Choose Model and Roll Back Model know it from now on.',
    now,
  );
  if (chosen !== now) return false;
  await activateAdapter(connection, id);
  await chooseBase(context, folder, false);
  void vscode.window.showInformationMessage('Bespoke: the imported model writes from now on.');
  return true;
}

/** Whether the user trusts who signed the pack; asked once for each key. */
async function isTrusted(
  context: vscode.ExtensionContext,
  fingerprint: string,
  summary: string,
  repository: string,
): Promise<boolean> {
  const trusted = context.globalState.get<string[]>(trustedKeysKey, []);
  const own = await context.secrets.get(keyName);
  if (trusted.includes(fingerprint) || (own !== undefined && fingerprintOfPrivate(own) === fingerprint)) return true;
  const trust = 'Trust This Key';
  const chosen = await vscode.window.showWarningMessage(
    `Import a model for ${repository}?`,
    {
      modal: true,
      detail: `${summary}.\n\nSigned with the key ${fingerprint}, which you have not trusted yet: compare it with what its maker tells you.`,
    },
    trust,
  );
  if (chosen !== trust) return false;
  await context.globalState.update(trustedKeysKey, [...trusted, fingerprint]);
  return true;
}

/** The key is made when it is first needed, and stays in the editor's secret storage. */
async function signingKey(context: vscode.ExtensionContext): Promise<string> {
  const kept = await context.secrets.get(keyName);
  if (kept !== undefined) return kept;
  const made = newPackKey();
  await context.secrets.store(keyName, made);
  return made;
}

/** `undefined`: the user cancelled. */
async function cancellable<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const signal = signalOf(token);
      try {
        return { value: await work(signal) };
      } catch (cause) {
        if (signal.aborted) return undefined;
        throw cause;
      }
    },
  );
}
