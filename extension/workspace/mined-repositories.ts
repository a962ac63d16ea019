import * as vscode from 'vscode';
import { exclusionsFileName } from '../../core/mining/exclusions.ts';
import { styleFileName } from '../../core/style/style-file.ts';
import { type MinedRepository, type MineOptions, mineRepository } from './mine-repository.ts';

/** Mines folders and keeps the last result of each. */
export class MinedRepositories implements vscode.Disposable {
  readonly #storage: string;
  readonly #known = new Map<string, MinedRepository>();
  /** By folder the mining that was asked for last. */
  readonly #mining = new Map<string, Promise<MinedRepository>>();
  readonly #changes: vscode.Disposable[];
  readonly #mined = new vscode.EventEmitter<vscode.WorkspaceFolder>();
  /** A folder was mined. */
  readonly onDidMine = this.#mined.event;
  readonly #outdated = new vscode.EventEmitter<vscode.Uri>();
  /** Tells the folder of which what is known is no longer so. */
  readonly onDidOutdate = this.#outdated.event;

  constructor(storage: string) {
    this.#storage = storage;
    // What is known of a folder is mined again, quickly, once one of its Java files has changed.
    const outdate = (uri: vscode.Uri) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (folder === undefined || !decidesMining(uri)) return;
      this.#known.delete(folder.uri.toString());
      this.#outdated.fire(folder.uri);
    };
    // Teams commit these two, so a pull may change them while no editor shows them.
    const teamFiles = vscode.workspace.createFileSystemWatcher(`**/{${[...namesOfTeamFiles].join(',')}}`);
    this.#changes = [
      this.#outdated,
      teamFiles,
      teamFiles.onDidCreate(outdate),
      teamFiles.onDidChange(outdate),
      teamFiles.onDidDelete(outdate),
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
    const key = folder.uri.toString();
    // One after the other: they write the same cache.
    const mining = this.#idle(key).then(async () => {
      options.signal?.throwIfAborted();
      const mined = await mineRepository(folder.uri.fsPath, this.#storage, options);
      this.#known.set(key, mined);
      return mined;
    });
    this.#mining.set(key, mining);
    const mined = await mining;
    this.#mined.fire(folder);
    return mined;
  }

  /** The last result without mining; `undefined` when there is none, or a file has changed since. */
  ready(folder: vscode.WorkspaceFolder): MinedRepository | undefined {
    return this.#known.get(folder.uri.toString());
  }

  /** The last result, unless a file has changed since. */
  async known(folder: vscode.WorkspaceFolder, options: MineOptions = {}): Promise<MinedRepository> {
    const key = folder.uri.toString();
    if (!this.#known.has(key)) await this.#idle(key);
    return this.#known.get(key) ?? this.of(folder, options);
  }

  /** Waits until whoever mines a folder is done, well or not. */
  async #idle(key: string): Promise<void> {
    await this.#mining.get(key)?.then(
      () => undefined,
      () => undefined,
    );
  }
}

const namesOfTeamFiles: ReadonlySet<string> = new Set([exclusionsFileName, styleFileName]);

function decidesMining({ path }: vscode.Uri): boolean {
  return path.endsWith('.java') || namesOfTeamFiles.has(path.slice(path.lastIndexOf('/') + 1));
}
