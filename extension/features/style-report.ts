import * as vscode from 'vscode';
import { MiningError } from '../../core/mining/mining-record.ts';
import type { Logs } from '../log.ts';
import { renderMessagePage } from '../report/render-message-page.ts';
import { renderStyleReport } from '../report/render-style-report.ts';
import { showFailure } from '../show-failure.ts';
import { chooseFolder } from '../workspace/java-workspace.ts';
import type { StyleReports } from '../workspace/style-reports.ts';

const viewId = 'bespoke.styleReport';

/** *Show Style Report* in the side panel, *Export Style Report* as one HTML file. */
export function activate(context: vscode.ExtensionContext, reports: StyleReports, logs: Logs): void {
  const view = new StyleReportView(reports, logs);
  context.subscriptions.push(
    vscode.window.registerWebviewViewProvider(viewId, view, { webviewOptions: { retainContextWhenHidden: true } }),
    vscode.commands.registerCommand('bespoke.showStyleReport', async () => {
      await vscode.commands.executeCommand(`${viewId}.focus`);
      await view.refresh();
    }),
    vscode.commands.registerCommand('bespoke.exportStyleReport', async () => {
      try {
        await exportReport(reports);
      } catch (cause) {
        showFailure(cause, logs);
      }
    }),
    reports.onDidChange(() => void view.refresh()),
  );
}

class StyleReportView implements vscode.WebviewViewProvider {
  readonly #reports: StyleReports;
  readonly #logs: Logs;
  #view: vscode.WebviewView | undefined;

  constructor(reports: StyleReports, logs: Logs) {
    this.#reports = reports;
    this.#logs = logs;
  }

  async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
    this.#view = view;
    // The report is one HTML page without network: what it may load is nothing.
    view.webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [] };
    view.webview.onDidReceiveMessage((message: unknown) => void openFromReport(message, this.#logs));
    view.onDidDispose(() => {
      if (this.#view === view) this.#view = undefined;
    });
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const view = this.#view;
    if (view === undefined) return;
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (folder === undefined) {
      view.webview.html = renderMessagePage('Open the folder of a Java repository to see how its tests are written.');
      return;
    }
    try {
      view.webview.html = renderStyleReport(await this.#reports.of(folder), { target: 'webview' });
    } catch (cause) {
      view.webview.html = renderMessagePage(
        cause instanceof MiningError ? cause.message : 'The report could not be made: the log of Bespoke says why.',
      );
      if (!(cause instanceof MiningError)) showFailure(cause, this.#logs);
    }
  }
}

/** The report's links: a place in a file, or "Generate test" there. Paths outside of the workspace are ignored. */
async function openFromReport(message: unknown, logs: Logs): Promise<void> {
  const link = readLink(message);
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (link === undefined || folder === undefined || link.file.split('/').includes('..')) return;
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, link.file));
    const at = placeIn(document, link);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), preview: true });
    if (link.kind === 'generate') await vscode.commands.executeCommand('bespoke.generateTest', document.uri, at);
  } catch (cause) {
    showFailure(cause, logs);
  }
}

interface ReportLink {
  readonly kind: 'open' | 'generate';
  readonly file: string;
  /** From 1. */
  readonly line: number | undefined;
  readonly member: string | undefined;
}

function readLink(message: unknown): ReportLink | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { kind, file, line, member } = message as Record<string, unknown>;
  if ((kind !== 'open' && kind !== 'generate') || typeof file !== 'string') return undefined;
  return {
    kind,
    file,
    line: typeof line === 'number' ? line : undefined,
    member: typeof member === 'string' ? member : undefined,
  };
}

function placeIn(document: vscode.TextDocument, { line, member }: ReportLink): vscode.Position {
  if (line !== undefined) {
    const text = document.lineAt(Math.min(Math.max(0, line - 1), document.lineCount - 1));
    return new vscode.Position(text.lineNumber, text.firstNonWhitespaceCharacterIndex);
  }
  const offset =
    member === undefined ? -1 : document.getText().search(new RegExp(`\\b${member.replaceAll(/[^\w]/g, '')}\\s*\\(`));
  return document.positionAt(Math.max(0, offset));
}

async function exportReport(reports: StyleReports): Promise<void> {
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const model = await reports.of(folder);
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder.uri, `${model.repository.name}-style-report.html`),
    filters: { HTML: ['html'] },
  });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, Buffer.from(renderStyleReport(model, { target: 'file' }), 'utf8'));
  void vscode.window.showInformationMessage(
    `Bespoke: the style report is in ${vscode.workspace.asRelativePath(target)}.`,
  );
}
