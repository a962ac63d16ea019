import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceSetOf } from '../../core/mining/source-sets.ts';
import { readJavaHeader } from '../../core/style/java-header.ts';

/** Folders that hold package folders, with their Java files; paths are absolute. */
export interface SourceRoots {
  readonly main: ReadonlyMap<string, readonly string[]>;
  /** Of all kinds of tests and what they share. */
  readonly tests: ReadonlyMap<string, readonly string[]>;
}

/** Outputs, and what builds the build. */
const leftOut = new Set(['target', 'build', 'out', 'bin', 'dist', 'node_modules', 'buildSrc']);
const buildFiles = ['pom.xml', 'build.gradle', 'build.gradle.kts'];

/** Finds where a module's sources are by the sources themselves. Modules inside it have their own. */
export function readSourceRoots(moduleDir: string): SourceRoots {
  const main = new Map<string, string[]>();
  const tests = new Map<string, string[]>();
  const visit = (folder: string) => {
    const isOtherModule = folder !== '' && buildFiles.some((name) => existsSync(join(moduleDir, folder, name)));
    if (isOtherModule) return;
    for (const entry of readdirSync(join(moduleDir, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const isLeftOut = leftOut.has(entry.name) && !folder.split('/').includes('src');
      if (entry.isDirectory() && !entry.name.startsWith('.') && !isLeftOut && !isResourceFolder(path)) visit(path);
      else if (entry.isFile() && entry.name.endsWith('.java') && entry.name !== 'module-info.java') add(path);
    }
  };
  const add = (path: string) => {
    const file = join(moduleDir, path);
    const { root, isTest } = sourceSetOf(path, readJavaHeader(readFileSync(file, 'utf8')).packageName);
    const roots = isTest ? tests : main;
    const dir = root === '.' ? moduleDir : join(moduleDir, root);
    const files = roots.get(dir);
    if (files === undefined) roots.set(dir, [file]);
    else files.push(file);
  };
  if (existsSync(moduleDir)) visit('');
  return { main, tests };
}

/** Folders whose files are found on the class path beside the classes of these source folders. */
export function resourceFolders(roots: Iterable<string>): string[] {
  return [...roots].map((root) => (/[\\/]java$/.test(root) ? join(root, '..', 'resources') : root));
}

/** Samples of Java that a build copies instead of compiling. */
function isResourceFolder(path: string): boolean {
  return /(^|\/)src\/[^/]+\/(resources|testData|testdata)$/.test(path);
}
