import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { diskFull, startRefused } from '../errors.ts';
import type { BackupFlags } from '../flags.ts';
import type { Log } from '../log.ts';
import { type DataDir, dataDirAt } from '../storage/data-dir.ts';
import { lockDataDir } from '../storage/data-dir-lock.ts';
import { isDiskFull } from '../storage/durable-file.ts';
import { writeBackup } from './backup-file.ts';
import { bringArtifacts } from './bring-artifacts.ts';
import { requireRestored, restore } from './restore.ts';

/** Backs a data folder up or restores one, while no server uses it. Returns what is to be printed, one line of JSON. */
export async function runBackupCommand(flags: BackupFlags, log: Log): Promise<readonly string[]> {
  const dataDir = dataDirAt(flags.dataDir);
  if (flags.command === 'backup') await requireDatabase(dataDir.root, dataDir.database);
  const unlock = await lockDataDir(dataDir.root, (error) => {
    log.error('lock-lost', error);
    process.exit(1);
  });
  try {
    const done = flags.command === 'backup' ? await backUp(dataDir, flags.to, log) : await restore(flags, log);
    return [JSON.stringify(done)];
  } catch (error) {
    throw isDiskFull(error) ? diskFull({ cause: error }) : error;
  } finally {
    await unlock();
  }
}

/** What is about this machine or this process, and what a restored server makes again. A backup holds its artifacts itself. */
const notBackedUp = [
  'owner.json',
  'server.lock',
  'checked-base-model.json',
  'artifacts.json',
  'generation-workers',
  'trainer-jobs',
];

async function backUp(dataDir: DataDir, to: string, log: Log) {
  const { root } = dataDir;
  const file = await fileFor(resolve(to));
  if (!relative(root, file).startsWith('..'))
    throw startRefused(`The backup ${file} would lie in the data folder itself: name a place outside with --to.`);
  const lost = await bringArtifacts(dataDir, log);
  const names = (await readdir(root)).filter((name) => !notBackedUp.includes(name) && !name.endsWith('.unfinished'));
  const { createdMs, files } = await writeBackup(root, names.sort(), file).catch((cause: unknown) => {
    if (isDiskFull(cause)) throw cause;
    throw startRefused(`The backup ${file} could not be written: check the place that --to names.`, { cause });
  });
  const bytes = Object.values(files).reduce((sum, one) => sum + one.bytes, 0);
  const created = new Date(createdMs).toISOString();
  return { backup: file, created, files: Object.keys(files).length, bytes, ...(lost > 0 ? { lost } : {}) };
}

/** A folder gets a file with a name of its own; a file that is there is never written over. */
async function fileFor(to: string): Promise<string> {
  const found = await stat(to).catch(() => undefined);
  if (found?.isDirectory()) return join(to, `bespoke-${new Date().toISOString().replace(/\.\d+|[-:]/gu, '')}.tar`);
  if (found !== undefined) throw startRefused(`There already is a file ${to}: name another with --to.`);
  return to;
}

async function requireDatabase(root: string, database: string): Promise<void> {
  requireRestored(await readdir(root).catch(() => []), root);
  if ((await stat(database).catch(() => undefined))?.isDirectory()) return;
  throw startRefused(
    `The folder ${root} holds no embedded database: check --data-dir, or, with PostgreSQL, use pg_dump and copy the folder beside it, as docs/operating.md says.`,
  );
}
