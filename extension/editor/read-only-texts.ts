import * as vscode from 'vscode';

const scheme = 'bespoke-text';

/** What a reader can do about one line of a text. */
export interface LineAction extends vscode.Command {
  /** From 0. */
  readonly line: number;
}

/**
 * Shows texts that the extension made as documents that can be searched and copied, but neither edited nor saved by mistake. Actions stand
 * over their lines as code lenses.
 */
export class ReadOnlyTexts implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable {
  readonly #texts = new Map<string, { readonly text: string; readonly actions: readonly LineAction[] }>();
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: readonly vscode.Disposable[];

  constructor() {
    this.#disposables = [
      this.#changed,
      this.#lensesChanged,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.languages.registerCodeLensProvider({ scheme }, this),
    ];
  }

  /** Opens a text under a name that says by its ending which language it is; a text that is open under that name is replaced. */
  async show(name: string, text: string, actions: readonly LineAction[] = []): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name}` });
    this.#texts.set(uri.toString(), { text, actions });
    this.#changed.fire(uri);
    this.#lensesChanged.fire();
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString())?.text ?? '';
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const actions = this.#texts.get(uri.toString())?.actions ?? [];
    return actions.map((action) => new vscode.CodeLens(new vscode.Range(action.line, 0, action.line, 0), action));
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
