import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceSetOf } from '../../core/mining/source-sets.ts';
import { Turns } from '../../core/mining/turns.ts';
import { type JavaHeader, readJavaHeader } from '../../core/style/java-header.ts';
import { frameworkOf, type TestFramework } from '../../core/style/test-libraries.ts';

export interface IndexedFile extends JavaHeader {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  /** Name of the file without `.java`: the simple name of its main type. */
  readonly typeName: string;
  /** Folder with the module's build file, relative to the workspace; `''` is the workspace itself. */
  readonly module: string;
  /** Folder that holds the package folders. */
  readonly root: string;
  readonly isTest: boolean;
  /** That its imports name. */
  readonly framework: TestFramework | null;
}

export type OtherTest = Pick<IndexedFile, 'path' | 'typeName' | 'module'>;

/** What placing a test needs to know of a workspace. A snapshot: make a new one after files changed. */
export interface WorkspaceIndex {
  readonly files: readonly IndexedFile[];
  readonly byPath: ReadonlyMap<string, IndexedFile>;
  readonly byTypeName: ReadonlyMap<string, readonly IndexedFile[]>;
  /** Text of each module's build file, by module. */
  readonly buildFiles: ReadonlyMap<string, string>;
  /** Paths of the libraries that the workspace itself holds. */
  readonly jars: readonly string[];
  /** Tests in Kotlin and Groovy: a Java class of that name would be a second one. */
  readonly otherTests: readonly OtherTest[];
  /** Text of a file as it is on disk; `null` when there is none. */
  read(path: string): string | null;
}

const buildFileNames = new Set(['pom.xml', 'build.gradle', 'build.gradle.kts']);
const leftOut = new Set(['target', 'build', 'out', 'bin', 'dist', 'node_modules']);

/** Reads the headers of all Java files and the build files of a workspace on disk. Others have their turn in between. */
export async function readWorkspaceIndex(workspaceDir: string): Promise<WorkspaceIndex> {
  const paths: string[] = [];
  const turns = new Turns();
  const visit = async (folder: string) => {
    for (const entry of readdirSync(join(workspaceDir, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const isOutput = leftOut.has(entry.name) && !folder.split('/').includes('src');
      if (entry.isDirectory() && !entry.name.startsWith('.') && !isOutput) await visit(path);
      else if (entry.isFile() && (/\.(java|jar|kt|groovy)$/.test(entry.name) || buildFileNames.has(entry.name)))
        paths.push(path);
    }
    await turns.pass();
  };
  await visit('');
  return indexFiles(paths.sort(), (path) => {
    try {
      return readFileSync(join(workspaceDir, path), 'utf8');
    } catch {
      return null;
    }
  });
}

/** Makes an index of files that `read` knows, wherever they are. */
export async function indexFiles(
  paths: readonly string[],
  read: (path: string) => string | null,
): Promise<WorkspaceIndex> {
  const turns = new Turns();
  const buildFiles = new Map<string, string>();
  for (const path of paths) {
    const name = nameOf(path);
    const module = path.slice(0, -name.length - 1);
    // A folder with both files is a Maven module that also builds with Gradle; the first in name order would be Gradle's.
    if (buildFileNames.has(name) && (name === 'pom.xml' || !buildFiles.has(module)))
      buildFiles.set(module, read(path) ?? '');
  }
  const files: IndexedFile[] = [];
  const byTypeName = new Map<string, IndexedFile[]>();
  for (const path of paths.filter((one) => one.endsWith('.java'))) {
    const file = indexFile(path, read(path) ?? '', buildFiles);
    files.push(file);
    byTypeName.set(file.typeName, [...(byTypeName.get(file.typeName) ?? []), file]);
    await turns.pass();
  }
  const otherTests = paths
    .filter((path) => /\.(kt|groovy)$/.test(path) && sourceSetOf(path, '').isTest)
    .map((path) => ({ path, typeName: nameOf(path).replace(/\.\w+$/, ''), module: moduleOf(path, buildFiles) ?? '' }));
  const jars = paths.filter((path) => path.endsWith('.jar'));
  return {
    files,
    byPath: new Map(files.map((file) => [file.path, file])),
    byTypeName,
    buildFiles,
    jars,
    otherTests,
    read,
  };
}

function indexFile(path: string, source: string, buildFiles: ReadonlyMap<string, string>): IndexedFile {
  const header = readJavaHeader(source);
  const { module, root, isTest } = sourceSetOf(path, header.packageName);
  const framework = frameworkOf(header.imports);
  // Without a build, tests may stand beside what they test.
  const isBesideMain = framework !== null && !/(^|\/)src\/main\//.test(path) && namesTest(nameOf(path));
  return {
    ...header,
    path,
    typeName: nameOf(path).slice(0, -'.java'.length),
    module: moduleOf(path, buildFiles) ?? (module === '.' ? '' : module),
    root: root === '.' ? '' : root,
    isTest: isTest || isBesideMain,
    framework,
  };
}

function namesTest(fileName: string): boolean {
  return /^Test\p{Lu}|Tests?\.java$|TestCase\.java$|IT\.java$/u.test(fileName);
}

/** The nearest folder above the file that has a build file. */
function moduleOf(path: string, buildFiles: ReadonlyMap<string, string>): string | null {
  for (let folder = parentOf(path); ; folder = parentOf(folder)) {
    if (buildFiles.has(folder)) return folder;
    if (folder === '') return null;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
