import * as vscode from 'vscode';
import { listAdapters } from '../client/personalization.ts';
import type { Logs } from '../log.ts';
import { driftOf, driftText, takeExams } from '../proof/drift.ts';
import type { ServerLink } from '../server-link.ts';
import type { DriftRecords } from '../workspace/drift-records.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { partsOf } from '../workspace/repository-modules.ts';
import type { StyleReports } from '../workspace/style-reports.ts';

export interface DriftParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly mined: MinedRepositories;
  readonly reports: StyleReports;
  readonly drifts: DriftRecords;
}

/** After this long without a change in any editor the model is examined. */
const idleMs = 60_000;
/** A new round begins with the next change, so that one round never takes long. */
const examsPerRound = 3;

/**
 * Each test that people write after a training is a free exam for the model. It is taken while nobody types, against a server that is
 * connected already and that the user agreed to send this repository to; never in Restricted Mode. A change in any editor ends it.
 */
export function activate(context: vscode.ExtensionContext, parts: DriftParts): void {
  let idle: NodeJS.Timeout | undefined;
  let round: AbortController | undefined;
  const stop = () => {
    clearTimeout(idle);
    round?.abort();
  };
  const wait = () => {
    stop();
    idle = setTimeout(() => {
      const controller = new AbortController();
      round = controller;
      takeRound(parts, controller.signal).catch((cause: unknown) => {
        // Nobody asked for it, so nobody is told.
        if (!controller.signal.aborted)
          parts.logs.client.warn(`Drift: ${cause instanceof Error ? cause.message : cause}`);
      });
    }, idleMs);
  };
  context.subscriptions.push(
    { dispose: stop },
    // Logs are documents too, and change while nobody types.
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.scheme === 'file') wait();
    }),
  );
}

async function takeRound(parts: DriftParts, signal: AbortSignal): Promise<void> {
  const { link, mined, reports, drifts, logs } = parts;
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    if (!vscode.workspace.isTrusted || !link.isConnected || folder.uri.scheme !== 'file') return;
    const known = mined.ready(folder);
    // A save makes what was mined out of date; where no model was trained there is nothing to examine.
    if (known === undefined && !drifts.any()) continue;
    const repository = known ?? (await mined.known(folder, { signal }));
    for (const { id, name, clean } of partsOf(repository)) {
      const record = drifts.of(id);
      if (record === undefined || record.server !== link.place.name) continue;
      const connection = await link.connection();
      const active = (await listAdapters(connection, id, { signal })).find((adapter) => adapter.active);
      if (active?.id !== record.adapterId) continue;
      const examined = await takeExams(connection, id, record, clean, { most: examsPerRound, signal });
      if (examined === record) continue;
      drifts.keep(id, examined);
      const drift = driftOf(examined, clean);
      logs.client.info(`Drift of ${name}: ${driftText(drift)}`);
      reports.noteDrift();
      if (drift.refresh && !driftOf(record, clean).refresh) offerRefresh(name, driftText(drift));
    }
  }
}

/** Once, when the threshold is passed; the view "This Repository" shows it from then on. Does not wait for an answer. */
function offerRefresh(name: string, text: string): void {
  const refresh = 'Refresh';
  void vscode.window
    .showInformationMessage(`Bespoke: the tests of ${name} have moved away from its model (${text}).`, refresh)
    .then((chosen) => {
      if (chosen === refresh) return vscode.commands.executeCommand('bespoke.personalize');
    });
}
