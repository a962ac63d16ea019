import * as vscode from 'vscode';
import type { FocalMethods } from '../editor/focal-methods.ts';

/** Ours alone: the Java test extension has `source.generate.tests`. */
const generateTestKind = vscode.CodeActionKind.Refactor.append('generate').append('bespokeTest');

/**
 * "Generate test" in the menu of a method that can be tested, "Generate tests" in that of a class's header. Where a test makes no sense the
 * light bulb stays silent, and the *Refactor…* menu shows the action greyed with the reason.
 */
export function activate(context: vscode.ExtensionContext, focalMethods: FocalMethods): void {
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(document, range) {
      // Restricted Mode offers nothing that it would then refuse.
      if (!vscode.workspace.isTrusted) return [];
      const found = await focalMethods.at(document, range.start);
      if (found.kind === 'method') {
        return [action(`Generate test for ${found.focal.focalMethod}`, 'bespoke.generateTest', document, range.start)];
      }
      if (found.method !== null) return [disabledAction('Generate test', found.reason)];
      const around = await focalMethods.classAt(document, range.start);
      if (around.type === null) return [];
      const { type } = around;
      const offset = document.offsetAt(range.start);
      const isHeader = offset >= type.start && offset <= type.bodyStart;
      if (!isHeader) return [];
      const title = `Generate tests for class ${type.name}`;
      return around.kind === 'class'
        ? [action(title, 'bespoke.generateTestsForClass', document, range.start)]
        : [disabledAction('Generate tests', around.reason)];
    },
  };
  context.subscriptions.push(
    vscode.languages.registerCodeActionsProvider({ language: 'java', scheme: 'file' }, provider, {
      providedCodeActionKinds: [generateTestKind],
    }),
  );
}

function action(
  title: string,
  command: string,
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.CodeAction {
  const made = new vscode.CodeAction(title, generateTestKind);
  made.command = { command, title, arguments: [document.uri, position] };
  return made;
}

/** The reason is in the title, too, because that is what the menu shows when one hovers over a greyed action. */
function disabledAction(title: string, reason: string): vscode.CodeAction {
  const made = new vscode.CodeAction(`${title}: ${reason}`, generateTestKind);
  made.disabled = { reason: `Bespoke: ${reason}` };
  return made;
}
