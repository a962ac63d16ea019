import * as vscode from 'vscode';
import { checkCandidates } from '../check/check-candidates.ts';
import { describeCheck } from '../editor/describe-check.ts';
import { signalOf } from '../editor/signal-of.ts';
import { stateLook, type TestVerdict } from '../editor/suggestion.ts';
import { Failure } from '../show-failure.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import { describeRun } from '../workspace/run-text.ts';
import type { PlacedCandidate } from './place-candidates.ts';
import { checkCacheDir, harnessDir } from './prove-run.ts';

/** *Run*: compiles and runs a shown test once more and shows what came of it, beside the editor. */
export class CandidateRuns implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #output = vscode.window.createOutputChannel('Bespoke Test Run');

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  /** `undefined`: the user cancelled. */
  async run(
    folder: vscode.WorkspaceFolder,
    focal: Focal,
    { candidate, placement, check }: PlacedCandidate,
  ): Promise<TestVerdict | undefined> {
    const title = `Bespoke: running ${placement.method}`;
    const report = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_progress, token) => {
        const signal = signalOf(token);
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
          signal,
        });
        return signal.aborted ? undefined : checked;
      },
    );
    if (report === undefined) return undefined;
    const [result] = report.results;
    if (result === undefined) throw new Failure(`${placement.method} could not be run: generate the test again.`);
    const verdict = describeCheck(result);
    const run = { placement, focal, result, report, endedMs: Date.now(), words: stateLook[verdict.state].words };
    this.#output.appendLine(describeRun(run));
    this.#output.show(true);
    return verdict;
  }

  dispose(): void {
    this.#output.dispose();
  }
}
