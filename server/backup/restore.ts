import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startRefused } from '../errors.ts';
import type { RestoreFlags } from '../flags.ts';
import type { Log } from '../log.ts';
import { dataDirAt } from '../storage/data-dir.ts';
import { isDiskFull, syncFolder } from '../storage/durable-file.ts';
import { readBackup } from './backup-file.ts';
import { forgetAgain } from './forget-again.ts';
import { readReceipts } from './read-receipts.ts';

/** While it is in a data folder, nothing there is to be used. */
const UNFINISHED = 'restore.unfinished';

/**
 * Restores a backup into an empty data folder, which the caller has locked. All of it happens in a folder of its own inside: checking,
 * unpacking, and erasing again what was forgotten since. Only then it is moved to where a server looks. A restore that was killed leaves a
 * folder that no server starts on and that the next restore begins anew.
 */
export async function restore({ dataDir: root, from, receipts }: RestoreFlags, log: Log) {
  const unfinished = join(root, UNFINISHED);
  const there = (await readdir(root)).filter((name) => !ofLock.includes(name));
  if (!there.includes(UNFINISHED) && there.length > 0)
    throw startRefused(
      `The data folder ${root} is not empty: restore into a new one, and keep this one until that serves.`,
    );
  // It goes last, because without it the rest would look whole.
  for (const name of there) if (name !== UNFINISHED) await rm(join(root, name), { recursive: true, force: true });
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  await syncFolder(root);
  try {
    const { createdMs, files } = await readBackup(from, unfinished).catch((cause: unknown) => {
      if (isDiskFull(cause)) throw cause;
      throw startRefused(`The backup ${from} was refused, ${(cause as Error).message}: use another one.`, { cause });
    });
    log.info('backup-unpacked', { files: Object.keys(files).length });
    const staged = dataDirAt(unfinished);
    const forgottenAgain = await forgetAgain(staged, await readReceipts(receipts, staged), log);
    log.info('backup-checked', { forgottenAgain: forgottenAgain.length });
    for (const name of await readdir(unfinished)) {
      await rename(join(unfinished, name), join(root, name));
      log.info('restore-moved', { name });
    }
    await syncFolder(root);
    await rm(unfinished, { recursive: true });
    await syncFolder(root);
    const bytes = Object.values(files).reduce((sum, one) => sum + one.bytes, 0);
    const created = new Date(createdMs).toISOString();
    return { restored: root, created, files: Object.keys(files).length, bytes, forgottenAgain };
  } catch (error) {
    // Nothing was moved yet, or moving broke; either way what is left goes, the marker last.
    for (const name of await readdir(root))
      if (name !== UNFINISHED && !ofLock.includes(name)) await rm(join(root, name), { recursive: true, force: true });
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Throws `BespokeError` `start-refused` when these names in a data folder say that a restore into it did not end. */
export function requireRestored(names: readonly string[], root: string): void {
  if (names.includes(UNFINISHED))
    throw startRefused(`A restore into the data folder ${root} did not end: run \`restore\` again.`);
}

const ofLock = ['owner.json', 'server.lock'];
