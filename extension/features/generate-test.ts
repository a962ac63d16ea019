import * as vscode from 'vscode';
import type { FocalMethods } from '../editor/focal-methods.ts';
import { signalOf } from '../editor/signal-of.ts';
import { Failure, showFailure } from '../show-failure.ts';
import { type OfferingParts, offerTests } from './offer-tests.ts';
import { ensureLocalServer } from './set-up-local-server.ts';
import { type WritingParts, writeTests } from './write-tests.ts';

export interface GenerateParts extends WritingParts, OfferingParts {
  readonly focalMethods: FocalMethods;
}

/** *Generate Test*: candidates for the method at the cursor, placed, checked, and offered in the test file. */
export function activate(context: vscode.ExtensionContext, parts: GenerateParts): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.generateTest', async (uri?: vscode.Uri, position?: vscode.Position) => {
      try {
        await generateTest(context, parts, uri, position);
      } catch (cause) {
        showFailure(cause, parts.logs);
      }
    }),
  );
}

async function generateTest(
  context: vscode.ExtensionContext,
  parts: GenerateParts,
  uri?: vscode.Uri,
  position?: vscode.Position,
): Promise<void> {
  const place = await javaPlace('method', uri, position);
  const found = await parts.focalMethods.at(place.document, place.position);
  if (found.kind === 'none') throw new Failure(found.reason);
  if (!(await ensureLocalServer(parts.link, parts.logs))) return;
  const { focal } = found;
  const written = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Bespoke: test for ${focal.focalMethod}`,
      cancellable: true,
    },
    async (progress, token) => {
      const signal = signalOf(token);
      try {
        return await writeTests(context, parts, place.folder, focal, signal, (message) => progress.report({ message }));
      } catch (cause) {
        if (signal.aborted) return undefined;
        throw cause;
      }
    },
  );
  if (written !== undefined) await offerTests(parts, place.folder, focal, written);
}

/** Where a command of the editor's menus, its light bulb or the palette is meant: there, or at the cursor. */
export async function javaPlace(
  wanted: 'method' | 'class',
  uri?: vscode.Uri,
  position?: vscode.Position,
): Promise<{ document: vscode.TextDocument; folder: vscode.WorkspaceFolder; position: vscode.Position }> {
  const editor = vscode.window.activeTextEditor;
  const document = uri === undefined ? editor?.document : await vscode.workspace.openTextDocument(uri);
  const folder = document === undefined ? undefined : vscode.workspace.getWorkspaceFolder(document.uri);
  if (document === undefined || folder === undefined || document.languageId !== 'java') {
    throw new Failure(`open a Java file of the workspace and put the cursor into the ${wanted} that is to be tested.`);
  }
  return { document, folder, position: position ?? editor?.selection.active ?? new vscode.Position(0, 0) };
}
