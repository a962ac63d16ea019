import type { RunFailure } from './client/run.ts';
import type { ServerErrorKind } from './client/server-error.ts';
import type { LocalServerError } from './local-server/local-server-error.ts';

/** What the user can do about a failure with one click. */
export interface FailureAction {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** One cause, in a few words, and one action. */
export interface FailureCard {
  readonly cause: string;
  readonly action: FailureAction;
}

/** Whether the server runs on this machine, where its log and its set-up are at hand. */
export type ServerSide = 'local' | 'remote';

/** The card of a personalization that failed, for every reason that trainer and server give. */
export function cardOfRun(reason: RunFailure['reason'], server: ServerSide): FailureCard {
  switch (reason) {
    case 'invalid-spec':
      return { cause: 'the training settings were refused', action: trainingSettings };
    case 'invalid-base-model':
      return { cause: 'the base model is damaged', action: server === 'local' ? setUp : diagnose };
    case 'too-few-pairs':
      return { cause: 'there are too few tests to learn from', action: showPairs };
    case 'no-gain':
      return { cause: 'no strategy makes the model better', action: showPairs };
    case 'out-of-memory':
      return { cause: 'memory ran out', action: trainingSettings };
    case 'disk-full':
      return { cause: 'the disk is full', action: again };
    case 'internal':
      return { cause: 'the training broke', action: logOf(server) };
    case 'unknown':
      return { cause: 'this version does not know the reason', action: logOf(server) };
  }
}

/** The card of a call that failed. */
export function cardOfCall(kind: ServerErrorKind, server: ServerSide): FailureCard {
  switch (kind) {
    case 'unauthenticated':
      return { cause: 'the token is not accepted', action: connect };
    case 'forbidden':
      return { cause: 'the token allows less', action: connect };
    case 'untrusted-certificate':
      return { cause: 'the certificate is not trusted', action: serverSettings };
    case 'unreachable':
      return { cause: 'the server does not answer', action: diagnose };
    case 'timeout':
      return { cause: 'the server is slow', action: diagnose };
    case 'incompatible':
      return { cause: 'server and extension are of different versions', action: diagnose };
    case 'internal':
      return { cause: 'the server broke', action: logOf(server) };
    case 'not-found':
      return { cause: 'it does not exist', action: showLog };
    case 'refused':
      return { cause: 'the server refused it', action: showLog };
    case 'limit':
      return { cause: 'a limit was reached', action: showLog };
  }
}

/** The card of a local server that does not run. */
export function cardOfLocalServer(kind: LocalServerError['kind']): FailureCard {
  switch (kind) {
    case 'not-set-up':
      return { cause: 'the local server is not set up', action: setUp };
    case 'did-not-start':
      return { cause: 'the local server did not start', action: logOf('local') };
  }
}

export const showLog: FailureAction = { title: 'Show Log', command: 'bespoke.showLog' };

const connect: FailureAction = { title: 'Connect to Server', command: 'bespoke.connectToServer' };
const diagnose: FailureAction = { title: 'Diagnose Connection', command: 'bespoke.diagnoseConnection' };
const setUp: FailureAction = { title: 'Set Up', command: 'bespoke.setUpLocalServer' };
const showPairs: FailureAction = { title: 'Show the Pairs', command: 'bespoke.previewTrainingData' };
const again: FailureAction = { title: 'Personalize Again', command: 'bespoke.personalize' };
const openSettings = { title: 'Open Settings', command: 'workbench.action.openSettings' };
const trainingSettings: FailureAction = { ...openSettings, arguments: ['bespoke.personalization'] };
const serverSettings: FailureAction = { ...openSettings, arguments: ['bespoke.server'] };

/** The log of a remote server is not ours to show; its operator has it. */
function logOf(server: ServerSide): FailureAction {
  return server === 'local' ? { title: 'Show Server Log', command: 'bespoke.showServerLog' } : showLog;
}
