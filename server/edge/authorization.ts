import { createHash } from 'node:crypto';
import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { GenerationServiceService } from '../../proto/gen/bespoke/v1/generation.ts';
import { PersonalizationServiceService } from '../../proto/gen/bespoke/v1/personalization.ts';
import type { Caller } from '../caller.ts';
import { expiredToken, missingToken, revokedToken, wrongRole, wrongToken } from '../errors.ts';
import type { Token, TokenLedger } from '../ledger/tokens.ts';
import type { Log } from '../log.ts';
import type { Counted, TenantQuotas } from '../quotas/tenant-quotas.ts';
import type { People } from '../sign-in/people.ts';
import { accessOf } from './access.ts';
import { type Refusal, toStatus } from './status.ts';

/**
 * Decides who calls and whether the caller may, for every call of every service and before anything of its messages is read. A call that
 * goes on for long ends when its token does.
 */
export class Authorization {
  readonly #callers = new WeakMap<Metadata, Caller>();
  /** By a token's hash, whose it was last. It admits nobody; it lets a flood be turned away without asking the ledger about each call. */
  readonly #tenantIds = new Map<string, string>();

  constructor(
    private readonly tokens: TokenLedger,
    private readonly log: Log,
    private readonly quotas: Pick<TenantQuotas, 'admitCall' | 'requireCall' | 'requireRoom'>,
    /** `undefined` where nobody signs in. */
    private readonly people?: People,
  ) {}

  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    let ended = false;
    /** Nothing of the answer goes out any more: what was written behind a status would break the stream before the status is through. */
    let cut = false;
    let again: NodeJS.Timeout | undefined;
    const look = async (metadata: Metadata) => {
      const refusal = await this.#refusal(path, metadata, false);
      if (ended || cut || refusal?.code !== status.UNAUTHENTICATED) return;
      cut = true;
      call.sendStatus(refusal);
    };
    return new ServerInterceptingCall(call, {
      sendMessage: (message, next) => {
        if (!cut) next(message);
      },
      sendStatus: (outcome, next) => {
        if (!cut) next(outcome);
      },
      start: (next) =>
        next({
          onReceiveMetadata: async (metadata, admit) => {
            const refusal = (await this.#refusal(path, metadata, true)) ?? this.#excess(path, metadata);
            if (ended) return;
            if (refusal !== undefined) return call.sendStatus(refusal);
            again = setInterval(() => void look(metadata), LOOK_AGAIN_MS);
            admit(metadata);
          },
          // However a call ends, grpc-js says so here.
          onCancel: () => {
            ended = true;
            clearInterval(again);
          },
        }),
    });
  };

  /** The caller of a call that was admitted. */
  callerOf(metadata: Metadata): Caller {
    const caller = this.#callers.get(metadata);
    if (caller === undefined) throw new Error('A call that needs a caller was admitted without one.');
    return caller;
  }

  /** Why a call is refused, be it new or going on; `undefined` for one that is not, and then its caller is known. */
  async #refusal(path: string, metadata: Metadata, isNew: boolean): Promise<Refusal | undefined> {
    try {
      const access = accessOf.get(path);
      if (access === undefined) throw new Error(`Nothing says who may call ${path}.`);
      if (access === 'anyone') return undefined;
      const hash = tokenHash(metadata);
      if (isNew) this.#refuseFlood(path, hash);
      const caller = await this.#identify(metadata, hash);
      if (!access.includes(caller.role)) throw wrongRole(caller.role, access);
      this.#callers.set(metadata, caller);
      return undefined;
    } catch (error) {
      return toStatus(error, this.log, path);
    }
  }

  /** Why a call is one too many; `undefined` for one that is not. */
  #excess(path: string, metadata: Metadata): Refusal | undefined {
    const caller = this.#callers.get(metadata);
    if (caller === undefined) return undefined;
    try {
      this.quotas.admitCall(caller.tenant.id);
      return undefined;
    } catch (error) {
      return toStatus(error, this.log, path);
    }
  }

  /** Turns away what would be one too many before anything is looked up for it: a flood must cost less than what it keeps from others. */
  #refuseFlood(path: string, hash: string): void {
    const tenantId = this.#tenantIds.get(hash);
    if (tenantId === undefined) return;
    this.quotas.requireCall(tenantId);
    const counted = countedOf.get(path);
    if (counted !== undefined) this.quotas.requireRoom(tenantId, counted);
  }

  async #identify(metadata: Metadata, hash: string): Promise<Caller> {
    const token = tokenOf(metadata);
    const known = await this.tokens.find(token);
    const caller = known === undefined ? await this.people?.callerOf(token) : this.#ownerOf(known);
    if (caller === undefined) throw wrongToken();
    if (this.#tenantIds.size >= MOST_REMEMBERED) this.#tenantIds.clear();
    this.#tenantIds.set(hash, caller.tenant.id);
    // A disk that takes no more writes is no reason to turn callers away, who may have come to make room.
    if (known !== undefined)
      await this.tokens.markUsed(token, known).catch((error: unknown) => this.log.error('token-use-not-kept', error));
    return caller;
  }

  #ownerOf(known: Token): Caller {
    if (known.revokedMs !== null) throw revokedToken();
    if (known.expiresMs !== null && known.expiresMs <= Date.now()) throw expiredToken();
    return known;
  }
}

function tokenOf(metadata: Metadata): string {
  const [authorization] = metadata.get('authorization');
  const token = typeof authorization === 'string' ? /^Bearer (\S+)$/i.exec(authorization)?.[1] : undefined;
  if (token === undefined) throw missingToken();
  return token;
}

const tokenHash = (metadata: Metadata) => createHash('sha256').update(tokenOf(metadata)).digest('base64');

/** By the path of the call, of what it takes one for as long as it goes on. */
const countedOf: ReadonlyMap<string, Counted> = new Map([
  [GenerationServiceService.generate.path, 'generations'],
  [GenerationServiceService.runBlocks.path, 'generations'],
  [PersonalizationServiceService.uploadCorpus.path, 'uploads'],
  [PersonalizationServiceService.importAdapter.path, 'uploads'],
]);

const LOOK_AGAIN_MS = 10_000;
const MOST_REMEMBERED = 10_000;
