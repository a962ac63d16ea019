import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BuiltModule, ModuleBuildFailure } from './built-module.ts';
import { type CompileRequest, compileSources } from './compile-sources.ts';
import { type AskProject, knownProjects } from './known-project.ts';
import { readSourceRoots, resourceFolders } from './source-roots.ts';

export interface PlainBuildRequest
  extends Pick<CompileRequest, 'javac' | 'javaVersion' | 'env' | 'limitMs' | 'signal'> {
  /** Folder of the mirror. */
  readonly rootDir: string;
  /** The modules' folders relative to `rootDir`, `''` for the root. */
  readonly modules: readonly string[];
  /** Who may know the project's class path beside the jars in `lib`. */
  readonly askProject?: AskProject | undefined;
}

/**
 * Compiles a workspace that no build tool builds: all its source folders as one project, with the jars in its `lib` folders, as the Java
 * extension of VS Code takes such a folder, and with those that another program knows of.
 */
export async function buildPlain(request: PlainBuildRequest): Promise<Map<string, BuiltModule | ModuleBuildFailure>> {
  const { rootDir, modules } = request;
  const known = (await knownProjects([''], request.askProject)).get('');
  const own = jarsIn(rootDir);
  const names = new Set(own.map((jar) => basename(jar)));
  const libraries = [...own, ...(known?.libraries ?? []).filter((jar) => !names.has(basename(jar)))];
  const { main, tests } = readSourceRoots(rootDir);
  const outputDir = join(rootDir, 'out', 'bespoke');
  const [mainClasses, testClasses] = [join(outputDir, 'main'), join(outputDir, 'test')];
  const common = { ...request, release: releaseOfSettings(rootDir) ?? known?.release ?? request.javaVersion };
  const compile = async (sources: Iterable<readonly string[]>, classesDir: string, classPath: readonly string[]) =>
    await compileSources({ ...common, sources: [...sources].flat(), classesDir, classPath });
  const error = await compile(main.values(), mainClasses, libraries);
  const testError = await compile(tests.values(), testClasses, [mainClasses, ...libraries]);
  const sources = [...(testError === null ? [] : tests.keys()), ...(error === null ? [] : main.keys())];
  const resources = resourceFolders([...tests.keys(), ...main.keys()]).filter((folder) => existsSync(folder));
  const directories = [testClasses, mainClasses, ...resources];
  return new Map(
    modules.map((module) => [
      module,
      { dir: join(rootDir, module), outputDir, directories, libraries, testSources: [...new Set(sources)] },
    ]),
  );
}

/** Jars in folders named `lib` or `libs`, at any depth. */
function jarsIn(rootDir: string): string[] {
  const names = readdirSync(rootDir, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /(^|[\\/])libs?[\\/](.*[\\/])?[^\\/]+\.jar$/.test(name) && !/-sources\.jar$/.test(name))
    .map((name) => join(rootDir, name))
    .sort();
}

/** Java language level that Eclipse's settings name, which the Java extension of VS Code reads as well. */
function releaseOfSettings(rootDir: string): number | null {
  const file = join(rootDir, '.settings', 'org.eclipse.jdt.core.prefs');
  if (!existsSync(file)) return null;
  const level = /^org\.eclipse\.jdt\.core\.compiler\.source=(?:1\.)?(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  return level === undefined ? null : Number(level);
}
