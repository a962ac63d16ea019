import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Connection } from '../client/connection.ts';
import { activateAdapter, cancelRun, getRun, startRun } from '../client/personalization.ts';
import type { PersonalizationRun, RunEvent } from '../client/run.ts';
import { ServerError } from '../client/server-error.ts';
import { uploadCorpus } from '../client/upload-corpus.ts';
import { watchRun } from '../client/watch-run.ts';
import type { ReadOnlyTexts } from '../editor/read-only-texts.ts';
import { RunProgress } from '../editor/run-progress.ts';
import { signalOf } from '../editor/signal-of.ts';
import type { Logs } from '../log.ts';
import type { PersonalizationReport } from '../proof/personalization-report.ts';
import type { ServerLink } from '../server-link.ts';
import { personalizationSettings } from '../settings.ts';
import { showFailure } from '../show-failure.ts';
import type { DriftRecords } from '../workspace/drift-records.ts';
import { chooseFolder } from '../workspace/java-workspace.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { strategyLines } from '../workspace/strategy-text.ts';
import type { StyleReports } from '../workspace/style-reports.ts';
import { askForConsent } from './consent.ts';
import { mineWithProgress } from './mine-with-progress.ts';
import { showOutcome } from './personalization-outcome.ts';
import { proveRun } from './prove-run.ts';
import { runFailed } from './run-history.ts';
import { ensureLocalServer } from './set-up-local-server.ts';
import { chooseTrainingScope, scopeOfRun } from './training-scope.ts';

export interface PersonalizeParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly mined: MinedRepositories;
  readonly reports: StyleReports;
  readonly drifts: DriftRecords;
  readonly texts: ReadOnlyTexts;
}

/** A run that this window waits for, kept so that it is found again after the window was closed. */
interface PendingRun {
  readonly folder: string;
  readonly runId: string;
  readonly server: string;
}
const pendingRunKey = 'bespoke.pendingRun';

/** *Personalize to this Repo*: mine, ask, upload, train, compare, activate. Every stage can be cancelled. */
export function activate(context: vscode.ExtensionContext, parts: PersonalizeParts): void {
  let running = false;
  const once = async (work: () => Promise<void>) => {
    if (running) {
      void vscode.window.showInformationMessage(
        'Bespoke: a personalization is under way; its progress is in the status bar.',
      );
      return;
    }
    running = true;
    try {
      await work();
    } catch (cause) {
      showFailure(cause, parts.logs);
    } finally {
      running = false;
      await context.workspaceState.update(pendingRunKey, undefined);
    }
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.personalize', () => once(() => personalize(context, parts))),
  );
  const pending = context.workspaceState.get<PendingRun>(pendingRunKey);
  if (pending !== undefined && vscode.workspace.isTrusted && pending.server === parts.link.place.name) {
    void once(() => takeUpAgain(context, pending, parts));
  }
}

async function personalize(context: vscode.ExtensionContext, parts: PersonalizeParts): Promise<void> {
  const { link, logs, mined, texts } = parts;
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const whole = await mineWithProgress(mined, folder);
  const repository = whole === undefined ? undefined : await chooseTrainingScope(whole);
  if (repository === undefined) return;
  const settings = personalizationSettings(folder.uri);
  if (!(await askForConsent(texts, repository, link.place, settings))) return;
  if (!(await ensureLocalServer(link, logs))) return;

  const followed = await link.traced('personalize', async () =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Bespoke: personalizing', cancellable: true },
      async (progress, token) => {
        const signal = signalOf(token);
        try {
          progress.report({ message: `connecting to ${link.place.name}` });
          const connection = await link.connection();
          signal.throwIfAborted();
          const receipt = await uploadCorpus(
            connection,
            { repository: repository.identity.id, pairs: repository.clean, commit: repository.identity.commit },
            {
              signal,
              onProgress: ({ chunks, chunksTotal }) =>
                progress.report({ message: `sending part ${chunks} of ${chunksTotal}` }),
            },
          );
          logs.client.info(`Uploaded ${receipt.pairs} pairs in ${receipt.chunksSent} new chunks.`);
          const started = await startRun(
            connection,
            {
              requestId: randomUUID(),
              repository: repository.identity.id,
              corpusSha256: receipt.corpusSha256,
              strategy: settings.strategy,
              heldOutSplits: ['by-pair', 'by-focal-class'],
              heldOutPairs: settings.heldOutPairs,
              options: { maxEpochs: settings.maxEpochs },
            },
            { signal },
          );
          const pending: PendingRun = { folder: folder.uri.toString(), runId: started.id, server: link.place.name };
          await context.workspaceState.update(pendingRunKey, pending);
          return await follow(connection, started.id, progress, signal, logs);
        } catch (cause) {
          if (signal.aborted) return 'cancelled' as const;
          throw cause;
        }
      },
    ),
  );
  await conclude(context, followed, repository, parts);
}

/** After the window was closed during a run: the server went on, or goes on from its checkpoint when it starts. */
async function takeUpAgain(
  context: vscode.ExtensionContext,
  pending: PendingRun,
  parts: PersonalizeParts,
): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.toString() === pending.folder);
  if (folder === undefined) return;
  const followed = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Bespoke: personalizing (taken up again)',
      cancellable: true,
    },
    async (progress, token) => {
      const signal = signalOf(token);
      try {
        return await follow(await parts.link.connection(), pending.runId, progress, signal, parts.logs);
      } catch (cause) {
        if (signal.aborted) return 'cancelled' as const;
        if (cause instanceof ServerError && cause.kind === 'not-found') return undefined;
        throw cause;
      }
    },
  );
  if (followed === undefined) return;
  const whole = await mineWithProgress(parts.mined, folder);
  if (whole === undefined) return;
  const repository = followed === 'cancelled' ? whole : scopeOfRun(whole, followed.run.repository);
  await conclude(context, followed, repository, parts);
}

interface FollowedRun {
  readonly run: PersonalizationRun;
  readonly events: readonly RunEvent[];
}

/** Watches a run to its end. When the user cancels, the run is cancelled too. */
async function follow(
  connection: Connection,
  runId: string,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  signal: AbortSignal,
  logs: Logs,
): Promise<FollowedRun | 'cancelled'> {
  const shown = new RunProgress(progress);
  const events: RunEvent[] = [];
  try {
    const stream = watchRun(connection, runId, {
      signal,
      onReconnect: (cause) => {
        logs.client.warn(`${cause.message} Waiting for it.`);
        shown.waitForServer();
      },
    });
    for await (const event of stream) {
      events.push(event);
      if (event.kind === 'stage') logs.client.info(`${event.stage}: ${event.detail}`);
      for (const line of strategyLines(event)) logs.client.info(line);
      shown.report(event);
    }
  } catch (cause) {
    if (!signal.aborted) throw cause;
    shown.cancelling();
    const run = await cancelRun(connection, runId);
    // The trainer may have been quicker than the user.
    return run.state === 'succeeded' ? { run, events } : 'cancelled';
  } finally {
    shown.dispose();
  }
  return { run: await getRun(connection, runId), events };
}

async function conclude(
  context: vscode.ExtensionContext,
  followed: FollowedRun | 'cancelled',
  repository: MinedRepository,
  parts: PersonalizeParts,
): Promise<void> {
  if (followed === 'cancelled' || followed.run.state === 'cancelled') {
    void vscode.window.showInformationMessage(
      'Bespoke: the personalization was cancelled; the model is as it was before.',
    );
    return;
  }
  const { run, events } = followed;
  if (run.state === 'failed' || run.adapterId === null) {
    throw runFailed(run);
  }
  const connection = await parts.link.connection();
  let refusal: string | undefined;
  try {
    await activateAdapter(connection, run.adapterId);
  } catch (cause) {
    // The server activates only what beats the base on the held-out pairs; that is a result, not a failure.
    if (!(cause instanceof ServerError) || cause.kind !== 'refused') throw cause;
    refusal = cause.message;
  }
  const proof = await proveRun(context, parts.logs, connection, { run, events, adapterId: run.adapterId }, repository);
  if (refusal === undefined) rememberTraining(parts, repository, run.adapterId, proof);
  parts.reports.keep(repository.identity.id, proof);
  showOutcome(run, refusal);
}

/** From now on the model can be examined on what people write. */
function rememberTraining(
  { drifts, link }: PersonalizeParts,
  { identity, clean }: MinedRepository,
  adapterId: string,
  { similarity }: PersonalizationReport,
): void {
  const likenesses = similarity?.personalized ?? [];
  const sum = likenesses.reduce((total, one) => total + one, 0);
  drifts.keep(identity.id, {
    adapterId,
    server: link.place.name,
    trainedLikeness: likenesses.length === 0 ? null : sum / likenesses.length,
    pairIds: clean.map(({ id }) => id),
    exams: [],
  });
}
