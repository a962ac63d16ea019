import type { Tenant } from './ledger/tenants.ts';

/**
 * What a caller may do. A developer personalizes and generates, a maintainer also decides which adapter is active and what is forgotten.
 * An operator looks after tenants and tokens; that is no reason to read a team's code, so the role gives none of the other two.
 */
export const roles = ['developer', 'maintainer', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Who calls, and what exists for the call. */
export interface Caller {
  readonly tenant: Tenant;
  readonly role: Role;
  /** Names of the tenant's repositories that exist for the caller; `null` for all of them, also those to come. */
  readonly repositories: readonly string[] | null;
}

/** Whether a repository of this name may exist for the caller. */
export function reaches(caller: Caller, repository: string): boolean {
  return caller.repositories === null || caller.repositories.includes(repository);
}
