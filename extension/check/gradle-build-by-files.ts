import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type GradleFiles,
  gradleFilesOf,
  gradleRelease,
  readGradleDependencies,
} from '../placement/gradle-dependencies.ts';
import type { BuiltModule, ModuleBuildFailure } from './built-module.ts';
import { compileSources } from './compile-sources.ts';
import type { GradleBuildRequest } from './gradle-build.ts';
import { resolveWithMaven } from './junit-launcher.ts';
import { type KnownProject, knownProjects } from './known-project.ts';
import { readSourceRoots, resourceFolders } from './source-roots.ts';

/** A request with what is known of the module and the siblings that it names; empty where their files have to do. */
interface FilesRequest extends GradleBuildRequest {
  readonly known: ReadonlyMap<string, KnownProject>;
}

/** A module that was built without Gradle. */
export interface BuiltByFiles {
  readonly build: BuiltModule | ModuleBuildFailure;
  /** Whose word its class path is, where it is not that of its files. */
  readonly classPathFrom: string | null;
}

/**
 * Builds a Gradle module without Gradle: with the class path that another program knows, else dependencies as its files name them, resolved
 * by Maven; sources compiled by javac.
 */
export async function buildByFiles(given: GradleBuildRequest, module: string): Promise<BuiltByFiles> {
  const modules = withSiblings(given.rootDir, module);
  const known = await knownProjects(modules, given.askProject);
  const classPathFrom = known.get(module)?.source ?? null;
  return { build: await buildModules({ ...given, known }, module, modules), classPathFrom };
}

async function buildModules(
  request: FilesRequest,
  module: string,
  modules: readonly string[],
): Promise<BuiltModule | ModuleBuildFailure> {
  try {
    const libraries = await resolveLibraries(request, modules);
    const siblingFolders: string[] = [];
    // Siblings come first: a module is compiled against the classes of those it names.
    for (const sibling of modules.slice(1).toReversed()) {
      siblingFolders.unshift(...(await compileMain(request, sibling, libraries, siblingFolders)));
    }
    const folders = [...(await compileMain(request, module, libraries, siblingFolders)), ...siblingFolders];
    return await compileTests(request, module, libraries, folders);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The module and the siblings it names, directly or through others, nearest first. */
function withSiblings(rootDir: string, module: string): string[] {
  const found: string[] = [];
  const visit = (one: string) => {
    // A module named again moves behind what needs it.
    const known = found.indexOf(one);
    if (known >= 0) found.splice(known, 1);
    found.push(one);
    if (found.length > 500)
      throw new Error('The Gradle projects depend on each other in a circle: run Gradle to see which.');
    for (const path of readGradleDependencies(gradleFiles(rootDir, one)).projects) {
      const folder = path.replace(/^:/, '').replaceAll(':', '/');
      if (existsSync(join(rootDir, folder)) && folder !== one) visit(folder);
    }
  };
  visit(module);
  return found;
}

async function resolveLibraries(request: FilesRequest, modules: readonly string[]): Promise<readonly string[]> {
  if (request.known.size > 0) return [...new Set([...request.known.values()].flatMap(({ libraries }) => libraries))];
  const all = modules.map((module) => readGradleDependencies(gradleFiles(request.rootDir, module)));
  const coordinates = [...new Set(all.flatMap((one) => one.coordinates))];
  const platforms = [...new Set(all.flatMap((one) => one.platforms))];
  if (coordinates.length === 0) return [];
  return await resolveWithMaven(coordinates, { ...request, platforms, newest: true });
}

async function compileMain(
  request: FilesRequest,
  module: string,
  libraries: readonly string[],
  siblings: readonly string[],
): Promise<string[]> {
  const dir = join(request.rootDir, module);
  const classes = join(dir, 'build', 'bespoke', 'main');
  const { main } = readSourceRoots(dir);
  // Samples and the like beside the usual folder are no part of the module.
  const usual = join(dir, 'src', 'main', 'java');
  const roots = main.has(usual) ? new Map([[usual, main.get(usual) ?? []]]) : main;
  const error = await compile(request, module, roots, classes, [...siblings, ...libraries]);
  if (error !== null) {
    const name = module === '' ? 'The project' : `The module ${module}`;
    throw new Error(`${name} does not compile: ${error}. Mend it and check again.`);
  }
  return [classes, ...resourceFolders([...roots.keys(), usual])];
}

/** All kinds of tests together: a new test may use what integration tests share, and the other way round. */
async function compileTests(
  request: FilesRequest,
  module: string,
  libraries: readonly string[],
  folders: readonly string[],
): Promise<BuiltModule> {
  const dir = join(request.rootDir, module);
  const { tests } = readSourceRoots(dir);
  const classes = join(dir, 'build', 'bespoke', 'test');
  const error = await compile(request, module, tests, classes, [...folders, ...libraries]);
  const resources = resourceFolders([...tests.keys(), join(dir, 'src', 'test', 'java')]);
  const directories = [classes, ...new Set([...resources, ...folders])];
  return {
    dir,
    outputDir: join(dir, 'build'),
    testSources: error === null ? [] : [...tests.keys()],
    directories,
    libraries,
  };
}

async function compile(
  request: FilesRequest,
  module: string,
  roots: ReadonlyMap<string, readonly string[]>,
  classesDir: string,
  classPath: readonly string[],
): Promise<string | null> {
  const declared = gradleRelease(gradleFiles(request.rootDir, module));
  const release = declared ?? request.known.get(module)?.release ?? request.javaVersion;
  return await compileSources({ ...request, sources: [...roots.values()].flat(), classesDir, classPath, release });
}

function gradleFiles(rootDir: string, module: string): GradleFiles {
  const read = (path: string) => (existsSync(join(rootDir, path)) ? readFileSync(join(rootDir, path), 'utf8') : null);
  return gradleFilesOf(read, '', module);
}
