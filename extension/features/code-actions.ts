import * as vscode from 'vscode';
import type { FocalMethods } from '../editor/focal-methods.ts';

/** Ours alone: the Java test extension has `source.generate.tests`. */
export const generateTestKind = vscode.CodeActionKind.Refactor.append('generate').append('bespokeTest');

/** "Generate test" in the light-bulb menu of a method that can be tested, and nowhere else. */
export function activate(context: vscode.ExtensionContext, focalMethods: FocalMethods): void {
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(document, range) {
      // Restricted Mode offers nothing that it would then refuse.
      if (!vscode.workspace.isTrusted) return [];
      const found = await focalMethods.at(document, range.start);
      if (found.kind !== 'method') return [];
      const title = `Generate test for ${found.focal.focalMethod}`;
      const action = new vscode.CodeAction(title, generateTestKind);
      action.command = { command: 'bespoke.generateTest', title, arguments: [document.uri, range.start] };
      return [action];
    },
  };
  context.subscriptions.push(
    vscode.languages.registerCodeActionsProvider({ language: 'java', scheme: 'file' }, provider, {
      providedCodeActionKinds: [generateTestKind],
    }),
  );
}
