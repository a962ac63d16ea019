import * as vscode from 'vscode';
import { type MinedRepository, type MineOptions, mineRepository } from './mine-repository.ts';

/** Mines folders and keeps the last result of each. */
export class MinedRepositories implements vscode.Disposable {
  readonly #storage: string;
  readonly #known = new Map<string, MinedRepository>();
  readonly #changes: vscode.Disposable[];

  constructor(storage: string) {
    this.#storage = storage;
    // What is known of a folder is mined again, quickly, once one of its Java files has changed.
    const outdate = (uri: vscode.Uri) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (folder !== undefined && uri.path.endsWith('.java')) this.#known.delete(folder.uri.toString());
    };
    this.#changes = [
      vscode.workspace.onDidSaveTextDocument(({ uri }) => outdate(uri)),
      vscode.workspace.onDidCreateFiles(({ files }) => files.forEach(outdate)),
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach(outdate)),
    ];
  }

  dispose(): void {
    for (const change of this.#changes) change.dispose();
  }

  /** Mines a folder as it is now. */
  async of(folder: vscode.WorkspaceFolder, options: MineOptions = {}): Promise<MinedRepository> {
    const mined = await mineRepository(folder.uri.fsPath, this.#storage, options);
    this.#known.set(folder.uri.toString(), mined);
    return mined;
  }

  /** The last result, unless a file has changed since. */
  async known(folder: vscode.WorkspaceFolder, options: MineOptions = {}): Promise<MinedRepository> {
    return this.#known.get(folder.uri.toString()) ?? this.of(folder, options);
  }
}
