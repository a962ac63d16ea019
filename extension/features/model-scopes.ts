import type * as vscode from 'vscode';
import { MiningError } from '../../core/mining/mining-record.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { identifyRepository } from '../workspace/repository-identity.ts';
import { partsOf } from '../workspace/repository-modules.ts';

/** What a model can be for: the whole repository of a folder, or one module of it. */
export interface ModelScope {
  /** The name under which the server keeps what belongs to it. */
  readonly id: string;
  /** For people: `whole repository` or `module orders`. */
  readonly name: string;
}

/** The whole repository first, then its modules when there are several. */
export async function modelScopes(
  mined: MinedRepositories,
  folder: vscode.WorkspaceFolder,
): Promise<[ModelScope, ...ModelScope[]]> {
  const whole = { id: identifyRepository(folder.uri.fsPath).id, name: 'whole repository' };
  try {
    const parts = partsOf(await mined.known(folder));
    return [whole, ...parts.flatMap(({ id, module }) => (module === null ? [] : [{ id, name: `module ${module}` }]))];
  } catch (cause) {
    // Where nothing can be mined any more there are no modules, but there may be models.
    if (cause instanceof MiningError) return [whole];
    throw cause;
  }
}
