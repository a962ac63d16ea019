import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openLedger } from '../../../server/ledger/ledger.ts';
import { openPglite } from '../../../server/ledger/pglite-database.ts';
import { emptyDatabase, temporaryFolder } from './server-under-test.ts';

/** A data folder for a server that knows these tenants, and a maintainer's token of each. */
export async function folderWithTenants(
  names: readonly string[],
): Promise<{ readonly dataDir: string; readonly tokens: readonly string[] }> {
  const dataDir = temporaryFolder('tenants');
  const database = join(dataDir, 'database');
  cpSync(await emptyDatabase(), database, { recursive: true });
  const ledger = await openLedger(await openPglite(database));
  const tokens: string[] = [];
  const expiresMs = Date.now() + 86_400_000;
  for (const tenantName of names)
    tokens.push(
      await ledger.tokens.create({ tenantName, name: 'tests', role: 'maintainer', repositories: null, expiresMs }),
    );
  await ledger.close();
  return { dataDir, tokens };
}
