import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Library, nameOf, readRecipe } from '../base/corpus-recipe.ts';
import { layOutLibrary, workspaceOf } from '../base/lay-out-library.ts';

/** A repository of an experiment. */
export interface ExperimentRepository {
  /** In records and file names. */
  readonly name: string;
  /** Makes its folder ready, if it is not, and returns it. */
  workspace(signal: AbortSignal): Promise<string>;
}

/**
 * The repositories that a user names: folders, or coordinates of corpus.json. Fails for a library that the base was tuned or validated
 * on, because what is measured on it says nothing about others. `librariesFolder` receives the sources of libraries.
 */
export async function repositoriesOf(
  named: readonly string[],
  librariesFolder: string,
  recipe: readonly Library[] = readRecipe(),
): Promise<ExperimentRepository[]> {
  const found: ExperimentRepository[] = [];
  for (const one of named) {
    const isFolder = (await stat(resolve(one)).catch(() => undefined))?.isDirectory() === true;
    const repository = isFolder ? await folderRepository(resolve(one), recipe) : library(one, librariesFolder, recipe);
    if (found.some(({ name }) => name === repository.name))
      throw new Error(`Two repositories are called ${repository.name}: rename a folder, or name it once.`);
    found.push(repository);
  }
  return found;
}

/** The libraries that are kept for evaluation. */
export function evaluationCoordinates(recipe: readonly Library[] = readRecipe()): string[] {
  return recipe.filter(({ use }) => use === 'evaluation').map(({ coordinate }) => coordinate);
}

function library(coordinate: string, librariesFolder: string, recipe: readonly Library[]): ExperimentRepository {
  const found = recipe.find((one) => one.coordinate === coordinate);
  if (found === undefined)
    throw new Error(`There is no folder ${coordinate}, and corpus.json pins no library with these coordinates.`);
  if (found.use !== 'evaluation') throw seenByTheBase(coordinate);
  const folder = join(librariesFolder, nameOf(found));
  let ready: Promise<boolean> | undefined;
  return {
    name: nameOf(found),
    async workspace(signal) {
      // Runs that go on side by side must not fetch it into the same folder; one that failed may be tried again.
      ready ??= layOutLibrary(found, folder, signal).catch((cause: unknown) => {
        ready = undefined;
        throw cause;
      });
      await ready;
      return workspaceOf(folder);
    },
  };
}

async function folderRepository(folder: string, recipe: readonly Library[]): Promise<ExperimentRepository> {
  const own = moduleOf(await readFile(join(folder, 'pom.xml'), 'utf8').catch(() => ''));
  const seen = recipe.find(({ coordinate, use }) => use !== 'evaluation' && coordinate.startsWith(`${own}:`));
  if (seen !== undefined) throw seenByTheBase(seen.coordinate);
  return { name: basename(folder).replaceAll(/[^\w.-]/g, '-'), workspace: async () => folder };
}

/** `GROUP:ARTIFACT` of a pom; a group that is not there is the parent's. */
function moduleOf(pom: string): string {
  const parent = /<parent>[\s\S]*?<\/parent>/.exec(pom)?.[0] ?? '';
  const own = pom
    .replace(parent, '')
    .replaceAll(/<(dependencies|dependencyManagement|build|profiles|reporting)>[\s\S]*?<\/\1>/g, '');
  const value = (name: string, text: string) => new RegExp(`<${name}>\\s*([^<\\s]+)\\s*</${name}>`).exec(text)?.[1];
  return `${value('groupId', own) ?? value('groupId', parent) ?? ''}:${value('artifactId', own) ?? ''}`;
}

const seenByTheBase = (coordinate: string) =>
  new Error(
    `The base model was tuned or validated on ${coordinate}, so nothing can be measured on it: name another repository.`,
  );
