import type { ExtensionContext } from 'vscode';
import { FocalMethods } from './editor/focal-methods.ts';
import { NewFilePreview } from './editor/new-file-preview.ts';
import { SuggestionSession } from './editor/suggestion-session.ts';
import * as codeActions from './features/code-actions.ts';
import * as connectToServer from './features/connect-to-server.ts';
import * as generateTest from './features/generate-test.ts';
import * as models from './features/models.ts';
import * as personalize from './features/personalize.ts';
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
  context.subscriptions.push(logs, mined, focalMethods, session, preview);

  showLogs.activate(context, logs);
  connectToServer.activate(context, link, logs);
  setUpLocalServer.activate(context, link, logs);
  codeActions.activate(context, focalMethods);
  generateTest.activate(context, { link, logs, mined, focalMethods, session, preview });
  models.activate(context, { link, logs, reports });
  personalize.activate(context, { link, logs, mined, reports });
  styleReport.activate(context, reports, logs);
  repositoryView.activate(context, { link, logs, mined, reports });
}

/** The local server ends in good order before the editor does. */
export async function deactivate(): Promise<void> {
  await link?.close();
}
