import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildablePom } from './buildable-pom.ts';
import { ARTIFACTS, type Artifact, type Library } from './corpus-recipe.ts';
import { fetchLibrary } from './fetch-library.ts';
import { runTool } from './run-tool.ts';
import { dropProcessorOutput, moveResources } from './source-folder.ts';

/**
 * Lays the sources of a library out as a Java workspace in `folder`; one that is kept for evaluation as a Maven project that can be
 * built. A library that is there already and was made from the same artifacts stays as it is, so that an interrupted run goes on where
 * it ended. Says whether anything had to be done.
 */
export async function layOutLibrary(library: Library, folder: string, signal: AbortSignal): Promise<boolean> {
  const stamp = `${JSON.stringify({ sha256: library.sha256, build: library.build })}\n`;
  const stampFile = join(folder, 'artifacts.json');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return false;
  await rm(folder, { recursive: true, force: true });
  const download = join(folder, 'download');
  const fetched = await fetchLibrary(library, download, signal);
  for (const artifact of ARTIFACTS) {
    const set = join(workspaceOf(folder), 'src', SOURCE_SETS[artifact]);
    const sources = join(set, 'java');
    await mkdir(sources, { recursive: true });
    await runTool('jar', ['--extract', '--file', fetched[artifact]], { folder: sources, signal });
    await dropBenchmarks(sources);
    if (library.build === undefined) continue;
    await dropProcessorOutput(sources);
    await moveResources(sources, join(set, 'resources'));
  }
  if (library.build !== undefined && fetched.pom !== undefined) {
    const pom = buildablePom(await readFile(fetched.pom, 'utf8'), library.build.added);
    await writeFile(join(workspaceOf(folder), 'pom.xml'), pom);
  }
  await rm(download, { recursive: true });
  // Written last: without it the folder counts as unfinished.
  await writeFile(stampFile, stamp);
  return true;
}

/** The folder of a laid-out library that is mined. */
export const workspaceOf = (folder: string) => join(folder, 'workspace');

const SOURCE_SETS: Readonly<Record<Artifact, string>> = { sources: 'main', 'test-sources': 'test' };

/** What the benchmark harness wrote carries no mark by which the miner would know it. */
async function dropBenchmarks(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.name === 'jmh_generated') await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
}
