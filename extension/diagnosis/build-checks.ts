import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listJavaFiles } from '../../core/mining/list-files.ts';
import { sourceSetOf } from '../../core/mining/source-sets.ts';
import { type BuildRoot, buildRootOf } from '../check/build-root.ts';
import { gradleCommand } from '../check/gradle-build.ts';
import { findJdk } from '../check/jdk.ts';
import { mavenCommand } from '../check/maven-build.ts';
import { runProcess } from '../check/run-process.ts';
import type { Check } from './finding.ts';

/** What compiling and running tests needs. */
export function buildChecks(workspaceDir: string, signal: AbortSignal): Check[] {
  return [
    { subject: 'Java workspace', onlyReads: true, look: () => findJavaFiles(workspaceDir, signal) },
    {
      subject: 'JDK',
      onlyReads: false,
      look: async () => {
        const { javaVersion, javaHome } = await findJdk({ signal });
        return `Java ${javaVersion} in ${javaHome}.`;
      },
    },
    // After the JDK, because Maven and Gradle are programs of Java.
    { subject: 'Build tool', onlyReads: false, look: () => findBuildTools(workspaceDir, signal) },
  ];
}

async function findJavaFiles(workspaceDir: string, signal: AbortSignal): Promise<string> {
  const { files } = await listJavaFiles(workspaceDir, signal);
  const tests = files.filter(({ path }) => sourceSetOf(path, '').isTest).length;
  if (files.length === 0) throw new Error('There is no Java file in this folder: open the folder of a Java project.');
  return `${files.length} Java files, ${tests} of them in test folders.`;
}

async function findBuildTools(workspaceDir: string, signal: AbortSignal): Promise<string> {
  const { files } = await listJavaFiles(workspaceDir, signal);
  const modules = new Set(files.map(({ path }) => sourceSetOf(path, '').module));
  const roots = new Map<string, BuildRoot>();
  for (const module of modules) {
    const root = buildRootOf(workspaceDir, module === '.' ? '' : module);
    if (root !== null) roots.set(`${root.tool} ${root.dir}`, root);
  }
  if (roots.size === 0) {
    return 'No pom.xml or build.gradle builds this folder: its source folders are compiled together, with the jars in lib.';
  }
  const tools = new Set<string>();
  for (const root of roots.values()) tools.add(await describeTool(workspaceDir, root, signal));
  return [...tools].join(' ');
}

async function describeTool(workspaceDir: string, { tool, dir }: BuildRoot, signal: AbortSignal): Promise<string> {
  if (tool === 'gradle') {
    // Asking a wrapper for its version would download Gradle.
    const command = gradleCommand(join(workspaceDir, dir));
    return command === null
      ? 'No Gradle is installed and the workspace has no wrapper: its build files are read instead.'
      : `Gradle, ${command}.`;
  }
  const end = await runProcess(mavenCommand, ['--version'], {
    cwd: tmpdir(),
    env: process.env,
    limitMs: 60_000,
    signal,
  });
  const version = /Apache Maven [\w.-]+/.exec(end.stdout)?.[0];
  if (version === undefined) {
    throw new Error(
      end.stopped === 'not-found'
        ? 'Maven was not found: install it or put `mvn` on the PATH.'
        : 'Maven does not start: run `mvn --version` in a terminal and mend what it reports.',
    );
  }
  return `${version}.`;
}
