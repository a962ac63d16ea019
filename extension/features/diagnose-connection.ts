import * as vscode from 'vscode';
import { describeServer } from '../client/personalization.ts';
import type { ServerDescription } from '../client/run.ts';
import { buildChecks } from '../diagnosis/build-checks.ts';
import { diagnosisText } from '../diagnosis/diagnosis-text.ts';
import { type Check, type Finding, runChecks } from '../diagnosis/finding.ts';
import { routeChecks } from '../diagnosis/route-checks.ts';
import { routeOf } from '../diagnosis/server-route.ts';
import type { ReadOnlyTexts } from '../editor/read-only-texts.ts';
import { signalOf } from '../editor/signal-of.ts';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { showFailure } from '../show-failure.ts';

export interface DiagnoseParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly texts: ReadOnlyTexts;
}

/** *Diagnose Connection*: from the workspace to the server's answer, each hop with what is fine or what mends it. */
export function activate(context: vscode.ExtensionContext, parts: DiagnoseParts): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.diagnoseConnection', async () => {
      try {
        const findings = await diagnoseWithProgress(parts.link);
        if (findings === undefined) return;
        await parts.texts.show('Diagnosis of Bespoke.md', diagnosisText(softwareOf(context), findings));
      } catch (cause) {
        showFailure(cause, parts.logs);
      }
    }),
  );
}

/** `undefined`: the user cancelled. */
async function diagnoseWithProgress(link: ServerLink): Promise<Finding[] | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Bespoke: diagnosing', cancellable: true },
    async (progress, token) => {
      const signal = signalOf(token);
      const options = {
        trusted: vscode.workspace.isTrusted,
        signal,
        onCheck: (subject: string) => progress.report({ message: subject }),
      };
      try {
        const findings: Finding[] = [];
        // What stands in one list needs what stands before it.
        for (const checks of [[trustCheck], workspaceChecks(signal), serverChecks(link, signal)]) {
          findings.push(...(await runChecks(checks, options)));
        }
        return findings;
      } catch (cause) {
        if (signal.aborted) return undefined;
        throw cause;
      }
    },
  );
}

const trustCheck: Check = {
  subject: 'Workspace trust',
  onlyReads: true,
  look: () => {
    if (vscode.workspace.isTrusted) return 'The workspace is trusted.';
    throw new Error(
      'the workspace is in Restricted Mode, so nothing is started or sent: run "Workspaces: Manage Workspace Trust".',
    );
  },
};

function workspaceChecks(signal: AbortSignal): Check[] {
  const active = vscode.window.activeTextEditor?.document.uri;
  const folder =
    (active === undefined ? undefined : vscode.workspace.getWorkspaceFolder(active)) ??
    vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  const isOpen: Check = {
    subject: 'Folder',
    onlyReads: true,
    look: () => {
      if (folder === undefined) throw new Error('no folder is open: open the folder of a Java repository.');
      return 'A folder is open.';
    },
  };
  return [isOpen, ...(folder === undefined ? [] : buildChecks(folder.uri.fsPath, signal))];
}

function serverChecks(link: ServerLink, signal: AbortSignal): Check[] {
  const { remote } = link;
  if (remote === undefined) {
    return [
      { subject: 'Server', onlyReads: true, look: () => 'The one on this machine; no other is set.' },
      { subject: 'Set-up', onlyReads: true, look: () => setUpState(link) },
      {
        subject: 'Process',
        onlyReads: false,
        look: async () => `It runs and listens on ${(await link.connection()).address}.`,
      },
      ...answerChecks(link, signal),
    ];
  }
  const address: Check = {
    subject: 'Server',
    onlyReads: true,
    look: () => {
      const { host, port } = routeOf(remote);
      return `${host}:${port}, as set in bespoke.server.address.`;
    },
  };
  try {
    return [address, ...routeChecks(routeOf(remote), signal), ...answerChecks(link, signal)];
  } catch {
    // The address is no address: its own check says so.
    return [address];
  }
}

function setUpState(link: ServerLink): string {
  const missing = link.missingParts;
  if (missing.length === 0) return 'The Python environment and the base model are there.';
  throw new Error(`the local server lacks ${missing.join(' and ')}: run "Bespoke: Set Up Local Server".`);
}

function answerChecks(link: ServerLink, signal: AbortSignal): Check[] {
  let server: ServerDescription | undefined;
  return [
    {
      subject: 'Token',
      onlyReads: false,
      look: async () => {
        server = await describeServer(await link.connection(), { signal });
        return 'The server answers and accepts it.';
      },
    },
    { subject: 'Server version', onlyReads: false, look: () => `It is ${server?.version ?? 'unknown'}.` },
    {
      subject: 'Base model',
      onlyReads: false,
      look: () => {
        if (server?.baseModel)
          return `It writes with ${server.baseModel.name}, ${server.baseModel.sha256.slice(0, 12)}.`;
        throw new Error('the server has no base model: ask those who run it to set one up.');
      },
    },
  ];
}

function softwareOf(context: vscode.ExtensionContext): string[] {
  const { version } = context.extension.packageJSON as { version: string };
  return [
    `Bespoke ${version}`,
    `VS Code ${vscode.version}`,
    `${process.platform} ${process.arch}`,
    `Node.js ${process.versions.node}`,
    new Date().toISOString(),
  ];
}
