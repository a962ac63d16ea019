import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gradleFilesOf, gradleRelease } from '../placement/gradle-dependencies.ts';
import { pomsOf } from '../placement/maven-dependencies.ts';
import { buildRootOf } from './build-root.ts';

/** The newest Java language level that the build files of these modules name; 0 where they name none. */
export function declaredRelease(workspaceDir: string, modules: readonly string[]): number {
  return Math.max(0, ...modules.map((module) => releaseOf(workspaceDir, module) ?? 0));
}

function releaseOf(workspaceDir: string, module: string): number | null {
  const root = buildRootOf(workspaceDir, module);
  if (root === null) return null;
  const read = (path: string) => {
    const file = join(workspaceDir, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  };
  if (root.tool === 'gradle') return gradleRelease(gradleFilesOf(read, root.dir, module));
  for (const pom of pomsOf(read, module)) {
    const release = mavenRelease(pom);
    if (release !== null) return release;
  }
  return null;
}

/** The level in a pom itself: a property, or the compiler plugin's own setting. */
function mavenRelease(pom: string): number | null {
  const names = [
    'maven.compiler.release',
    'release',
    'maven.compiler.source',
    'source',
    'java.version',
    'maven.compiler.target',
  ];
  for (const name of names) {
    const level = new RegExp(`<${name.replaceAll('.', '\\.')}>\\s*(?:1\\.)?(\\d+)\\s*<`).exec(pom)?.[1];
    if (level !== undefined) return Number(level);
  }
  return null;
}
