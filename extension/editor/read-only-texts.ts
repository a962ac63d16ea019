import * as vscode from 'vscode';

const scheme = 'bespoke-text';

/** Shows texts that the extension made as documents that can be searched and copied, but neither edited nor saved by mistake. */
export class ReadOnlyTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: readonly vscode.Disposable[];

  constructor() {
    this.#disposables = [this.#changed, vscode.workspace.registerTextDocumentContentProvider(scheme, this)];
  }

  /** Opens a text under a name that says by its ending which language it is; a text that is open under that name is replaced. */
  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name}` });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
