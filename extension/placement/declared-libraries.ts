import { gradleFilesOf, readGradleDependencies } from './gradle-dependencies.ts';
import { pomsOf, readMavenDependencies } from './maven-dependencies.ts';
import { librariesOfDependencies, type TestLibraries } from './test-libraries.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

/** The test libraries that a module's build names, with what the builds above it name for it; of plain folders, the jars in `lib`. */
export function declaredLibraries(index: WorkspaceIndex, module: string): Partial<TestLibraries> {
  const folders = foldersAbove(module);
  const poms = pomsOf(index.read, module);
  if (poms.length > 0) return librariesOfDependencies(readMavenDependencies(poms), poms.join('\n'));
  if (index.buildFiles.has(module)) {
    const isRoot = (folder: string) =>
      ['settings.gradle', 'settings.gradle.kts'].some((name) => index.read(inFolder(folder, name)) !== null);
    const root = folders.toReversed().find(isRoot) ?? module;
    const files = gradleFilesOf(index.read, root, module);
    const { coordinates, platforms } = readGradleDependencies(files);
    return librariesOfDependencies([...coordinates, ...platforms], `${files.build}\n${files.rootBuild}`);
  }
  const jars = index.jars.filter((jar) => folders.some((folder) => jar.startsWith(inFolder(folder, 'lib'))));
  return librariesOfDependencies(jars.map(coordinateOfJar), '');
}

/** The module's folder first, the workspace last. */
function foldersAbove(module: string): string[] {
  const parts = module === '' ? [] : module.split('/');
  return Array.from({ length: parts.length + 1 }, (_, at) => parts.slice(0, parts.length - at).join('/'));
}

function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The group that a jar came from is not in its name. */
function coordinateOfJar(path: string): string {
  const [, artifact = '', version = ''] = /([^/]+?)(?:[-_](\d[\w.-]*))?\.jar$/.exec(path) ?? [];
  return `:${artifact}:${version}`;
}
