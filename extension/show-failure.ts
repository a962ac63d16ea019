import * as vscode from 'vscode';
import { ServerError } from './client/server-error.ts';
import { Failure } from './failure.ts';
import { cardOfCall, cardOfLocalServer, type FailureAction, type ServerSide, showLog } from './failure-cards.ts';
import { LocalServerError } from './local-server/local-server-error.ts';
import type { Logs } from './log.ts';
import { serverSettings } from './settings.ts';

export { Failure };

/** Tells the user what happened in one sentence with one action. The cause goes to the log. Does not wait for an answer. */
export function showFailure(cause: unknown, logs: Logs): void {
  logs.client.error(describe(cause));
  const message = cause instanceof Error ? cause.message : String(cause);
  const action = actionFor(cause);
  void vscode.window.showErrorMessage(`Bespoke: ${message}`, action.title).then((chosen) => {
    if (chosen === action.title) return vscode.commands.executeCommand(action.command, ...(action.arguments ?? []));
  });
}

function actionFor(cause: unknown): FailureAction {
  if (cause instanceof Failure && cause.action !== undefined) return cause.action;
  if (cause instanceof LocalServerError) return cardOfLocalServer(cause.kind).action;
  if (cause instanceof ServerError) return cardOfCall(cause.kind, serverSide()).action;
  return showLog;
}

/** Where the server that is set runs. */
export function serverSide(): ServerSide {
  return serverSettings().address === '' ? 'local' : 'remote';
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const own = cause.stack ?? cause.message;
  return cause.cause === undefined ? own : `${own}\nCaused by: ${describe(cause.cause)}`;
}
