import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, type JsonWebKey, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './server-under-test.ts';

const program = fileURLToPath(new URL('identity-provider.mjs', import.meta.url));

/** A private key that signs tokens, under the name that tokens give it. */
export type SigningKey = JsonWebKey & { readonly kid: string };

export function signingKey(kid: string): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

/** A real OpenID Connect provider in a process of its own. */
export class IdentityProviderUnderTest {
  readonly issuer: string;
  #process: ChildProcess | undefined;

  private constructor(private readonly port: number) {
    this.issuer = `http://127.0.0.1:${port}`;
  }

  static async start(key: SigningKey): Promise<IdentityProviderUnderTest> {
    const provider = new IdentityProviderUnderTest(await freePort());
    await provider.startAgain(key);
    return provider;
  }

  /** The same provider with another key, as after a rotation. */
  async startAgain(key: SigningKey): Promise<void> {
    const file = join(temporaryFolder('identity-provider'), 'keys.json');
    writeFileSync(file, JSON.stringify({ keys: [key] }));
    const child = spawn(process.execPath, [program, String(this.port), file], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let said = '';
    child.stderr.on('data', (bytes) => {
      said += bytes;
    });
    await new Promise<void>((listening, failed) => {
      child.stdout.once('data', () => listening());
      child.once('exit', () => failed(new Error(`The provider ended: ${said}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await ended;
  }

  /** An access token for an audience. */
  async accessToken(audience: string, claims: object, ttlSeconds = 600): Promise<string> {
    const form = { grant_type: 'client_credentials', resource: audience, claims: JSON.stringify(claims) };
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('service:secret-of-the-service').toString('base64')}` },
      body: new URLSearchParams({ ...form, ttl: String(ttlSeconds) }),
    });
    return tokenIn(response, 'access_token');
  }

  /** Signs somebody in as a browser would, with the authorization code flow and PKCE; returns the ID token, which is for the client `editor`. */
  async signIn(login: string): Promise<string> {
    const verifier = randomBytes(32).toString('base64url');
    const redirectUri = 'http://127.0.0.1/callback';
    const query = new URLSearchParams({
      ...{ client_id: 'editor', response_type: 'code', scope: 'openid', redirect_uri: redirectUri, state: 'state' },
      ...{ code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' },
    });
    const browser = new Browser(this.issuer);
    let at = await browser.go(`/auth?${query}`);
    for (const form of [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }]) {
      at = await browser.go(at, form);
      at = await browser.go(at);
    }
    const code = new URL(at).searchParams.get('code') ?? '';
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', client_id: 'editor', redirect_uri: redirectUri },
        ...{ code, code_verifier: verifier },
      }),
    });
    return tokenIn(response, 'id_token');
  }
}

/** Types the code of a device on the provider's page and signs in there, or says no, as a person does in a browser. */
export async function answerDevice(page: string, userCode: string, login: string | 'refuse'): Promise<void> {
  const browser = new Browser(page);
  const { pathname } = new URL(page);
  const xsrf = await browser.find(pathname, /name="xsrf" value="(\w+)"/);
  if (login === 'refuse') {
    await browser.find(pathname, /(.)/, { xsrf, user_code: userCode, abort: 'yes' });
    return;
  }
  const confirmed = await browser.find(pathname, /name="xsrf" value="(\w+)"/, { xsrf, user_code: userCode });
  let at = await browser.go(pathname, { xsrf: confirmed, user_code: userCode, confirm: 'yes' });
  at = await browser.go(await browser.go(at, { prompt: 'login', login, password: 'any' }));
  const done = await browser.go(at, { prompt: 'consent' });
  await browser.find(done, /(Sign-in Success)/);
}

/** Keeps cookies. */
class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(private readonly issuer: string) {}

  /** What a page says. */
  async find(to: string, wanted: RegExp, form?: Record<string, string>): Promise<string> {
    const text = await (await this.#send(to, form)).text();
    const found = wanted.exec(text)?.[1];
    if (found === undefined) throw new Error(`The provider's page says something else: ${text}`);
    return found;
  }

  /** Where it is sent. */
  async go(to: string, form?: Record<string, string>): Promise<string> {
    const response = await this.#send(to, form);
    const location = response.headers.get('location');
    if (location === null)
      throw new Error(`The provider sent nobody on (${response.status}): ${await response.text()}`);
    return location;
  }

  async #send(to: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(new URL(to, this.issuer), {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map((cookie) => cookie.join('=')).join('; ') },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }
}

async function tokenIn(response: Response, name: string): Promise<string> {
  const answer = (await response.json()) as Record<string, unknown>;
  const token = answer[name];
  if (typeof token !== 'string') throw new Error(`The provider gave no token: ${JSON.stringify(answer)}`);
  return token;
}

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
