import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Artifacts hold resources beside the sources; a Maven project keeps them apart. */
export async function moveResources(sources: string, resources: string): Promise<void> {
  await rm(join(sources, 'META-INF', 'MANIFEST.MF'), { force: true });
  for (const file of await filesUnder(sources)) {
    if (file.endsWith('.java')) continue;
    const to = join(resources, relative(sources, file));
    await mkdir(dirname(to), { recursive: true });
    await rename(file, to);
  }
}

/** Artifacts hold what annotation processors wrote, and a build that writes it again stops at files that are there already. */
export async function dropProcessorOutput(sources: string): Promise<void> {
  for (const file of await filesUnder(sources)) {
    if (file.endsWith('.java') && WRITTEN_BY_PROCESSOR.test(await readFile(file, 'latin1'))) await rm(file);
  }
}

/** Processors sign the type; parser generators, whose output a build needs, do not. */
const WRITTEN_BY_PROCESSOR = /^@(?:[\w.]+\.)?Generated\(/m;

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
