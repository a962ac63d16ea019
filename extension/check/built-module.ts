import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A module whose classes are on disk. Paths are absolute. */
export interface BuiltModule {
  /** The module's folder in the mirror: tests run there. */
  readonly dir: string;
  /** Folders that a test may write while it runs, as the build tool's own test task would let it. */
  readonly outputDir: string;
  /** Folders of classes and resources, the module's test classes first, then its classes, then its siblings'. */
  readonly directories: readonly string[];
  readonly libraries: readonly string[];
  /** Test source folders to compile from, where the module's tests do not compile as a whole; else empty. */
  readonly testSources: readonly string[];
}

export interface ModuleBuildFailure {
  /** One sentence: the cause and the next step. */
  readonly problem: string;
}

export function isBuilt(build: BuiltModule | ModuleBuildFailure): build is BuiltModule {
  return 'libraries' in build;
}

/** Folders and jars of a class path; what does not exist is left out. */
export function splitClassPath(entries: readonly string[]): Pick<BuiltModule, 'directories' | 'libraries'> {
  const existing = entries.filter((entry) => entry !== '' && existsSync(entry));
  const isFolder = (entry: string) => statSync(entry).isDirectory();
  return { directories: existing.filter(isFolder), libraries: existing.filter((entry) => !isFolder(entry)) };
}

/** Java language level of the first class file found, for instance 17, or `null` when there is none. A class file says it in bytes 6 and 7. */
export function javaRelease(directories: readonly string[]): number | null {
  for (const directory of directories) {
    const file = firstClassFile(directory);
    if (file === null) continue;
    const header = Buffer.alloc(8);
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, header, 0, 8, 0);
    } finally {
      closeSync(descriptor);
    }
    return header.readUInt16BE(6) - 44;
  }
  return null;
}

function firstClassFile(directory: string): string | null {
  if (!existsSync(directory)) return null;
  const entries = readdirSync(directory, { withFileTypes: true });
  for (const entry of entries)
    if (entry.isFile() && entry.name.endsWith('.class') && entry.name !== 'module-info.class')
      return join(directory, entry.name);
  for (const entry of entries) {
    const found = entry.isDirectory() ? firstClassFile(join(directory, entry.name)) : null;
    if (found !== null) return found;
  }
  return null;
}
