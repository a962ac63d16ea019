import * as vscode from 'vscode';
import { ServerError } from './client/server-error.ts';
import { LocalServerError } from './local-server/local-server-error.ts';
import type { Logs } from './log.ts';

/** A failure that the user can act on with one of our commands. */
export class Failure extends Error {
  readonly action: FailureAction | undefined;

  constructor(message: string, action?: FailureAction) {
    super(message);
    this.name = 'Failure';
    this.action = action;
  }
}

export interface FailureAction {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

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
  if (cause instanceof LocalServerError) {
    return cause.kind === 'not-set-up'
      ? { title: 'Set Up', command: 'bespoke.setUpLocalServer' }
      : { title: 'Show Server Log', command: 'bespoke.showServerLog' };
  }
  if (cause instanceof ServerError) {
    switch (cause.kind) {
      case 'unauthenticated':
        return { title: 'Connect to Server', command: 'bespoke.connectToServer' };
      case 'untrusted-certificate':
        return { title: 'Open Settings', command: 'workbench.action.openSettings', arguments: ['bespoke.server'] };
      case 'unreachable':
      case 'timeout':
        return { title: 'Diagnose Connection', command: 'bespoke.diagnoseConnection' };
      case 'internal':
        return { title: 'Show Server Log', command: 'bespoke.showServerLog' };
      case 'not-found':
      case 'refused':
      case 'limit':
      case 'incompatible':
        break;
    }
  }
  return { title: 'Show Log', command: 'bespoke.showLog' };
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const own = cause.stack ?? cause.message;
  return cause.cause === undefined ? own : `${own}\nCaused by: ${describe(cause.cause)}`;
}
