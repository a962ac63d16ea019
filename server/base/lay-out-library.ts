import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ARTIFACTS, type Artifact, type Library } from './corpus-recipe.ts';
import { fetchLibrary } from './fetch-library.ts';
import { runTool } from './run-tool.ts';

/**
 * Lays the sources of a library out as a Java workspace in `folder`. A library that is there already and was made from the same
 * artifacts stays as it is, so that an interrupted run goes on where it ended. Says whether anything had to be done.
 */
export async function layOutLibrary(library: Library, folder: string, signal: AbortSignal): Promise<boolean> {
  const stamp = `${JSON.stringify(library.sha256)}\n`;
  const stampFile = join(folder, 'artifacts.json');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return false;
  await rm(folder, { recursive: true, force: true });
  const download = join(folder, 'download');
  const jars = await fetchLibrary(library, download, signal);
  for (const artifact of ARTIFACTS) {
    const sources = join(folder, 'workspace', SOURCE_FOLDERS[artifact]);
    await mkdir(sources, { recursive: true });
    await runTool('jar', ['--extract', '--file', jars[artifact]], { folder: sources, signal });
    await dropGenerated(sources);
  }
  await rm(download, { recursive: true });
  // Written last: without it the folder counts as unfinished.
  await writeFile(stampFile, stamp);
  return true;
}

/** The folder of a laid-out library that is mined. */
export const workspaceOf = (folder: string) => join(folder, 'workspace');

/** Artifacts are rooted at the package. */
const SOURCE_FOLDERS: Readonly<Record<Artifact, string>> = {
  sources: join('src', 'main', 'java'),
  'test-sources': join('src', 'test', 'java'),
};

/** Artifacts also hold what annotation processors wrote; the miner recognises other generated code by itself. */
async function dropGenerated(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.name === 'jmh_generated') await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
}
