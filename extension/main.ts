import type { ExtensionContext } from 'vscode';
import { FocalMethods } from './editor/focal-methods.ts';
import { NewFilePreview } from './editor/new-file-preview.ts';
import { ReadOnlyTexts } from './editor/read-only-texts.ts';
import { SuggestionSession } from './editor/suggestion-session.ts';
import { ClassTests } from './features/class-tests.ts';
import * as classTestsView from './features/class-tests-view.ts';
import * as codeActions from './features/code-actions.ts';
import * as connectToServer from './features/connect-to-server.ts';
import * as diagnoseConnection from './features/diagnose-connection.ts';
import * as driftWatch from './features/drift-watch.ts';
import * as generateTest from './features/generate-test.ts';
import * as generateTestsForClass from './features/generate-tests-for-class.ts';
import * as houseStyleFile from './features/house-style-file.ts';
import * as keepClassTests from './features/keep-class-tests.ts';
import * as languageModelTools from './features/language-model-tools.ts';
import * as modelPacks from './features/model-packs.ts';
import * as modelStatus from './features/model-status.ts';
import * as models from './features/models.ts';
import * as personalize from './features/personalize.ts';
import * as previewTrainingData from './features/preview-training-data.ts';
import * as repositoryView from './features/repository-view.ts';
import { CandidateRuns } from './features/run-candidate.ts';
import * as runHistory from './features/run-history.ts';
import * as setUpLocalServer from './features/set-up-local-server.ts';
import * as showLogs from './features/show-logs.ts';
import * as signIn from './features/sign-in.ts';
import * as styleReport from './features/style-report.ts';
import * as suggestionCommands from './features/suggestion-commands.ts';
import * as untestedMethodLenses from './features/untested-method-lenses.ts';
import { createLogs } from './log.ts';
import { ServerLink } from './server-link.ts';
import { DriftRecords } from './workspace/drift-records.ts';
import { MinedRepositories } from './workspace/mined-repositories.ts';
import { StyleReports } from './workspace/style-reports.ts';

let link: ServerLink | undefined;

/** Called by the editor when a Java file or a Java build is open. Starts no process and reads no file: features do when they are used. */
export function activate(context: ExtensionContext): void {
  const logs = createLogs();
  link = new ServerLink(context, logs);
  const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
  const mined = new MinedRepositories(storage);
  const drifts = new DriftRecords(storage);
  const reports = new StyleReports(storage, mined, drifts);
  const focalMethods = new FocalMethods();
  const session = new SuggestionSession();
  const preview = new NewFilePreview();
  const runs = new CandidateRuns(context, logs);
  const texts = new ReadOnlyTexts();
  const tests = new ClassTests();
  context.subscriptions.push(logs, mined, focalMethods, session, preview, runs, texts, tests);

  showLogs.activate(context, logs);
  connectToServer.activate(context, link, logs);
  signIn.activate(context, link, logs);
  setUpLocalServer.activate(context, link, logs);
  diagnoseConnection.activate(context, { link, logs, texts });
  codeActions.activate(context, focalMethods);
  untestedMethodLenses.activate(context, { focalMethods, mined, logs });
  suggestionCommands.activate(context, session, preview, logs);
  generateTest.activate(context, { link, logs, mined, focalMethods, session, preview, runs });
  generateTestsForClass.activate(context, { link, logs, mined, focalMethods, tests });
  keepClassTests.activate(context, { link, logs, mined, session, preview, runs, tests });
  classTestsView.activate(context, tests);
  languageModelTools.activate(context, { link, logs, mined });
  models.activate(context, { link, logs, mined, reports, drifts });
  modelStatus.activate(context, { mined, reports });
  driftWatch.activate(context, { link, logs, mined, reports, drifts });
  modelPacks.activate(context, { link, logs, mined, reports, drifts });
  runHistory.activate(context, { link, logs, mined, reports, drifts });
  previewTrainingData.activate(context, { logs, mined, texts });
  houseStyleFile.activate(context, mined, logs);
  personalize.activate(context, { link, logs, mined, reports, drifts, texts });
  styleReport.activate(context, reports, logs);
  repositoryView.activate(context, { link, logs, mined, reports, drifts });
}

/** The local server ends in good order before the editor does. */
export async function deactivate(): Promise<void> {
  await link?.close();
}
