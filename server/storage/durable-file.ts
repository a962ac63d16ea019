import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskFull } from '../errors.ts';

/**
 * Writes a file so that it is there complete or not at all, and still there after a power cut when this returns. Throws
 * `BespokeError` `disk-full` when it does not fit.
 */
export async function writeDurably(path: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
  const folder = dirname(path);
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(unfinished, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw isDiskFull(error) ? diskFull({ cause: error }) : error;
  }
}

/** Whether an error of the file system or of PostgreSQL (53100) says that nothing more can be written. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' || code === '53100';
}

/** A new name in a folder is only durable once the folder is. Windows cannot open folders and does this by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
