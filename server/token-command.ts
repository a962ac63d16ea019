import type { TokenFlags } from './flags.ts';
import type { Token, TokenLedger } from './ledger/tokens.ts';
import type { Log } from './log.ts';
import { openLockedLedger } from './open-ledger.ts';
import { dataDirAt } from './storage/data-dir.ts';

/**
 * Makes, lists or revokes tokens, and returns what is to be printed. A server on the same PostgreSQL knows at its next call what was
 * changed; the embedded database is open to one process at a time, so there the server has to be stopped first.
 */
export async function runTokenCommand(flags: TokenFlags, log: Log): Promise<readonly string[]> {
  const locked = await openLockedLedger(dataDirAt(flags.dataDir), flags.databaseUrl, 'administer', (error) =>
    log.error('lock-lost', error),
  );
  try {
    return await run(flags, locked.ledger.tokens);
  } finally {
    await locked.close();
  }
}

async function run(flags: TokenFlags, tokens: TokenLedger): Promise<readonly string[]> {
  switch (flags.command) {
    case 'token create':
      // The only time that anybody sees it.
      return [await tokens.create(flags.token)];
    case 'token list':
      return (await tokens.list()).map(describe);
    case 'token revoke':
      await tokens.revoke(flags.tenant, flags.name);
      return [];
  }
}

/** One line of JSON. */
function describe(token: Token): string {
  return JSON.stringify({
    tenant: token.tenant.name,
    name: token.name,
    role: token.role,
    repositories: token.repositories,
    created: time(token.createdMs),
    expires: time(token.expiresMs),
    lastUsed: time(token.lastUsedMs),
    revoked: time(token.revokedMs),
  });
}

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
