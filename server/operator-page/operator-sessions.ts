import { randomBytes } from 'node:crypto';
import type { TokenLedger } from '../ledger/tokens.ts';
import type { People } from '../sign-in/people.ts';

/** Who may look, by tokens of the server's own or of people who sign in; the role is operator in either case. */
export interface OperatorParts {
  readonly tokens: Pick<TokenLedger, 'find'>;
  /** `undefined` where nobody signs in. */
  readonly people: Pick<People, 'callerOf'> | undefined;
}

/** Operators who look at the page. A session is kept in memory only, and its token is looked up again for every look. */
export class OperatorSessions {
  readonly #sessions = new Map<string, { readonly token: string; readonly endsMs: number }>();

  constructor(
    private readonly parts: OperatorParts,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether the token is an operator's at this moment. */
  async admits(token: string): Promise<boolean> {
    const known = await this.parts.tokens.find(token);
    if (known !== undefined) {
      const hasEnded = known.revokedMs !== null || (known.expiresMs !== null && known.expiresMs <= this.now());
      return !hasEnded && known.role === 'operator';
    }
    // A token that the provider did not make, or that says too little, admits nobody here; why is no news for who guesses.
    const person = await this.parts.people?.callerOf(token).catch(() => undefined);
    return person?.role === 'operator';
  }

  /** The key of a new session; `undefined` for a token that is no operator's. */
  async begin(token: string): Promise<string | undefined> {
    if (!(await this.admits(token))) return undefined;
    for (const [key, { endsMs }] of this.#sessions) if (endsMs <= this.now()) this.#sessions.delete(key);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const key = randomBytes(32).toString('base64url');
    this.#sessions.set(key, { token, endsMs: this.now() + SESSION_MS });
    return key;
  }

  /** Whether the session goes on: it ends by itself, and with its token. */
  async goesOn(key: string): Promise<boolean> {
    const session = this.#sessions.get(key);
    if (session === undefined) return false;
    if (session.endsMs > this.now() && (await this.admits(session.token))) return true;
    this.end(key);
    return false;
  }

  end(key: string): void {
    this.#sessions.delete(key);
  }
}

const SESSION_MS = 8 * 3_600_000;
const MOST_SESSIONS = 100;
