import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { type BuiltModule, type ModuleBuildFailure, splitClassPath } from './built-module.ts';
import { type ProcessEnd, runProcess } from './run-process.ts';
import { readSourceRoots } from './source-roots.ts';

/** Pinned, so that a check does not change because a plugin was released. */
const buildClassPath = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath';
const classPathFile = join('target', 'bespoke-class-path.txt');
/** Marks a module whose own tests do not compile; some of their classes may be there all the same. */
const testsBrokenFile = join('target', 'bespoke-tests-broken');

export const mavenCommand = process.platform === 'win32' ? 'mvn.cmd' : 'mvn';

/** Gates on the way to test classes that say nothing about a test: licences, formats, coverage. */
const skippedGates = [
  'rat',
  'checkstyle',
  'enforcer',
  'spotless.check',
  'spotless.apply',
  'jacoco',
  'pmd',
  'cpd',
  'spotbugs',
  'animal.sniffer',
  'license',
  'japicmp',
  'cyclonedx',
];

export interface MavenBuildRequest {
  /** Folder of the mirror; Maven writes here. */
  readonly rootDir: string;
  /** The modules' folders relative to `rootDir`, `''` for the root. */
  readonly modules: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compiles the modules and what they depend on, and asks Maven for their class paths, in one run: siblings are then folders of classes.
 * A module whose own tests do not compile is still built as far as its main classes, because a new test may not need the broken one.
 */
export async function buildWithMaven(
  request: MavenBuildRequest,
): Promise<Map<string, BuiltModule | ModuleBuildFailure>> {
  for (const module of request.modules) {
    for (const file of [classPathFile, testsBrokenFile]) rmSync(join(request.rootDir, module, file), { force: true });
  }
  const end = await runMaven(request, 'test-compile', ['--fail-at-end']);
  const unresolved = request.modules.filter((module) => !existsSync(join(request.rootDir, module, classPathFile)));
  if (unresolved.length > 0 && end.stopped === null) {
    await runMaven({ ...request, modules: unresolved }, 'process-test-resources', ['--fail-at-end']);
    for (const module of unresolved) {
      if (existsSync(join(request.rootDir, module, classPathFile)))
        writeFileSync(join(request.rootDir, module, testsBrokenFile), '');
    }
  }
  const problem = (end.exitCode === 0 ? SKIPPED : describeFailure(end)).replaceAll(`${request.rootDir}${sep}`, '');
  return new Map(request.modules.map((module) => [module, readBuild(request.rootDir, module) ?? { problem }]));
}

/** The class path as the last successful build left it, or `null`. */
function readBuild(rootDir: string, module: string): BuiltModule | null {
  const dir = join(rootDir, module);
  const file = join(dir, classPathFile);
  if (!existsSync(file)) return null;
  const classPath = splitClassPath(readFileSync(file, 'utf8').trim().split(delimiter));
  const testClasses = join(dir, 'target', 'test-classes');
  const isBroken = existsSync(join(dir, testsBrokenFile));
  return {
    dir,
    testSources: isBroken ? [...readSourceRoots(dir).tests.keys()] : [],
    outputDir: join(dir, 'target'),
    directories: [testClasses, join(dir, 'target', 'classes'), ...classPath.directories],
    libraries: classPath.libraries,
  };
}

async function runMaven(request: MavenBuildRequest, phase: string, options: readonly string[]): Promise<ProcessEnd> {
  const selected = request.modules.includes('') ? [] : ['--projects', request.modules.join(','), '--also-make'];
  return await runProcess(
    mavenCommand,
    [
      '--batch-mode',
      '--no-transfer-progress',
      '--quiet',
      '-Dstyle.color=never',
      ...options,
      ...selected,
      phase,
      buildClassPath,
      `-Dmdep.outputFile=${classPathFile}`,
      '-Dmdep.includeScope=test',
      ...skippedGates.map((gate) => `-D${gate}.skip=true`),
      // Basepom, a parent of many published projects, lets whoever skips its checks skip the plugin that names the class path too.
      '-Dbasepom.check.skip-dependency=false',
    ],
    { cwd: request.rootDir, env: request.env, limitMs: request.limitMs, signal: request.signal },
  );
}

const SKIPPED =
  'Maven built the module, but not its class path: its pom skips maven-dependency-plugin. Set `skip` of that plugin to false, then check again.';

function describeFailure(end: ProcessEnd): string {
  if (end.stopped === 'not-found') return 'Maven was not found: install it or put `mvn` on the PATH.';
  if (end.stopped === 'timeout')
    return 'Maven did not finish in time: build the workspace once by hand, then check again.';
  if (end.stopped === 'cancelled') return 'The build was cancelled.';
  const error = mavenError(end);
  return `The module does not build with Maven${error === '' ? '' : `: ${error}`}. Run \`mvn test-compile\` and mend what it reports.`;
}

/** The first error that Maven reports, in one line. */
export function mavenError(end: ProcessEnd): string {
  const error = `${end.stdout}\n${end.stderr}`
    .split('\n')
    .find((line) => line.startsWith('[ERROR]') && line.length > 9 && !line.includes('COMPILATION ERROR'));
  return (error ?? '').slice('[ERROR]'.length).trim().slice(0, 300);
}
