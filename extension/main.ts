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
import * as generateTest from './features/generate-test.ts';
import * as generateTestsForClass from './features/generate-tests-for-class.ts';
import * as keepClassTests from './features/keep-class-tests.ts';
import * as models from './features/models.ts';
import * as personalize from './features/personalize.ts';
import * as previewTrainingData from './features/preview-training-data.ts';
import * as repositoryView from './features/repository-view.ts';
import * as setUpLocalServer from './features/set-up-local-server.ts';
import * as showLogs from './features/show-logs.ts';
import * as styleReport from './features/style-report.ts';
import { createLogs } from './log.ts';
import { ServerLink } from './server-link.ts';
import { MinedRepositories } from './workspace/mined-repositories.ts';
import { StyleReports } from './workspace/style-reports.ts';

let link: ServerLink | undefined;

/** Called by the editor when a Java file or a Java build is open. Starts no process and reads no file: features do when they are used. */
export function activate(context: ExtensionContext): void {
  const logs = createLogs();
  link = new ServerLink(context, logs);
  const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
  const mined = new MinedRepositories(storage);
  const reports = new StyleReports(storage, mined);
  const focalMethods = new FocalMethods();
  const session = new SuggestionSession();
  const preview = new NewFilePreview();
  const texts = new ReadOnlyTexts();
  const tests = new ClassTests();
  context.subscriptions.push(logs, mined, focalMethods, session, preview, texts, tests);

  showLogs.activate(context, logs);
  connectToServer.activate(context, link, logs);
  setUpLocalServer.activate(context, link, logs);
  diagnoseConnection.activate(context, { link, logs, texts });
  codeActions.activate(context, focalMethods);
  generateTest.activate(context, { link, logs, mined, focalMethods, session, preview });
  generateTestsForClass.activate(context, { link, logs, mined, focalMethods, tests });
  keepClassTests.activate(context, { link, logs, mined, session, preview, tests });
  classTestsView.activate(context, tests);
  models.activate(context, { link, logs, reports });
  previewTrainingData.activate(context, { logs, mined, texts });
  personalize.activate(context, { link, logs, mined, reports, texts });
  styleReport.activate(context, reports, logs);
  repositoryView.activate(context, { link, logs, mined, reports });
}

/** The local server ends in good order before the editor does. */
export async function deactivate(): Promise<void> {
  await link?.close();
}
