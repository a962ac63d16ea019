import type * as vscode from 'vscode';
import { type MinedRepository, type MineOptions, mineRepository } from './mine-repository.ts';

/** Mines folders and keeps the last result of each. */
export class MinedRepositories {
  readonly #storage: string;
  readonly #known = new Map<string, MinedRepository>();

  constructor(storage: string) {
    this.#storage = storage;
  }

  /** Mines a folder as it is now. */
  async of(folder: vscode.WorkspaceFolder, options: MineOptions = {}): Promise<MinedRepository> {
    const mined = await mineRepository(folder.uri.fsPath, this.#storage, options);
    this.#known.set(folder.uri.toString(), mined);
    return mined;
  }

  /** The last result, or a first one. */
  async known(folder: vscode.WorkspaceFolder, options: MineOptions = {}): Promise<MinedRepository> {
    return this.#known.get(folder.uri.toString()) ?? this.of(folder, options);
  }
}
