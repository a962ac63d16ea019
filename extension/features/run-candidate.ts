import * as vscode from 'vscode';
import { checkCandidates } from '../check/check-candidates.ts';
import type { CheckReport, CheckResult } from '../check/check-result.ts';
import { describeCheck } from '../editor/describe-check.ts';
import { signalOf } from '../editor/signal-of.ts';
import { stateLook, type TestVerdict } from '../editor/suggestion.ts';
import type { Logs } from '../log.ts';
import { Failure } from '../show-failure.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import { describeRun } from '../workspace/run-text.ts';
import { askProjectOf } from './java-extension.ts';
import type { PlacedCandidate } from './place-candidates.ts';
import { checkCacheDir, harnessDir } from './prove-run.ts';

/** Enough to read, and less than a test that prints in a loop would like to fill the view with. */
const outputBytes = 64 * 1024;

/** *Run*: compiles and runs a shown test once more and shows what came of it in *Test Results*, as of any other test. */
export class CandidateRuns implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #logs: Logs;
  /** Made for the first run: the editor has a *Testing* view as soon as there is one. */
  #controller: vscode.TestController | undefined;

  constructor(context: vscode.ExtensionContext, logs: Logs) {
    this.#context = context;
    this.#logs = logs;
  }

  /** `undefined`: the user cancelled. */
  async run(folder: vscode.WorkspaceFolder, focal: Focal, placed: PlacedCandidate): Promise<TestVerdict | undefined> {
    const { placement } = placed;
    this.#controller ??= vscode.tests.createTestController('bespoke.testsOnOffer', 'Bespoke: tests on offer');
    const file = vscode.Uri.joinPath(folder.uri, placement.file);
    const item = this.#controller.createTestItem(`${placement.file}#${placement.method}`, placement.method, file);
    item.description = `a test of ${focal.focalClass}.${focal.focalMethod} that is not kept yet`;
    this.#controller.items.replace([item]);
    // Without this the editor does not open the view, whatever its setting for that says; the focus stays where it is all the same.
    const request = new vscode.TestRunRequest([item], undefined, undefined, false, false);
    const run = this.#controller.createTestRun(request, placement.method);
    run.started(item);
    try {
      const report = await this.#check(folder, focal, placed, run.token);
      if (report === undefined) {
        run.skipped(item);
        return undefined;
      }
      const [result] = report.results;
      if (result === undefined) throw new Failure(`${placement.method} could not be run: generate the test again.`);
      const verdict = describeCheck(result);
      const words = stateLook[verdict.state].words;
      const text = describeRun({ placement, focal, result, report, endedMs: Date.now(), words });
      // The view is a terminal.
      run.appendOutput(text.replaceAll(/\r?\n/g, '\r\n'), undefined, item);
      endItem(run, item, result);
      return verdict;
    } finally {
      run.end();
      // It is in no file, so there is nothing to run it from; what came of it stays in the view.
      this.#controller.items.replace([]);
    }
  }

  /** `undefined`: the user cancelled, in the notification or in the view. */
  async #check(
    folder: vscode.WorkspaceFolder,
    focal: Focal,
    { candidate, placement, check }: PlacedCandidate,
    stopped: vscode.CancellationToken,
  ): Promise<CheckReport | undefined> {
    const title = `Bespoke: running ${placement.method}`;
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_progress, token) => {
        const signal = AbortSignal.any([signalOf(token), signalOf(stopped)]);
        const checked = await checkCandidates({
          workspaceDir: folder.uri.fsPath,
          trusted: vscode.workspace.isTrusted,
          candidates: [
            {
              id: 'shown',
              source: check?.repaired?.source ?? candidate.text,
              focal: { className: focal.focalClass, method: focal.focalMethod },
              placement,
            },
          ],
          // A test that repeats another one was left out before anything was shown.
          existingTests: [],
          cacheDir: checkCacheDir(this.#context),
          harnessDir: harnessDir(this.#context),
          limits: { outputBytes },
          askProject: askProjectOf(folder.uri, this.#logs),
          signal,
        });
        return signal.aborted ? undefined : checked;
      },
    );
  }

  dispose(): void {
    this.#controller?.dispose();
  }
}

function endItem(run: vscode.TestRun, item: vscode.TestItem, { outcome, passes, reasons, durationMs }: CheckResult) {
  const messages = reasons.map(({ message }) => new vscode.TestMessage(message));
  if (passes === true) run.passed(item, durationMs);
  else if (outcome === 'skipped') run.skipped(item);
  else if (outcome === 'assertion-failure' || outcome === 'flaky') run.failed(item, messages, durationMs);
  else run.errored(item, messages, durationMs);
}
