import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BuiltModule, isBuilt, type ModuleBuildFailure, splitClassPath } from './built-module.ts';
import { buildByFiles } from './gradle-build-by-files.ts';
import type { AskProject } from './known-project.ts';
import { type ProcessEnd, runProcess } from './run-process.ts';
import { findOnPath } from './sandbox.ts';

export interface GradleBuildRequest {
  /** Folder of the mirror that holds the settings; Gradle writes here. */
  readonly rootDir: string;
  /** The modules' folders relative to `rootDir`, `''` for the root. */
  readonly modules: readonly string[];
  readonly cacheDir: string;
  /** Feature version of the Java that compiles. */
  readonly javaVersion: number;
  readonly javac: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  /** Who may know a module's class path where Gradle cannot be asked. */
  readonly askProject?: AskProject | undefined;
  readonly signal?: AbortSignal | undefined;
}

const classPathFile = join('build', 'bespoke-class-path.txt');

/** One line: the class path of the tests, test classes first. Runs inside the build, after the test classes. */
const initScript = `
allprojects { p ->
  p.afterEvaluate {
    if (p.plugins.hasPlugin('java')) {
      p.tasks.create('bespokeClassPath') { t ->
        t.dependsOn 'testClasses'
        t.doLast {
          def file = p.file('${classPathFile}')
          file.parentFile.mkdirs()
          file.text = p.sourceSets.test.runtimeClasspath.files.findAll { it.exists() }.join(File.pathSeparator)
        }
        t.inputs.files p.sourceSets.test.runtimeClasspath
        t.outputs.upToDateWhen { false }
      }
    }
  }
}
`;

/**
 * Compiles the modules with Gradle and asks it for their class paths. Where no Gradle runs this build (none is installed, its wrapper cannot
 * be downloaded, or it is too old), the sources are compiled without it, by what another program knows of the module or else by what the
 * build files say; `notes` says so.
 */
export async function buildWithGradle(
  request: GradleBuildRequest,
): Promise<{ readonly modules: Map<string, BuiltModule | ModuleBuildFailure>; readonly notes: string[] }> {
  const { rootDir, modules } = request;
  for (const module of modules) rmSync(join(rootDir, module, classPathFile), { force: true });
  const end = await runGradle(request);
  const built = new Map<string, BuiltModule | ModuleBuildFailure>();
  const notes = new Set<string>();
  for (const module of modules) {
    const asked = readGradleBuild(rootDir, module);
    if (asked !== null) {
      built.set(module, asked);
    } else if (end?.stopped === 'cancelled') {
      built.set(module, { problem: 'The build was cancelled.' });
    } else {
      const { build, classPathFrom } = await buildByFiles(request, module);
      built.set(module, build);
      if (isBuilt(build)) notes.add(describeFallback(end, classPathFrom));
    }
  }
  return { modules: built, notes: [...notes] };
}

/** The class path as the last successful Gradle run left it, or `null`. */
export function readGradleBuild(rootDir: string, module: string): BuiltModule | null {
  const dir = join(rootDir, module);
  const file = join(dir, classPathFile);
  if (!existsSync(file)) return null;
  const entries = readFileSync(file, 'utf8').split(delimiter);
  return { dir, outputDir: join(dir, 'build'), testSources: [], ...splitClassPath(entries) };
}

async function runGradle(request: GradleBuildRequest): Promise<ProcessEnd | null> {
  const { rootDir, modules, env, limitMs, signal } = request;
  const command = gradleCommand(rootDir);
  if (command === null) return null;
  const script = join(rootDir, 'bespoke-init.gradle');
  writeFileSync(script, initScript);
  const tasks = modules.map((module) => `${module === '' ? '' : `:${module.replaceAll('/', ':')}`}:bespokeClassPath`);
  const options = ['--no-daemon', '--quiet', '--continue', '--console=plain', '--init-script', script];
  return await runProcess(command, [...options, ...tasks], { cwd: rootDir, env, limitMs, signal });
}

/** The workspace's own wrapper, else the Gradle that is installed; `null`: neither is there. */
export function gradleCommand(rootDir: string): string | null {
  const wrapper = join(rootDir, process.platform === 'win32' ? 'gradlew.bat' : 'gradlew');
  const hasWrapper = existsSync(wrapper) && existsSync(join(rootDir, 'gradle', 'wrapper', 'gradle-wrapper.jar'));
  return hasWrapper ? wrapper : findOnPath('gradle');
}

function describeFallback(end: ProcessEnd | null, classPathFrom: string | null): string {
  const why =
    end === null
      ? 'no Gradle is installed and the workspace has no wrapper'
      : end.stopped === 'timeout'
        ? 'it did not finish in time'
        : (
            end.stderr.split('\\n').find((line) => line.trim() !== '' && !line.startsWith('FAILURE')) ??
            'it gave no reason'
          )
            .trim()
            .slice(0, 200);
  const source = classPathFrom === null ? 'was read from the build files' : `is the one that ${classPathFrom} knows`;
  return `Gradle could not be asked (${why}): the class path ${source}.`;
}
