import { existsSync } from 'node:fs';
import { join } from 'node:path';

export type BuildTool = 'maven' | 'gradle';

/** The folder that a module is built from, and what builds it. */
export interface BuildRoot {
  readonly tool: BuildTool;
  /** Relative to the workspace; `''` is the workspace itself. */
  readonly dir: string;
}

const markers: Readonly<Record<BuildTool, readonly string[]>> = {
  maven: ['pom.xml'],
  gradle: ['settings.gradle', 'settings.gradle.kts', 'build.gradle', 'build.gradle.kts'],
};

/** The outermost folder around the module that its build tool knows; Maven where there are files of both. `null`: no build. */
export function buildRootOf(workspaceDir: string, module: string): BuildRoot | null {
  const folders = [''];
  for (const name of module.split('/').filter((part) => part !== '')) {
    folders.push(folders.at(-1) === '' ? name : `${folders.at(-1)}/${name}`);
  }
  for (const tool of ['maven', 'gradle'] as const) {
    const known = (dir: string) => markers[tool].some((name) => existsSync(join(workspaceDir, dir, name)));
    const dir = folders.find(known);
    if (dir !== undefined && (tool === 'gradle' || known(module))) return { tool, dir };
  }
  return null;
}
