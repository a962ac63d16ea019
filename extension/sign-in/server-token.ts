import { Failure } from '../failure.ts';
import { renewSignIn, type SignedIn, type SignInRenewal, signedOut, tokenEndMs } from './renew-sign-in.ts';

/** Where tokens are kept: the editor's secret storage, which all its windows share. */
export interface TokenStorage {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

/** The token for one server: one that its operator made, or one of a sign-in, which is renewed before it ends. */
export class ServerToken {
  readonly #tokenKey: string;
  readonly #renewalKey: string;
  #renewing: Promise<string> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly address: string,
    private readonly storage: TokenStorage,
  ) {
    this.#tokenKey = `token of ${address}`;
    this.#renewalKey = `renewal of the token of ${address}`;
  }

  async keep({ token, renewal }: SignedIn): Promise<void> {
    if (renewal === undefined) await this.storage.delete(this.#renewalKey);
    else await this.storage.store(this.#renewalKey, JSON.stringify(renewal));
    await this.storage.store(this.#tokenKey, token);
  }

  /** A token that holds for a while yet, if one can be had. Throws `Failure` when there is none. */
  async current(): Promise<string> {
    const token = await this.#kept();
    if ((tokenEndMs(token) ?? Number.POSITIVE_INFINITY) - Date.now() > RENEW_BEFORE_MS) return token;
    this.#renewing ??= this.#renew(token).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Renews a token of a sign-in shortly before it ends, again and again until this is closed, for streams that are open meanwhile. */
  async renewInTime(useToken: (token: string) => void): Promise<void> {
    clearTimeout(this.#timer);
    const endMs = tokenEndMs(await this.#kept());
    const isRenewed = (await this.storage.get(this.#renewalKey)) !== undefined;
    if (endMs === undefined || !isRenewed || this.#isClosed) return;
    // Not all windows at once: most providers take a refresh token once, and some end the sign-in when it comes twice.
    const laterMs = (RENEW_BEFORE_MS / 2) * Math.random();
    const inMs = Math.max(endMs - RENEW_BEFORE_MS + laterMs - Date.now(), LEAST_PAUSE_MS);
    const renew = async () => {
      useToken(await this.current());
      await this.renewInTime(useToken);
    };
    clearTimeout(this.#timer);
    // Whoever calls next is told why it could not be renewed.
    this.#timer = setTimeout(() => void renew().catch(() => undefined), Math.min(inMs, MOST_TIMER_MS)).unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #kept(): Promise<string> {
    const token = await this.storage.get(this.#tokenKey);
    if (token === undefined || token === '')
      throw new Failure(`there is no token for ${this.address}: connect to the server first.`, {
        title: 'Connect to Server',
        command: 'bespoke.connectToServer',
      });
    return token;
  }

  async #renew(token: string): Promise<string> {
    const kept = await this.storage.get(this.#renewalKey);
    // Nothing renews it. The server says whether it still holds.
    if (kept === undefined) return token;
    const holds = (tokenEndMs(token) ?? 0) > Date.now();
    const renewed = await renewSignIn(JSON.parse(kept) as SignInRenewal).catch((away: unknown) => {
      if (holds) return 'away' as const;
      throw away;
    });
    if (renewed === 'away') return token;
    if (renewed !== undefined) {
      await this.keep(renewed);
      return renewed.token;
    }
    // Another window may have been first.
    const other = await this.#kept();
    if (other !== token) return other;
    if (holds) return token;
    throw signedOut(this.address);
  }
}

const RENEW_BEFORE_MS = 60_000;
const LEAST_PAUSE_MS = 10_000;
/** Timers that are longer fire at once. */
const MOST_TIMER_MS = 2 ** 31 - 1;
