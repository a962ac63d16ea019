import { Failure } from '../failure.ts';
import { askProvider } from './ask-provider.ts';
import { signInAgain } from './sign-in-again.ts';

/** What a sign-in gave. */
export interface SignedIn {
  /** An ID token, a JSON web token that ends. */
  readonly token: string;
  /** `undefined` where the provider gives no refresh tokens: then the person signs in again. */
  readonly renewal: SignInRenewal | undefined;
}

/** How to get the next token without the person. */
export interface SignInRenewal {
  readonly tokenAt: string;
  readonly clientId: string;
  readonly refreshToken: string;
}

/**
 * Asks for the next token. `undefined`: the provider does not know this refresh token any more, because the person was signed out there or
 * because it was used before. Throws `Failure` when the provider does not answer.
 */
export async function renewSignIn({ tokenAt, clientId, refreshToken }: SignInRenewal): Promise<SignedIn | undefined> {
  const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken };
  return signedInBy(await askProvider(tokenAt, form), { tokenAt, clientId, refreshToken });
}

/** What a provider's answer gives; it may keep the refresh token that was used. */
export function signedInBy(
  answer: Record<string, unknown>,
  { tokenAt, clientId, refreshToken }: Omit<SignInRenewal, 'refreshToken'> & { readonly refreshToken?: string },
): SignedIn | undefined {
  const { id_token: token, refresh_token: next = refreshToken } = answer;
  if (typeof token !== 'string') return undefined;
  return { token, renewal: typeof next === 'string' ? { tokenAt, clientId, refreshToken: next } : undefined };
}

/** When a token ends, as of `Date.now()`; `undefined` for one that does not say so, as those that a server made itself. */
export function tokenEndMs(token: string): number | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp?: unknown };
    return typeof claims.exp === 'number' ? claims.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

export function signedOut(address: string): Failure {
  return new Failure(`your sign-in to ${address} has ended: sign in again.`, signInAgain);
}
