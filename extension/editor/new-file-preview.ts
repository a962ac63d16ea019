import * as vscode from 'vscode';
import { type NewFileSuggestion, showReasonCommand, stateTitle } from './suggestion.ts';

const scheme = 'bespoke-preview';

/** Shows a test file that does not exist yet as a read-only preview. The file is made when the user keeps it. */
export class NewFilePreview implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #disposables: vscode.Disposable[];
  #suggestion: NewFileSuggestion | undefined;
  #shown = 0;

  constructor() {
    this.#disposables = [
      this.#changed,
      this.#lensesChanged,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.languages.registerCodeLensProvider({ scheme }, this),
      vscode.commands.registerCommand('bespoke.internal.createFile', () => this.#keep()),
      vscode.commands.registerCommand('bespoke.internal.nextPreview', () => this.#next()),
      vscode.commands.registerCommand('bespoke.internal.discardPreview', () => this.#end()),
    ];
  }

  async show(suggestion: NewFileSuggestion): Promise<void> {
    this.#suggestion = suggestion;
    this.#shown = 0;
    const preview = previewOf(suggestion.file);
    this.#changed.fire(preview);
    this.#lensesChanged.fire();
    const document = await vscode.workspace.openTextDocument(preview);
    await vscode.languages.setTextDocumentLanguage(document, 'java');
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return uri.path === this.#suggestion?.file.path ? (this.#suggestion.tests[this.#shown]?.text ?? '') : '';
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const suggestion = this.#suggestion;
    const test = suggestion?.tests[this.#shown];
    if (suggestion === undefined || test === undefined || document.uri.path !== suggestion.file.path) return [];
    const place = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string, tooltip: string) =>
      new vscode.CodeLens(place, { title, command, tooltip });
    const number = suggestion.tests.length;
    return [
      lens(
        '$(new-file)\u00a0Create This File',
        'bespoke.internal.createFile',
        vscode.workspace.asRelativePath(suggestion.file),
      ),
      ...(number > 1
        ? [
            lens(
              `$(arrow-right)\u00a0Next (${this.#shown + 1} of ${number})`,
              'bespoke.internal.nextPreview',
              'Show the next test',
            ),
          ]
        : []),
      lens('$(close)\u00a0Discard', 'bespoke.internal.discardPreview', 'Create nothing'),
      new vscode.CodeLens(place, {
        title: stateTitle(test.state),
        command: showReasonCommand,
        tooltip: test.reason,
        arguments: [test.reason],
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #next(): void {
    const suggestion = this.#suggestion;
    if (suggestion === undefined) return;
    this.#shown = (this.#shown + 1) % suggestion.tests.length;
    this.#changed.fire(previewOf(suggestion.file));
    this.#lensesChanged.fire();
  }

  async #keep(): Promise<void> {
    const suggestion = this.#suggestion;
    const test = suggestion?.tests[this.#shown];
    if (suggestion === undefined || test === undefined) return;
    const name = vscode.workspace.asRelativePath(suggestion.file);
    const confirmed = await vscode.window.showInformationMessage(`Create ${name}?`, { modal: true }, 'Create');
    if (confirmed !== 'Create') return;
    const edit = new vscode.WorkspaceEdit();
    edit.createFile(suggestion.file, { overwrite: false, contents: Buffer.from(test.text, 'utf8') });
    if (!(await vscode.workspace.applyEdit(edit))) {
      void vscode.window.showErrorMessage(
        `Bespoke: ${name} could not be created: check that it does not exist and that the folder is writable.`,
      );
      return;
    }
    await this.#end();
    suggestion.onKept?.();
    await vscode.window.showTextDocument(suggestion.file, { preview: false });
  }

  async #end(): Promise<void> {
    const suggestion = this.#suggestion;
    this.#suggestion = undefined;
    this.#lensesChanged.fire();
    if (suggestion === undefined) return;
    const preview = previewOf(suggestion.file).toString();
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === preview);
    await vscode.window.tabGroups.close(tabs);
  }
}

function previewOf(file: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({ scheme, path: file.path });
}
