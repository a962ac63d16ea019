import * as vscode from 'vscode';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { generationSettings } from '../settings.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { askProjectOf } from './java-extension.ts';
import { chosenModel } from './models.ts';
import type { CandidatePlace } from './place-candidates.ts';
import { checkCacheDir, harnessDir } from './prove-run.ts';
import { type WritingPlace, type WrittenTests, writeAndCheck } from './write-and-check.ts';
import { baseWriter, writerFor } from './writer.ts';

export type { WrittenTests };

export interface WritingParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly mined: MinedRepositories;
}

/** Has the model write candidates for one method of a folder, places and checks them. Fails when not one is left. */
export async function writeTests(
  context: vscode.ExtensionContext,
  parts: WritingParts,
  folder: vscode.WorkspaceFolder,
  focal: Focal,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<WrittenTests> {
  const repository = await minedOrEmpty(parts, folder, signal, say);
  return writeAndCheck(writingPlace(context, parts, folder), focal, repository, signal, say);
}

/** Where candidates of an open folder are placed and checked. */
export function candidatePlace(
  context: vscode.ExtensionContext,
  { logs }: Pick<WritingParts, 'logs'>,
  folder: vscode.WorkspaceFolder,
): CandidatePlace {
  return {
    path: folder.uri.fsPath,
    trusted: vscode.workspace.isTrusted,
    check: generationSettings(folder.uri).check,
    cacheDir: checkCacheDir(context),
    harnessDir: harnessDir(context),
    askProject: askProjectOf(folder.uri, logs),
    textOf: async (file) => (await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, file))).getText(),
  };
}

/** Where tests of an open folder are written. */
export function writingPlace(
  context: vscode.ExtensionContext,
  { link, logs }: WritingParts,
  folder: vscode.WorkspaceFolder,
): WritingPlace {
  return {
    ...candidatePlace(context, { logs }, folder),
    serverName: link.place.name,
    candidates: generationSettings(folder.uri).candidates,
    connection: () => link.connection(),
    writer: async (connection, repository, file, signal) =>
      chosenModel(context, folder).kind === 'base'
        ? baseWriter(repository)
        : writerFor(connection, repository, file, { signal }),
    note: (line) => logs.client.info(line),
  };
}

/** A repository without tests has no pairs; the base model can still write. */
export async function minedOrEmpty(
  { mined, logs }: WritingParts,
  folder: vscode.WorkspaceFolder,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<MinedRepository | undefined> {
  try {
    return await mined.known(folder, { signal, onProgress: say });
  } catch (cause) {
    if (signal.aborted) throw cause;
    logs.client.warn(`No nearest tests: ${cause instanceof Error ? cause.message : String(cause)}`);
    return undefined;
  }
}
