import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, isRunning, type ProcessIdentity } from '../processes/process-identity.ts';
import { writeDurably } from '../storage/durable-file.ts';
import { runsFolder } from './run-record.ts';

/** Makes this process the only one that does runs in `out`. One that was killed holds nothing back and leaves nothing behind. */
export async function claimFolder(out: string): Promise<void> {
  const file = join(out, 'work', 'experiment.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const owner = text === undefined ? undefined : (JSON.parse(text) as ProcessIdentity);
  if (owner !== undefined && owner.pid !== process.pid && (await isRunning(owner)))
    throw new Error(`Process ${owner.pid} runs an experiment in ${out}: wait for it, or choose another --out.`);
  await writeDurably(file, JSON.stringify(await identityOf(process.pid)));
  for (const folder of [out, runsFolder(out)]) await removeUnfinished(folder);
}

/** What a killed process was about to write. */
async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.unfinished'))) await rm(join(folder, name));
}
