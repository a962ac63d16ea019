import * as vscode from 'vscode';
import { type Offer, withNewVerdict } from './offer.ts';
import type { NewFileSuggestion } from './suggestion.ts';
import { suggestionLenses } from './suggestion-lenses.ts';

const scheme = 'bespoke-preview';

/** Shows a test file that does not exist yet as a read-only preview. The file is made when the user keeps it. */
export class NewFilePreview
  implements Offer, vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
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
      // Whoever makes the file: what was a preview of it is none any more.
      vscode.workspace.onDidCreateFiles(({ files }) => {
        if (files.some((file) => file.path === this.#suggestion?.file.path)) void this.discard();
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (this.#suggestion !== undefined && tabsOf(this.#suggestion.file, closed).length > 0) void this.discard();
      }),
    ];
  }

  get isOpen(): boolean {
    return this.#suggestion !== undefined;
  }

  /** Whether the user looks at it. */
  get isActive(): boolean {
    return this.isOpen && vscode.window.activeTextEditor?.document.uri.scheme === scheme;
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
    if (suggestion === undefined || document.uri.path !== suggestion.file.path) return [];
    return suggestionLenses(new vscode.Position(0, 0), suggestion.tests, this.#shown, {
      title: '$(new-file)\u00a0Create This File',
      tooltip: vscode.workspace.asRelativePath(suggestion.file),
    });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async cycle(by: 1 | -1): Promise<void> {
    const suggestion = this.#suggestion;
    if (suggestion === undefined) return;
    const number = suggestion.tests.length;
    this.#shown = (this.#shown + by + number) % number;
    this.#changed.fire(previewOf(suggestion.file));
    this.#lensesChanged.fire();
  }

  async run(): Promise<void> {
    const before = this.#suggestion;
    if (before === undefined) return;
    const tests = await withNewVerdict(before.tests, this.#shown);
    // It may have been kept or discarded meanwhile.
    if (tests === undefined || this.#suggestion !== before) return;
    this.#suggestion = { ...before, tests };
    this.#lensesChanged.fire();
  }

  async keep(): Promise<void> {
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
    await this.discard();
    suggestion.onKept?.();
    await vscode.window.showTextDocument(suggestion.file, { preview: false });
  }

  async discard(): Promise<void> {
    const suggestion = this.#suggestion;
    this.#suggestion = undefined;
    this.#lensesChanged.fire();
    if (suggestion === undefined) return;
    const open = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await vscode.window.tabGroups.close(tabsOf(suggestion.file, open));
  }
}

/** Of some tabs those with the preview of a file. */
function tabsOf(file: vscode.Uri, tabs: readonly vscode.Tab[]): vscode.Tab[] {
  const preview = previewOf(file).toString();
  return tabs.filter((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === preview);
}

function previewOf(file: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({ scheme, path: file.path });
}
