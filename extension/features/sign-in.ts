import * as vscode from 'vscode';
import { describeServer } from '../client/personalization.ts';
import { Failure } from '../failure.ts';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { serverSettings, signInSettings } from '../settings.ts';
import { showFailure } from '../show-failure.ts';
import { beginSignIn } from '../sign-in/device-sign-in.ts';

/** *Sign In to Server*: with the identity provider of the server, in the browser; keeps what it gives as *Connect to Server* keeps a token. */
export function activate(context: vscode.ExtensionContext, link: ServerLink, logs: Logs): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.signIn', async () => {
      try {
        await signIn(link);
      } catch (cause) {
        showFailure(cause, logs);
      }
    }),
  );
}

async function signIn(link: ServerLink): Promise<void> {
  const { address } = serverSettings();
  const settings = signInSettings();
  if (address === '' || settings.issuer === '' || settings.clientId === '')
    throw new Failure(
      'nothing says with whom you sign in: set the server’s address, and issuer and client for its sign-in.',
      {
        ...{ title: 'Open Settings', command: 'workbench.action.openSettings', arguments: ['bespoke.server'] },
      },
    );
  const begun = await beginSignIn(settings);
  const open = 'Copy Code and Open Browser';
  const detail = `Sign in on ${new URL(begun.page).host} to use ${address}. The page asks for this code.`;
  const chosen = await vscode.window.showInformationMessage(begun.userCode, { modal: true, detail }, open);
  if (chosen !== open) return;
  await vscode.env.clipboard.writeText(begun.userCode);
  await vscode.env.openExternal(vscode.Uri.parse(begun.page, true));
  const signedIn = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Waiting for the sign-in in the browser',
      cancellable: true,
    },
    (_, cancellation) => {
      const controller = new AbortController();
      cancellation.onCancellationRequested(() => controller.abort());
      return begun.finish(controller.signal);
    },
  );
  if (signedIn === undefined) return;
  await link.keepToken(address, signedIn.token, signedIn.renewal);
  await describeServer(await link.connection());
  void vscode.window.showInformationMessage(`Bespoke: signed in to ${link.place.name}.`);
}
