import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { BuiltModule, ModuleBuildFailure } from './built-module.ts';
import type { GradleBuildRequest } from './gradle-build.ts';
import { type GradleFiles, gradleRelease, readGradleDependencies } from './gradle-dependencies.ts';
import { resolveWithMaven } from './junit-launcher.ts';
import { runProcess } from './run-process.ts';

/** Builds a Gradle module without Gradle: dependencies as its files name them, resolved by Maven, sources compiled by javac. */
export async function buildByFiles(
  request: GradleBuildRequest,
  module: string,
): Promise<BuiltModule | ModuleBuildFailure> {
  try {
    const modules = withSiblings(request.rootDir, module);
    const libraries = await resolveLibraries(request, modules);
    const siblingFolders: string[] = [];
    // Siblings come first: a module is compiled against the classes of those it names.
    for (const sibling of modules.slice(1).reverse()) {
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

async function resolveLibraries(request: GradleBuildRequest, modules: readonly string[]): Promise<readonly string[]> {
  const all = modules.map((module) => readGradleDependencies(gradleFiles(request.rootDir, module)));
  const coordinates = [...new Set(all.flatMap((one) => one.coordinates))];
  const platforms = [...new Set(all.flatMap((one) => one.platforms))];
  if (coordinates.length === 0) return [];
  return await resolveWithMaven(coordinates, { ...request, platforms });
}

async function compileMain(
  request: GradleBuildRequest,
  module: string,
  libraries: readonly string[],
  siblings: readonly string[],
): Promise<string[]> {
  const dir = join(request.rootDir, module);
  const classes = join(dir, 'build', 'bespoke', 'main');
  const error = await compile(request, module, join(dir, 'src', 'main', 'java'), classes, [...siblings, ...libraries]);
  if (error !== null) throw new Error(`The module ${module} does not compile: ${error}. Mend it and check again.`);
  return [classes, join(dir, 'src', 'main', 'resources')];
}

async function compileTests(
  request: GradleBuildRequest,
  module: string,
  libraries: readonly string[],
  folders: readonly string[],
): Promise<BuiltModule> {
  const dir = join(request.rootDir, module);
  const sources = join(dir, 'src', 'test', 'java');
  const classes = join(dir, 'build', 'bespoke', 'test');
  const error = await compile(request, module, sources, classes, [...folders, ...libraries]);
  const directories = [classes, join(dir, 'src', 'test', 'resources'), ...folders];
  return { dir, outputDir: join(dir, 'build'), testSources: error === null ? [] : [sources], directories, libraries };
}

/** Compiles a source folder; returns the first error, or `null` when all went well. */
async function compile(
  request: GradleBuildRequest,
  module: string,
  sourceDir: string,
  classesDir: string,
  classPath: readonly string[],
): Promise<string | null> {
  rmSync(classesDir, { recursive: true, force: true });
  mkdirSync(classesDir, { recursive: true });
  const sources = existsSync(sourceDir) ? javaFiles(sourceDir) : [];
  if (sources.length === 0) return null;
  const release = gradleRelease(gradleFiles(request.rootDir, module)) ?? request.javaVersion;
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const argumentsFile = join(classesDir, '..', 'javac-arguments');
  const options = [
    '-d',
    classesDir,
    '-cp',
    classPath.join(delimiter),
    '--release',
    String(Math.max(8, release)),
    '-encoding',
    'UTF-8',
  ];
  writeFileSync(argumentsFile, [...options, '-g', '-parameters', '-nowarn', ...sources].map(quoted).join('\n'));
  const { env, limitMs, signal, rootDir } = request;
  const end = await runProcess(request.javac, [`@${argumentsFile}`], { cwd: rootDir, env, limitMs, signal });
  if (end.exitCode === 0) return null;
  const error = end.stderr.split('\n').find((line) => line.includes('error:')) ?? 'javac gave no reason';
  return error.replaceAll(`${rootDir}/`, '').slice(0, 300);
}

function javaFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.java') && !name.endsWith('module-info.java'))
    .map((name) => join(folder, name))
    .sort();
}

function gradleFiles(rootDir: string, module: string): GradleFiles {
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const build = (dir: string) => read(join(dir, 'build.gradle')) || read(join(dir, 'build.gradle.kts'));
  return {
    build: build(join(rootDir, module)),
    rootBuild: build(rootDir),
    properties: read(join(rootDir, 'gradle.properties')),
    catalog: read(join(rootDir, 'gradle', 'libs.versions.toml')),
  };
}
