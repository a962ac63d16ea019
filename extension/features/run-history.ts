import * as vscode from 'vscode';
import { activateAdapter, listRuns } from '../client/personalization.ts';
import type { PersonalizationRun } from '../client/run.ts';
import { cardOfRun } from '../failure-cards.ts';
import { Failure, serverSide } from '../show-failure.ts';
import { identifyRepository } from '../workspace/repository-identity.ts';
import { modelCommand } from './model-command.ts';
import { modelScopes } from './model-scopes.ts';
import { chooseBase, type ModelParts, scopedAdapters } from './models.ts';
import { runRow } from './run-rows.ts';

/** *Show Runs*: every personalization of this repository; a model of one that succeeded can be made the one that writes. */
export function activate(context: vscode.ExtensionContext, parts: ModelParts): void {
  context.subscriptions.push(modelCommand('bespoke.showRuns', parts, (folder) => showRuns(context, parts, folder)));
}

/** The failure of a run, with the one thing to do about it. */
export function runFailed({ failure }: PersonalizationRun): Failure {
  if (failure === null) return new Failure('the personalization failed without a reason: look at the server log.');
  const { cause, action } = cardOfRun(failure.reason, serverSide());
  return new Failure(`${cause}. ${failure.message}`, action);
}

type Choice = vscode.QuickPickItem & { readonly run: PersonalizationRun };

async function showRuns(
  context: vscode.ExtensionContext,
  { link, mined, reports }: ModelParts,
  folder: vscode.WorkspaceFolder,
): Promise<void> {
  const { name } = identifyRepository(folder.uri.fsPath);
  const choices = async (): Promise<Choice[]> => {
    const connection = await link.connection();
    const scopes = await modelScopes(mined, folder);
    const adapters = await scopedAdapters(connection, scopes);
    const active = new Set(adapters.filter(({ adapter }) => adapter.active).map(({ adapter }) => adapter.runId));
    const runs = await Promise.all(
      scopes.map(async (scope) => ({ scope, runs: await listRuns(connection, scope.id) })),
    );
    return runs
      .flatMap(({ scope, runs }) => runs.map((run) => ({ scope, run })))
      .toSorted((one, other) => other.run.createdMs - one.run.createdMs)
      .map(({ scope, run }) => {
        const { icon, label, description, detail } = runRow(run, active.has(run.id), serverSide());
        return { label: `$(${icon}) ${label}`, description: `${scope.name}, ${description}`, detail, run };
      });
  };
  const chosen = await vscode.window.showQuickPick(choices(), {
    title: `Personalizations of ${name}`,
    placeHolder: 'Choose one that is done to let its model write, or one that failed to see what helps',
    matchOnDescription: true,
  });
  if (chosen === undefined) return;
  const { run } = chosen;
  if (run.state === 'failed') throw runFailed(run);
  if (run.adapterId === null) return;
  const adapter = await activateAdapter(await link.connection(), run.adapterId);
  await chooseBase(context, folder, false);
  reports.noteActive(adapter.repository, adapter.createdMs);
  void vscode.window.showInformationMessage('Bespoke: the model of this run writes from now on.');
}
