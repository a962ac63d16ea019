import type { Caller, Role } from '../caller.ts';
import { signInWithoutRights } from '../errors.ts';
import type { Tenant } from '../ledger/tenants.ts';
import { isSimpleName } from '../request-checks.ts';

/** Which claims of a token say where its owner belongs. */
export interface ClaimNames {
  readonly tenant: string;
  readonly role: string;
}

/** What people are known by. */
export interface PeopleParts {
  readonly provider: { verify(token: string): Promise<Readonly<Record<string, unknown>>> };
  readonly claims: ClaimNames;
  /** The tenant of this name, made when there is none. */
  tenantNamed(name: string): Promise<Tenant>;
}

/** People who signed in with an identity provider. It decides in which tenant they are and what they may do there. */
export class People {
  constructor(private readonly parts: PeopleParts) {}

  /** Who signed in with a token; `undefined` for what no provider made. Throws `BespokeError` `wrong-token` for one that is refused. */
  async callerOf(token: string): Promise<Caller | undefined> {
    if (!/^[\w-]+\.[\w-]+\.[\w-]*$/u.test(token)) return undefined;
    const { claims, provider, tenantNamed } = this.parts;
    const claimed = await provider.verify(token);
    const tenantName = claimed[claims.tenant];
    const role = roleOf(claimed[claims.role]);
    if (typeof tenantName !== 'string' || !isSimpleName(tenantName) || role === undefined)
      throw signInWithoutRights(claims.tenant, claims.role);
    return { tenant: await tenantNamed(tenantName), role, repositories: null };
  }
}

/** Of several roles the one that may do the most with code; an operator who is also a developer would be neither by chance otherwise. */
const byRights: readonly Role[] = ['maintainer', 'developer', 'operator'];

function roleOf(claim: unknown): Role | undefined {
  const roles: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return byRights.find((role) => roles.includes(role));
}
