import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { startRefused } from '../errors.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../processes/process-identity.ts';
import { writeDurably } from './durable-file.ts';

/**
 * Locks a data folder against a second server; the embedded database would be damaged by two. Returns what unlocks it.
 *
 * The lock itself is a folder whose time is renewed every second, so that it works on shared disks too. The owner's name beside it says
 * more on the same machine: while the owner lives a second server is refused at once, and when it was killed the lock counts as left
 * after two seconds in place of ten.
 */
export async function lockDataDir(root: string, onLost: (error: Error) => void): Promise<() => Promise<void>> {
  await mkdir(root, { recursive: true });
  const ownerFile = join(root, 'owner.json');
  const owner = await readFile(ownerFile, 'utf8')
    .then((text) => JSON.parse(text) as Owner)
    .catch(() => undefined);
  // Where the system does not tell when a process started, nobody can say that the owner is dead.
  const isNeighbour = owner?.host === hostname() && owner.pid !== process.pid && owner.started !== null;
  if (owner !== undefined && isNeighbour && (await isRunning(owner))) throw inUse(root, owner.pid);
  const unlock = await lock(root, {
    lockfilePath: join(root, 'server.lock'),
    stale: isNeighbour ? LEFT_BY_THE_DEAD_MS : LEFT_BY_OTHERS_MS,
    update: RENEW_MS,
    retries: { retries: 45, minTimeout: 250, maxTimeout: 250 },
    onCompromised: onLost,
  }).catch((cause: unknown) => {
    throw inUse(root, owner?.pid, { cause });
  });
  await writeDurably(
    ownerFile,
    JSON.stringify({ ...(await identityOf(process.pid)), host: hostname() } satisfies Owner),
  );
  return unlock;
}

interface Owner extends ProcessIdentity {
  readonly host: string;
}

const RENEW_MS = 1000;
const LEFT_BY_THE_DEAD_MS = 2000;
const LEFT_BY_OTHERS_MS = 10_000;

const inUse = (root: string, pid: number | undefined, options?: ErrorOptions) =>
  startRefused(
    `Another Bespoke server${pid === undefined ? '' : ` (process ${pid})`} uses the data folder ${root}: stop it, or choose another folder with --data-dir.`,
    options,
  );
