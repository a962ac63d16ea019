import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { buildRootOf } from './build-root.ts';
import { type BuiltModule, isBuilt, javaRelease, type ModuleBuildFailure } from './built-module.ts';
import type { SandboxKind } from './check-result.ts';
import { buildWithGradle } from './gradle-build.ts';
import type { HarnessSetup } from './harness-process.ts';
import type { HarnessProgram } from './harness-program.ts';
import { launcherLibraries } from './junit-launcher.ts';
import type { AskProject } from './known-project.ts';
import type { CheckLimits } from './limits.ts';
import { buildWithMaven } from './maven-build.ts';
import { changedFiles, type MirroredFiles, mirrorWorkspace } from './mirror-workspace.ts';
import { buildPlain } from './plain-build.ts';

export interface ModuleBuildsRequest {
  readonly workspaceDir: string;
  readonly cacheDir: string;
  readonly program: HarnessProgram;
  readonly limits: CheckLimits;
  /** Asked only about modules whose build tool cannot be. */
  readonly askProject?: AskProject | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltModules {
  readonly modules: ReadonlyMap<string, BuiltModule | ModuleBuildFailure>;
  /** What the user should know although the build went on. */
  readonly notes: readonly string[];
}

/** What a folder of builds remembers of its last one. */
interface BuildStamp {
  /** The mirror when it was built. */
  readonly files: MirroredFiles;
  readonly modules: Readonly<Record<string, BuiltModule>>;
  readonly notes: readonly string[];
}

/** One build at a time in each mirror: two would write the same files. */
const running = new Map<string, Promise<unknown>>();

/** Builds modules of one workspace in a mirror of it and remembers the builds until a file changes. */
export class ModuleBuilds {
  readonly #request: ModuleBuildsRequest;
  readonly #dir: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(request: ModuleBuildsRequest) {
    this.#request = request;
    this.#dir = buildsDirOf(request.cacheDir, request.workspaceDir);
    this.#env = { ...process.env, JAVA_HOME: request.program.javaHome };
  }

  /**
   * Builds what is not built yet. `replaced` are test files that come with a text of their own: a change in one of them alone needs no new
   * build, so that keeping one test does not delay the check of the next.
   */
  async build(modules: readonly string[], replaced: ReadonlySet<string> = new Set()): Promise<BuiltModules> {
    const before = running.get(this.#dir);
    const build = (before ?? Promise.resolve()).then(() => this.#build(modules, replaced));
    // The next one waits for the end of this one, however it ends.
    running.set(
      this.#dir,
      build.catch(() => {}),
    );
    return await build;
  }

  async #build(modules: readonly string[], replaced: ReadonlySet<string>): Promise<BuiltModules> {
    const mirror = join(this.#dir, 'files');
    const files = mirrorWorkspace(this.#request.workspaceDir, mirror);
    const stampFile = join(this.#dir, 'built.json');
    const last = readStamp(stampFile);
    const isCurrent = last !== null && changedFiles(last.files, files).every((path) => replaced.has(path));
    const stamp: BuildStamp = last !== null && isCurrent ? last : { files, modules: {}, notes: [] };
    const results = new Map<string, BuiltModule | ModuleBuildFailure>();
    const wanted: string[] = [];
    for (const module of modules) {
      const known = stamp.modules[module];
      if (known !== undefined && [...known.libraries, known.dir].every((path) => existsSync(path)))
        results.set(module, known);
      else wanted.push(module);
    }
    const notes = new Set(stamp.notes);
    for (const [root, group] of this.#byBuildRoot(mirror, wanted)) {
      const built = await this.#buildGroup(root, mirror, group);
      for (const [module, build] of built.modules) results.set(module, build);
      for (const note of built.notes) notes.add(note);
    }
    for (const [module, build] of results) {
      if (isBuilt(build) && build.testSources.length > 0) notes.add(testsBrokenNote(module));
    }
    // One without a test framework checks nothing: who is asked for its class path may know it the next time.
    const known = Object.fromEntries(
      [...results].filter(
        (entry): entry is [string, BuiltModule] => isBuilt(entry[1]) && hasTestFramework(entry[1].libraries),
      ),
    );
    mkdirSync(this.#dir, { recursive: true });
    const next: BuildStamp = { files: stamp.files, modules: { ...stamp.modules, ...known }, notes: [...notes] };
    writeFileSync(stampFile, JSON.stringify(next));
    return { modules: results, notes: [...notes] };
  }

  /** Modules by `tool:folder` of their build; those without a build tool are built from the workspace's own folder. */
  #byBuildRoot(mirror: string, modules: readonly string[]): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const module of modules) {
      const root = buildRootOf(mirror, module) ?? { tool: 'plain', dir: '' };
      const key = `${root.tool}:${root.dir}`;
      groups.set(key, [...(groups.get(key) ?? []), module]);
    }
    return groups;
  }

  async #buildGroup(root: string, mirror: string, modules: readonly string[]): Promise<BuiltModules> {
    const { cacheDir, program, limits, askProject, signal } = this.#request;
    const [tool, dir = ''] = root.split(':');
    const relative = new Map(modules.map((module) => [dir === '' ? module : module.slice(dir.length + 1), module]));
    const request = {
      rootDir: join(mirror, dir),
      modules: [...relative.keys()],
      env: this.#env,
      limitMs: limits.buildMs,
      signal,
    };
    const compiling = {
      ...request,
      javac: program.javac,
      javaVersion: program.javaVersion,
      askProject: askProject && ((name: string) => askProject([dir, name].filter((part) => part !== '').join('/'))),
    };
    const built =
      tool === 'gradle'
        ? await buildWithGradle({ ...compiling, cacheDir })
        : { modules: tool === 'maven' ? await buildWithMaven(request) : await buildPlain(compiling), notes: [] };
    return {
      modules: new Map([...built.modules].map(([name, build]) => [relative.get(name) ?? name, build])),
      notes: built.notes,
    };
  }

  /** What a harness process needs to check candidates of this module. */
  async harnessSetup(
    module: BuiltModule,
    sandbox: Exclude<SandboxKind, 'none-started'>,
  ): Promise<HarnessSetup | ModuleBuildFailure> {
    const { cacheDir, program, limits, signal } = this.#request;
    if (!hasTestFramework(module.libraries)) return { problem: frameworkMissing(module.dir, join(this.#dir, 'files')) };
    const release = javaRelease(module.directories) ?? program.javaVersion;
    if (release > program.javaVersion) {
      return {
        problem: `The module is compiled for Java ${release} and the check runs on Java ${program.javaVersion}: point JAVA_HOME to a newer JDK.`,
      };
    }
    try {
      const extra = await launcherLibraries({
        libraries: module.libraries,
        cacheDir,
        env: this.#env,
        limitMs: limits.buildMs,
        signal,
      });
      const libraries = [...module.libraries, ...extra];
      return { program, module, libraries, release: Math.max(8, release), limits, sandbox };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** Removes the copy of a workspace and its builds, for a user who wants a repository forgotten. */
export function forgetBuilds(cacheDir: string, workspaceDir: string): void {
  rmSync(buildsDirOf(resolve(cacheDir), resolve(workspaceDir)), { recursive: true, force: true });
}

function buildsDirOf(cacheDir: string, workspaceDir: string): string {
  return join(cacheDir, 'workspaces', createHash('sha256').update(workspaceDir).digest('hex').slice(0, 16));
}

function hasTestFramework(libraries: readonly string[]): boolean {
  return libraries.some((library) => /junit|testng/i.test(basename(library)));
}

function frameworkMissing(dir: string, mirror: string): string {
  const module = relative(mirror, dir);
  const name = module === '' ? 'The workspace' : module;
  const file = ['pom.xml', 'build.gradle', 'build.gradle.kts'].find((one) => existsSync(join(dir, one)));
  const where =
    file === undefined ? 'put its jars into a folder lib' : `add it to the dependencies in ${join(module, file)}`;
  return `${name} has no test framework on its class path, so no test compiles there: ${where}, for instance JUnit.`;
}

function testsBrokenNote(module: string): string {
  return `The tests of ${module === '' ? 'the module' : module} do not compile as a whole: candidates were compiled with the test sources that they need.`;
}

function readStamp(file: string): BuildStamp | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BuildStamp) : null;
}
