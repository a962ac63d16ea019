import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltModule, isBuilt, javaRelease, type ModuleBuildFailure } from './built-module.ts';
import type { SandboxKind } from './check-result.ts';
import type { HarnessSetup } from './harness-process.ts';
import type { HarnessProgram } from './harness-program.ts';
import { launcherLibraries } from './junit-launcher.ts';
import type { CheckLimits } from './limits.ts';
import { buildWithMaven, readBuild } from './maven-build.ts';
import { mirrorWorkspace } from './mirror-workspace.ts';

export interface ModuleBuildsRequest {
  readonly workspaceDir: string;
  readonly cacheDir: string;
  readonly program: HarnessProgram;
  readonly limits: CheckLimits;
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltModules {
  readonly modules: ReadonlyMap<string, BuiltModule | ModuleBuildFailure>;
  /** What the user should know although the build went on. */
  readonly notes: readonly string[];
}

/** Builds modules of one workspace in a mirror of it and remembers the builds until a file changes. */
export class ModuleBuilds {
  readonly #request: ModuleBuildsRequest;
  readonly #mirrorDir: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(request: ModuleBuildsRequest) {
    this.#request = request;
    const key = createHash('sha256').update(request.workspaceDir).digest('hex').slice(0, 16);
    this.#mirrorDir = join(request.cacheDir, 'workspaces', key);
    const { javaHome } = request.program;
    this.#env = javaHome === null ? process.env : { ...process.env, JAVA_HOME: javaHome };
  }

  async build(modules: readonly string[]): Promise<BuiltModules> {
    const { workspaceDir, limits, signal } = this.#request;
    const mirror = join(this.#mirrorDir, 'files');
    const fingerprint = mirrorWorkspace(workspaceDir, mirror);
    const stampFile = join(this.#mirrorDir, 'built.json');
    const stamp = readStamp(stampFile);
    const known = stamp?.fingerprint === fingerprint ? stamp.modules : [];
    const results = new Map<string, BuiltModule | ModuleBuildFailure>();
    for (const module of modules) {
      const build = known.includes(module) ? readBuild(mirror, module) : null;
      if (build !== null) results.set(module, build);
    }
    const wanted = modules.filter((module) => !results.has(module));
    if (wanted.length === 0) return { modules: results, notes: notesOn(results) };
    const built = await buildWithMaven({
      rootDir: mirror,
      modules: wanted,
      env: this.#env,
      limitMs: limits.buildMs,
      signal,
    });
    for (const [module, build] of built) results.set(module, build);
    const done = [...results].flatMap(([module, build]) => (isBuilt(build) ? [module] : []));
    mkdirSync(this.#mirrorDir, { recursive: true });
    writeFileSync(stampFile, JSON.stringify({ fingerprint, modules: [...new Set([...known, ...done])] }));
    return { modules: results, notes: notesOn(results) };
  }

  /** What a harness process needs to check candidates of this module. */
  async harnessSetup(
    module: BuiltModule,
    sandbox: Exclude<SandboxKind, 'none-started'>,
  ): Promise<HarnessSetup | ModuleBuildFailure> {
    const { cacheDir, program, limits, signal } = this.#request;
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
      return {
        program,
        module,
        libraries: [...module.libraries, ...extra],
        release: Math.max(8, release),
        limits,
        sandbox,
      };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

function notesOn(modules: ReadonlyMap<string, BuiltModule | ModuleBuildFailure>): string[] {
  return [...modules].flatMap(([module, build]) =>
    isBuilt(build) && build.testSources.length > 0
      ? [
          `The tests of ${module === '' ? 'the module' : module} do not compile as a whole: candidates were compiled with the test sources that they need.`,
        ]
      : [],
  );
}

function readStamp(file: string): { readonly fingerprint: string; readonly modules: readonly string[] } | null {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
