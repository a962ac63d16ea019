import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProcess } from './run-process.ts';
import { findOnPath } from './sandbox.ts';

/** The Java side of the check, compiled. */
export interface HarnessProgram {
  readonly java: string;
  /** Java's feature version, for instance 17. */
  readonly javaVersion: number;
  /** Folder that the JDK lives in, when it is not part of the system. */
  readonly javaHome: string | null;
  readonly classesDir: string;
  readonly runnerSourcesDir: string;
}

export interface HarnessProgramRequest {
  /** Folder of `Harness.java` and its neighbours. */
  readonly harnessDir: string;
  readonly cacheDir: string;
  /** JDK to use; else `JAVA_HOME`, else the one on the PATH. */
  readonly javaHome?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Compiles the harness once per version of its sources and of Java. Throws one clear sentence. */
export async function harnessProgram(request: HarnessProgramRequest): Promise<HarnessProgram> {
  const { harnessDir, cacheDir, signal } = request;
  const javaHome = request.javaHome ?? process.env.JAVA_HOME ?? null;
  const java = program(javaHome, 'java');
  const javac = program(javaHome, 'javac');
  const options = { cwd: harnessDir, env: process.env, limitMs: 120_000, signal };
  const version = await runProcess(javac, ['-version'], options);
  const javaVersion = Number(/javac (?:1\.)?(\d+)/.exec(version.stdout + version.stderr)?.[1] ?? Number.NaN);
  if (!(javaVersion >= 17)) {
    throw new Error(
      'Checking tests needs a JDK 17 or newer: install one and set JAVA_HOME or put `javac` on the PATH.',
    );
  }
  const sources = readdirSync(harnessDir)
    .filter((name) => name.endsWith('.java'))
    .sort();
  const hash = createHash('sha256').update(String(javaVersion));
  for (const source of sources) hash.update(readFileSync(join(harnessDir, source)));
  const classesDir = join(cacheDir, `harness-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(classesDir)) {
    mkdirSync(cacheDir, { recursive: true });
    const unfinished = mkdtempSync(join(cacheDir, 'harness-unfinished-'));
    const end = await runProcess(javac, ['-d', unfinished, ...sources.map((name) => join(harnessDir, name))], options);
    if (end.exitCode !== 0)
      throw new Error(`The test harness did not compile with ${javac}: ${end.stderr.slice(0, 500)}`);
    try {
      renameSync(unfinished, classesDir);
    } catch (error) {
      // Another process was quicker; its classes are the same.
      if (!existsSync(classesDir)) throw error;
      rmSync(unfinished, { recursive: true });
    }
  }
  return { java, javaVersion, javaHome, classesDir, runnerSourcesDir: join(harnessDir, 'runners') };
}

function program(javaHome: string | null, name: string): string {
  const path =
    javaHome === null ? findOnPath(name) : join(javaHome, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  if (path === null || !existsSync(path)) {
    throw new Error(
      `No ${name} in ${javaHome === null ? 'the PATH' : dirname(path ?? javaHome)}: install a JDK 17 or newer and set JAVA_HOME.`,
    );
  }
  return path;
}
