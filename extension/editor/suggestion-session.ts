import * as vscode from 'vscode';
import { type Offer, withNewVerdict } from './offer.ts';
import type { SuggestedTest, Suggestion } from './suggestion.ts';
import { suggestionLenses } from './suggestion-lenses.ts';

const acceptedCommand = 'bespoke.internal.accepted';

/**
 * Shows generated tests as ghost text, one at a time, with code lenses to keep, cycle, run and discard. Nothing is written before the user
 * keeps one. There is one session at most; a new suggestion takes the place of the old one.
 */
export class SuggestionSession
  implements Offer, vscode.InlineCompletionItemProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #disposables: vscode.Disposable[];
  #suggestion: Suggestion | undefined;
  #shown = 0;
  /** Our own edits must not end the session that makes them. */
  #writing = false;

  constructor() {
    const java = { language: 'java', scheme: 'file' };
    this.#disposables = [
      this.#lensesChanged,
      vscode.languages.registerInlineCompletionItemProvider(java, this),
      vscode.languages.registerCodeLensProvider(java, this),
      vscode.commands.registerCommand(acceptedCommand, (test: SuggestedTest) => this.#accepted(test)),
      vscode.workspace.onDidChangeTextDocument((change) => {
        // After another edit the place may be wrong: better to offer nothing.
        if (change.document === this.#suggestion?.document && change.contentChanges.length > 0 && !this.#writing) {
          this.#noteEdit(change);
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.#suggestion?.document) void this.discard();
      }),
    ];
  }

  get isOpen(): boolean {
    return this.#suggestion !== undefined;
  }

  /** Opens the test file at the right place and offers the tests there. */
  async show(suggestion: Suggestion): Promise<void> {
    await this.discard();
    this.#suggestion = suggestion;
    this.#shown = 0;
    await this.#present();
  }

  provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.InlineCompletionItem[] | undefined {
    const suggestion = this.#suggestion;
    if (document !== suggestion?.document || !position.isEqual(this.#anchorOf(suggestion))) return undefined;
    // The shown one first: the editor starts at the first.
    const inOrder = [...suggestion.tests.slice(this.#shown), ...suggestion.tests.slice(0, this.#shown)];
    return inOrder.map((test) => {
      const item = new vscode.InlineCompletionItem(test.text, new vscode.Range(position, position));
      item.command = { command: acceptedCommand, title: 'Kept', arguments: [test] };
      return item;
    });
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const suggestion = this.#suggestion;
    if (document !== suggestion?.document) return [];
    return suggestionLenses(this.#anchorOf(suggestion), suggestion.tests, this.#shown, {
      title: '$(check)\u00a0Keep',
      tooltip: 'Insert this test with its imports (Tab)',
    });
  }

  dispose(): void {
    void this.discard();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #current(): SuggestedTest | undefined {
    return this.#suggestion?.tests[this.#shown];
  }

  #anchorOf(suggestion: Suggestion): vscode.Position {
    return suggestion.document.positionAt(suggestion.offset);
  }

  async #present(): Promise<void> {
    const suggestion = this.#suggestion;
    if (suggestion === undefined) return;
    const anchor = this.#anchorOf(suggestion);
    const editor = await vscode.window.showTextDocument(suggestion.document, { preview: false });
    editor.selection = new vscode.Selection(anchor, anchor);
    editor.revealRange(new vscode.Range(anchor, anchor), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.#lensesChanged.fire();
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  }

  async cycle(by: 1 | -1): Promise<void> {
    const number = this.#suggestion?.tests.length ?? 0;
    if (number === 0) return;
    this.#shown = (this.#shown + by + number) % number;
    await this.#present();
  }

  async run(): Promise<void> {
    const before = this.#suggestion;
    if (before === undefined) return;
    const tests = await withNewVerdict(before.tests, this.#shown);
    // It may have been kept or discarded meanwhile.
    if (tests === undefined || this.#suggestion !== before) return;
    this.#suggestion = { ...before, tests };
    // The palette took the ghost text away. Somebody who went on elsewhere is not fetched back.
    if (vscode.window.activeTextEditor?.document === before.document) await this.#present();
    else this.#lensesChanged.fire();
  }

  /** Writes test and imports as one edit, which one undo takes back. */
  async keep(): Promise<void> {
    const suggestion = this.#suggestion;
    const test = this.#current();
    if (suggestion === undefined || test === undefined) return;
    const { document } = suggestion;
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    const edit = new vscode.WorkspaceEdit();
    for (const { offset, text } of test.imports) edit.insert(document.uri, document.positionAt(offset), text);
    edit.insert(document.uri, this.#anchorOf(suggestion), test.text);
    await this.#write(edit);
    suggestion.onKept?.();
  }

  /** The editor inserted the ghost text itself (Tab): only the imports are missing. */
  async #accepted(test: SuggestedTest): Promise<void> {
    const suggestion = this.#suggestion;
    if (suggestion === undefined) return;
    const { document } = suggestion;
    const edit = new vscode.WorkspaceEdit();
    // Imports stand before the test, so their offsets are still right.
    for (const { offset, text } of test.imports) edit.insert(document.uri, document.positionAt(offset), text);
    await this.#write(edit);
    suggestion.onKept?.();
  }

  async #write(edit: vscode.WorkspaceEdit): Promise<void> {
    this.#writing = true;
    try {
      if (edit.size > 0) await vscode.workspace.applyEdit(edit);
      await this.discard();
    } finally {
      this.#writing = false;
    }
  }

  #noteEdit(change: vscode.TextDocumentChangeEvent): void {
    const suggestion = this.#suggestion;
    if (suggestion === undefined) return;
    // The editor's own insertion of the ghost text comes before the command that tells of it.
    const isAcceptance = change.contentChanges.some(
      ({ rangeOffset, text }) =>
        rangeOffset === suggestion.offset && suggestion.tests.some((test) => test.text.startsWith(text)),
    );
    if (!isAcceptance) void this.discard();
  }

  async discard(): Promise<void> {
    if (this.#suggestion === undefined) return;
    this.#suggestion = undefined;
    this.#lensesChanged.fire();
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  }
}
