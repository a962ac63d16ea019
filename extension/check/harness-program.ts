import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findJdk, type Jdk } from './jdk.ts';
import { runProcess } from './run-process.ts';

/** The Java side of the check, compiled. */
export interface HarnessProgram extends Jdk {
  readonly classesDir: string;
  readonly runnerSourcesDir: string;
}

export interface HarnessProgramRequest {
  /** Folder of `Harness.java` and its neighbours. */
  readonly harnessDir: string;
  readonly cacheDir: string;
  /** JDK to use; else `JAVA_HOME`, else the one on the PATH. */
  readonly javaHome?: string | undefined;
  /** Java that the sources to check are written in. */
  readonly atLeast?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Compiles the harness once per version of its sources and of Java. Throws one clear sentence. */
export async function harnessProgram(request: HarnessProgramRequest): Promise<HarnessProgram> {
  const { harnessDir, cacheDir, signal } = request;
  const options = { cwd: harnessDir, env: process.env, limitMs: 120_000, signal };
  const jdk = await findJdk(request);
  const sources = readdirSync(harnessDir)
    .filter((name) => name.endsWith('.java'))
    .sort();
  const hash = createHash('sha256').update(String(jdk.javaVersion));
  for (const source of sources) hash.update(readFileSync(join(harnessDir, source)));
  const classesDir = join(cacheDir, `harness-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(classesDir)) {
    mkdirSync(cacheDir, { recursive: true });
    const unfinished = mkdtempSync(join(cacheDir, 'harness-unfinished-'));
    const end = await runProcess(
      jdk.javac,
      ['-d', unfinished, ...sources.map((name) => join(harnessDir, name))],
      options,
    );
    if (end.exitCode !== 0)
      throw new Error(`The test harness did not compile with ${jdk.javac}: ${end.stderr.slice(0, 500)}`);
    try {
      renameSync(unfinished, classesDir);
    } catch (error) {
      // Another process was quicker; its classes are the same.
      if (!existsSync(classesDir)) throw error;
      rmSync(unfinished, { recursive: true });
    }
  }
  return { ...jdk, classesDir, runnerSourcesDir: join(harnessDir, 'runners') };
}
