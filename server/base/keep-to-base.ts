import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddedBase } from '../../core/base-model/embedded-bases.ts';
import { writeDurably } from '../storage/durable-file.ts';

/** Makes a folder of records that of one base: those of two would be taken for one another. Throws when it is another's. */
export async function keepToBase(folder: string, base: EmbeddedBase): Promise<void> {
  const file = join(folder, 'base.txt');
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (kept !== '' && kept !== base) {
    throw new Error(
      `${folder} holds records of ${kept}: go on with --base ${kept}, or name another folder with --out.`,
    );
  }
  await mkdir(folder, { recursive: true });
  if (kept === '') await writeDurably(file, `${base}\n`);
}
