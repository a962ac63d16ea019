import { setTimeout } from 'node:timers/promises';
import { isSafeUrl } from '../../core/sign-in/safe-url.ts';
import { Failure } from '../failure.ts';
import { askProvider } from './ask-provider.ts';
import { type SignedIn, signedInBy } from './renew-sign-in.ts';
import { signInAgain } from './sign-in-again.ts';

/** Whom people sign in with, and as what the editor is known there. */
export interface SignInSettings {
  readonly issuer: string;
  readonly clientId: string;
}

/** A sign-in that waits for its person, who types the code on the provider's page. */
export interface BegunSignIn {
  readonly userCode: string;
  /** Where to open a browser, on whatever machine it is. */
  readonly page: string;
  /** Waits until the person has signed in; `undefined` when it was cancelled. Throws `Failure`. */
  finish(signal: AbortSignal): Promise<SignedIn | undefined>;
}

/**
 * Begins a sign-in by OAuth's device flow. It needs no address to come back to, so it works where the editor's window and the extension
 * are on different machines: over SSH, in a container, in a browser. Throws `Failure`.
 */
export async function beginSignIn(settings: SignInSettings): Promise<BegunSignIn> {
  const { issuer, clientId } = settings;
  const url = `${issuer.replace(/\/$/u, '')}/.well-known/openid-configuration`;
  if (!isSafeUrl(url)) throw settingsFailure(`the identity provider ${issuer} has no https address`);
  const found = await askProvider(url);
  const { device_authorization_endpoint: startAt, token_endpoint: tokenAt } = found;
  if (found.issuer !== issuer) throw settingsFailure(`the identity provider at ${issuer} calls itself otherwise`);
  if (!isSafeUrl(startAt) || !isSafeUrl(tokenAt))
    throw settingsFailure(`the identity provider ${issuer} offers no sign-in by code (device flow)`);
  const begun = await askProvider(startAt, { client_id: clientId, scope: scopeOf(found) });
  const { device_code: deviceCode, user_code: userCode } = begun;
  const page = begun.verification_uri_complete ?? begun.verification_uri;
  if (typeof deviceCode !== 'string' || typeof userCode !== 'string' || !isSafeUrl(page))
    throw settingsFailure(`the identity provider ${issuer} does not know the client ${clientId} for a sign-in by code`);
  const intervalMs = 1000 * (typeof begun.interval === 'number' ? begun.interval : DEFAULT_INTERVAL_SECONDS);
  const form = { grant_type: DEVICE_GRANT, client_id: clientId, device_code: deviceCode };
  return { userCode, page, finish: (signal) => poll(tokenAt, form, intervalMs, signal) };
}

async function poll(
  tokenAt: string,
  form: { readonly grant_type: string; readonly client_id: string; readonly device_code: string },
  firstIntervalMs: number,
  signal: AbortSignal,
): Promise<SignedIn | undefined> {
  for (let intervalMs = firstIntervalMs; ; ) {
    const waited = await setTimeout(intervalMs, true, { signal }).catch(() => false);
    if (!waited) return undefined;
    const answer = await askProvider(tokenAt, form);
    const signedIn = signedInBy(answer, { tokenAt, clientId: form.client_id });
    if (signedIn !== undefined) return signedIn;
    switch (answer.error) {
      case 'authorization_pending':
        break;
      case 'slow_down':
        intervalMs += 1000 * DEFAULT_INTERVAL_SECONDS;
        break;
      case 'expired_token':
        throw new Failure('the code of the sign-in has run out: sign in again.', signInAgain);
      case 'access_denied':
        throw new Failure('the sign-in was refused on the page of the identity provider: sign in again.', signInAgain);
      default:
        throw settingsFailure('the identity provider gave no ID token');
    }
  }
}

/** With a refresh token where the provider has such, so that people do not sign in again every hour. */
function scopeOf({ scopes_supported: scopes }: Record<string, unknown>): string {
  return Array.isArray(scopes) && scopes.includes('offline_access') ? 'openid offline_access' : 'openid';
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** As RFC 8628 says where a provider does not. */
const DEFAULT_INTERVAL_SECONDS = 5;

/** `what` is a clause. */
function settingsFailure(what: string): Failure {
  const action = {
    title: 'Open Settings',
    command: 'workbench.action.openSettings',
    arguments: ['bespoke.server.signIn'],
  };
  return new Failure(`${what}: check the settings under Bespoke › Server › Sign In.`, action);
}
