import * as vscode from 'vscode';
import type { AskProject } from '../check/known-project.ts';
import type { Logs } from '../log.ts';
import { askJavaExtension } from '../workspace/project-of-java-extension.ts';

/** Long enough for an extension that is ready; one that still imports the workspace is asked again by the next check after a change. */
const limitMs = 5_000;

/** The Java language extension (`redhat.java`), asked about modules of a folder; `undefined` where it is not installed. */
export function askProjectOf(folder: vscode.Uri, logs: Logs): AskProject | undefined {
  const extension = vscode.extensions.getExtension<unknown>('redhat.java');
  return askJavaExtension({
    workspaceDir: folder.fsPath,
    activate: extension && (() => extension.activate()),
    limitMs,
    note: (line) => logs.client.info(line),
  });
}
