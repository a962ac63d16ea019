import * as vscode from 'vscode';
import type { FocalMethods } from '../editor/focal-methods.ts';

/** Ours alone: the Java test extension has `source.generate.tests`. */
export const generateTestKind = vscode.CodeActionKind.Refactor.append('generate').append('bespokeTest');

/** "Generate test" in the light-bulb menu of a method that can be tested, "Generate tests" in that of a class's header, and nowhere else. */
export function activate(context: vscode.ExtensionContext, focalMethods: FocalMethods): void {
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(document, range) {
      // Restricted Mode offers nothing that it would then refuse.
      if (!vscode.workspace.isTrusted) return [];
      const found = await focalMethods.at(document, range.start);
      if (found.kind === 'method') {
        return [action(`Generate test for ${found.focal.focalMethod}`, 'bespoke.generateTest', document, range.start)];
      }
      const around = await focalMethods.classAt(document, range.start);
      if (around.kind === 'none') return [];
      const { type } = around;
      const offset = document.offsetAt(range.start);
      const isHeader = offset >= type.start && offset <= type.bodyStart;
      return isHeader
        ? [action(`Generate tests for class ${type.name}`, 'bespoke.generateTestsForClass', document, range.start)]
        : [];
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
