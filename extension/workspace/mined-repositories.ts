import * as vscode from 'vscode';
import { exclusionsFileName } from '../../core/mining/exclusions.ts';
import { isListedPath } from '../../core/mining/list-files.ts';
import { ResidentWorkspace } from '../../core/mining/resident-workspace.ts';
import { styleFileName } from '../../core/style/style-file.ts';
import { type MinedRepository, type MineOptions, mineRepository } from './mine-repository.ts';

/** Mines folders and keeps the last result of each. */
export class MinedRepositories implements vscode.Disposable {
  readonly #storage: string;
  readonly #known = new Map<string, MinedRepository>();
  readonly #residents = new Map<string, ResidentWorkspace>();
  /** By folder the Java files that were saved since it was mined; none for a folder where other things changed too. */
  readonly #edited = new Map<string, Set<string>>();
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
    const outdate = (uri: vscode.Uri, isEdit: boolean) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (folder === undefined || !decidesMining(folder, uri)) return;
      const key = folder.uri.toString();
      this.#known.delete(key);
      if (isEdit && uri.path.endsWith('.java')) this.#edited.get(key)?.add(uri.fsPath);
      else this.#edited.delete(key);
      this.#outdated.fire(folder.uri);
    };
    const cameOrWent = (uri: vscode.Uri) => outdate(uri, false);
    // A pull changes files while no editor shows them; what this window saved is heard of twice.
    const changedOutside = async (uri: vscode.Uri) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      const key = folder?.uri.toString() ?? '';
      await this.#idle(key);
      if (folder === undefined || !this.#edited.has(key)) return;
      if (!(await this.#residents.get(key)?.isCurrent(pathIn(folder, uri)))) outdate(uri, true);
    };
    const watchers = [
      vscode.workspace.createFileSystemWatcher('**/*.java'),
      vscode.workspace.createFileSystemWatcher(`**/{${[...namesOfTeamFiles].join(',')}}`),
    ];
    this.#changes = [
      this.#outdated,
      ...watchers.flatMap((watcher) => [
        watcher,
        watcher.onDidCreate(cameOrWent),
        watcher.onDidChange(changedOutside),
        watcher.onDidDelete(cameOrWent),
      ]),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => outdate(uri, true)),
      vscode.workspace.onDidCreateFiles(({ files }) => files.forEach(cameOrWent)),
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach(cameOrWent)),
    ];
  }

  dispose(): void {
    for (const change of this.#changes) change.dispose();
  }

  /** Mines a folder as it is now. */
  of(folder: vscode.WorkspaceFolder, options: MineOptions = {}): Promise<MinedRepository> {
    this.#edited.delete(folder.uri.toString());
    return this.#mine(folder, options);
  }

  async #mine(folder: vscode.WorkspaceFolder, options: MineOptions): Promise<MinedRepository> {
    const key = folder.uri.toString();
    const resident = this.#residents.get(key) ?? new ResidentWorkspace(folder.uri.fsPath);
    this.#residents.set(key, resident);
    // One after the other: they write the same cache.
    const mining = this.#idle(key).then(async () => {
      options.signal?.throwIfAborted();
      const edited = this.#edited.get(key);
      // What is saved from now on may or may not be seen.
      const since = new Set<string>();
      this.#edited.set(key, since);
      try {
        const known = { ...options, resident, edited: edited && [...edited] };
        const mined = await mineRepository(folder.uri.fsPath, this.#storage, known);
        if (since.size === 0 && this.#edited.get(key) === since) this.#known.set(key, mined);
        return mined;
      } catch (error) {
        this.#edited.delete(key);
        throw error;
      }
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
    return this.#known.get(key) ?? this.#mine(folder, options);
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

function decidesMining(folder: vscode.WorkspaceFolder, uri: vscode.Uri): boolean {
  const path = pathIn(folder, uri);
  return (path.endsWith('.java') && isListedPath(path)) || namesOfTeamFiles.has(path.slice(path.lastIndexOf('/') + 1));
}

const pathIn = (folder: vscode.WorkspaceFolder, uri: vscode.Uri) => uri.path.slice(folder.uri.path.length + 1);
