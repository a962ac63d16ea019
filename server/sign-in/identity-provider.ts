import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isSafeUrl } from '../../core/sign-in/safe-url.ts';
import { BespokeError, expiredSignIn, identityProviderAway, startRefused, wrongToken } from '../errors.ts';

/** The OpenID Connect provider that vouches for people. */
export interface IdentityProviderSettings {
  /** As its tokens name it, to the letter. */
  readonly issuer: string;
  /** Whom its tokens have to be for. */
  readonly audience: string;
}

/** Verifies a provider's tokens, ID tokens and access tokens alike, as long as they are signed JSON web tokens. The only owner of jose. */
export class IdentityProvider {
  /** Gives the key that a token says it was signed with; asked for at the first token, and again when that failed. */
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(private readonly settings: IdentityProviderSettings) {}

  /**
   * Finds the provider. Throws `BespokeError` `start-refused` when it is another than the settings say, and
   * `identity-provider-away` when nobody answers.
   */
  async find(): Promise<void> {
    await this.#findKeys();
  }

  /**
   * What a token claims, once everything about it was checked. Throws `BespokeError` `wrong-token` for one that is not for us,
   * `identity-provider-away` when its keys cannot be had.
   */
  async verify(token: string): Promise<JWTPayload> {
    const keys = await this.#findKeys();
    const { issuer, audience } = this.settings;
    try {
      const requiredClaims = ['exp', 'sub'];
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims,
      });
      return payload;
    } catch (cause) {
      if (cause instanceof BespokeError) throw cause;
      // It is looked at last, so only whoever had a good token learns that it is over.
      if (cause instanceof errors.JWTExpired) throw expiredSignIn();
      throw wrongToken();
    }
  }

  #findKeys(): Promise<JWTVerifyGetKey> {
    this.#keys ??= findKeys(this.settings.issuer).catch((error: unknown) => {
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }
}

/** Those that need a private key to sign: with a shared one, whoever can check a token could make it. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** A token with a key that is not known yet makes us ask, at most this often, so that no flood of tokens becomes one of requests. */
const ASK_AGAIN_MS = 2_000;
/** A key that the provider has taken back is good for at most this long. */
const KEYS_GOOD_MS = 300_000;
const TIMEOUT_MS = 5_000;

async function findKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/u, '')}/.well-known/openid-configuration`;
  const found = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    .then(async (response) => (response.ok ? ((await response.json()) as Record<string, unknown>) : undefined))
    .catch(() => undefined);
  if (found === undefined) throw identityProviderAway();
  const { issuer: named, jwks_uri: keysAt } = found;
  if (named !== issuer)
    throw startRefused(
      `The identity provider at ${url} calls itself ${JSON.stringify(named)}: give --oidc-issuer exactly that value.`,
    );
  if (!isSafeUrl(keysAt))
    throw startRefused(`The identity provider at ${url} names no https address of its keys: check --oidc-issuer.`);
  const keys = createRemoteJWKSet(new URL(keysAt), {
    cooldownDuration: ASK_AGAIN_MS,
    cacheMaxAge: KEYS_GOOD_MS,
    timeoutDuration: TIMEOUT_MS,
  });
  return (header, token) =>
    keys(header, token).catch((cause: unknown) => {
      throw isOfToken(cause) ? cause : identityProviderAway({ cause });
    });
}

function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
