import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Connection } from '../client/connection.ts';
import { describeServer, listAdapters } from '../client/personalization.ts';
import type { Measurement, PersonalizationRun, RunEvent } from '../client/run.ts';
import { signalOf } from '../editor/signal-of.ts';
import type { Logs } from '../log.ts';
import { checkComparisons } from '../proof/check-comparison.ts';
import { compareModels, type ModelComparison, proofOf, rewriteBy, type WrittenTests } from '../proof/compare-models.ts';
import { type HeldOutSet, heldOutSets } from '../proof/held-out-set.ts';
import { type PersonalizationReport, personalizationReport } from '../proof/personalization-report.ts';
import { CANDIDATES_SHOWN } from '../proof/write-candidates.ts';
import type { ReportProof } from '../report/style-report-model.ts';
import { generationSettings, personalizationSettings } from '../settings.ts';
import { showFailure } from '../show-failure.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import { askProjectOf } from './java-extension.ts';

/** A run that succeeded, and what it told. */
export interface RunToProve {
  readonly run: PersonalizationRun;
  readonly events: readonly RunEvent[];
  readonly adapterId: string;
}

/**
 * What a run proved, for the report. Both models write tests for some of the held-out pairs, which are compiled and run; when the user
 * cancels that, the report has the measured losses alone.
 */
export async function proveRun(
  context: vscode.ExtensionContext,
  logs: Logs,
  connection: Connection,
  { run, events, adapterId }: RunToProve,
  repository: MinedRepository,
): Promise<PersonalizationReport> {
  const sets = await heldOutSets(run, repository.pairs);
  const server = await describeServer(connection);
  const adapter = (await listAdapters(connection, repository.identity.id)).find(({ id }) => id === adapterId);
  if (adapter === undefined) throw new Error('The server lists no model of this run: personalize again.');
  const { comparedPairs } = personalizationSettings(vscode.Uri.file(repository.path));
  const compared = sets.map((set) => firstOf(set, comparedPairs)).filter(({ pairs }) => pairs.length > 0);
  const comparisons = await compareWithProgress(context, logs, connection, adapterId, repository, compared);
  const report = personalizationReport(
    comparisons,
    repository.pairs.map(({ testSource }) => testSource),
    events,
    adapter,
    server,
  );
  return comparisons.length > 0 ? report : { ...report, proof: sets.map(lossProof) };
}

/** Empty when there is nothing to compare, the user cancelled, or it failed, which the user is told. */
async function compareWithProgress(
  context: vscode.ExtensionContext,
  logs: Logs,
  connection: Connection,
  adapterId: string,
  repository: MinedRepository,
  sets: readonly HeldOutSet[],
): Promise<ModelComparison[]> {
  const total = 2 * sets.reduce((sum, { pairs }) => sum + pairs.length, 0);
  if (total === 0) return [];
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Bespoke: comparing with the base model',
      cancellable: true,
    },
    async (progress, token) => {
      const signal = signalOf(token);
      let written = 0;
      const onProgress = () =>
        progress.report({ message: `${++written} of ${total} tests written`, increment: 100 / total });
      try {
        const candidates = CANDIDATES_SHOWN;
        const writer = { connection, repository: repository.identity.id, candidates, signal, onProgress };
        const comparisons: ModelComparison[] = [];
        for (const set of sets) comparisons.push(await compareModels(writer, adapterId, set));
        if (!generationSettings(vscode.Uri.file(repository.path)).check) return comparisons;
        progress.report({ message: 'compiling and running them' });
        const checked = await checkComparisons(
          {
            workspaceDir: repository.path,
            trusted: vscode.workspace.isTrusted,
            cacheDir: checkCacheDir(context),
            harnessDir: harnessDir(context),
            askProject: askProjectOf(vscode.Uri.file(repository.path), logs),
            signal,
            onProgress: (done, of) => progress.report({ message: `${done} of ${of} tests compiled and run` }),
          },
          comparisons,
          repository.pairs,
          rewriteBy({ ...writer, onProgress: () => {} }, adapterId),
        );
        return checked.comparisons;
      } catch (cause) {
        // The model is trained and measured all the same: the report says so without written tests.
        if (!signal.aborted) showFailure(cause, logs);
        return [];
      }
    },
  );
}

/** Where the check keeps its mirror of the workspace and its compiled harness. */
export function checkCacheDir(context: vscode.ExtensionContext): string {
  return join(context.globalStorageUri.fsPath, 'check');
}

/** The Java part of the check, as it is packaged. */
export function harnessDir(context: vscode.ExtensionContext): string {
  return join(context.extensionPath, 'extension', 'check', 'harness');
}

/** The first pairs of a set, with what was measured on them, so that all figures of a proof are about the same pairs. */
function firstOf(set: HeldOutSet, number: number): HeldOutSet {
  const pairs = set.pairs.slice(0, number);
  const ids = new Set(pairs.map(({ pair }) => pair.id));
  return { ...set, pairs, base: onPairs(set.base, ids), personalized: onPairs(set.personalized, ids) };
}

function onPairs(measurement: Measurement, ids: ReadonlySet<string>): Measurement {
  const pairs = measurement.pairs.filter(({ pairId }) => ids.has(pairId));
  const targetTokens = pairs.reduce((sum, pair) => sum + pair.targetTokens, 0);
  const loss = pairs.reduce((sum, pair) => sum + pair.lossSum, 0) / Math.max(1, targetTokens);
  return { loss, perplexity: Math.exp(loss), targetTokens, pairs };
}

/** The proof of a split for which no test was written: perplexity alone. */
function lossProof(heldOut: HeldOutSet): ReportProof {
  const nothing: WrittenTests = { texts: [], others: [], bleu: [], shown: null };
  const proof = proofOf({ heldOut, base: nothing, personalized: nothing, nearestCopy: nothing });
  return {
    ...proof,
    base: { ...proof.base, bleu4: null },
    personalized: { ...proof.personalized, bleu4: null },
    nearestCopy: null,
    bleu4Gain: null,
  };
}
