import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { startRefused } from '../errors.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../processes/process-identity.ts';
import { writeDurably } from './durable-file.ts';

/**
 * Locks a data folder against a second server; the embedded database would be damaged by two. Returns what unlocks it. The folder of a
 * server that was killed is free again after `STALE_MS`; the owner's name next to the lock only serves to refuse at once while the owner
 * lives.
 */
export async function lockDataDir(root: string, onLost: (error: Error) => void): Promise<() => Promise<void>> {
  await mkdir(root, { recursive: true });
  const ownerFile = join(root, 'owner.json');
  const owner = await readFile(ownerFile, 'utf8')
    .then((text) => JSON.parse(text) as ProcessIdentity)
    .catch(() => undefined);
  if (owner !== undefined && owner.pid !== process.pid && (await isRunning(owner))) throw inUse(root, owner.pid);
  const unlock = await lock(root, {
    lockfilePath: join(root, 'server.lock'),
    stale: STALE_MS,
    update: STALE_MS / 4,
    retries: { retries: 12, minTimeout: 250, maxTimeout: 1000, factor: 1.3 },
    onCompromised: onLost,
  }).catch((cause: unknown) => {
    throw inUse(root, owner?.pid, { cause });
  });
  await writeDurably(ownerFile, JSON.stringify(await identityOf(process.pid)));
  return unlock;
}

const STALE_MS = 4000;

const inUse = (root: string, pid: number | undefined, options?: ErrorOptions) =>
  startRefused(
    `Another Bespoke server${pid === undefined ? '' : ` (process ${pid})`} uses the data folder ${root}: stop it, or choose another folder with --data-dir.`,
    options,
  );
