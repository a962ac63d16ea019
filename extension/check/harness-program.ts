import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from './run-process.ts';
import { findOnPath } from './sandbox.ts';

/** The Java side of the check, compiled. */
export interface HarnessProgram {
  readonly java: string;
  readonly javac: string;
  /** Java's feature version, for instance 17. */
  readonly javaVersion: number;
  /** Folder that the JDK lives in. */
  readonly javaHome: string;
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
  const options = { cwd: harnessDir, env: process.env, limitMs: 120_000, signal };
  const { javaHome, javaVersion } = await askJava(findJava(request.javaHome ?? process.env.JAVA_HOME), options);
  const inHome = (program: string) => join(javaHome, 'bin', process.platform === 'win32' ? `${program}.exe` : program);
  const [java, javac] = [inHome('java'), inHome('javac')];
  if (!(javaVersion >= 17) || !existsSync(javac)) {
    throw new Error(
      `Checking tests needs a JDK 17 or newer, and ${javaHome} is ${existsSync(javac) ? `Java ${javaVersion}` : 'no JDK'}: install one and set JAVA_HOME.`,
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
  return { java, javac, javaVersion, javaHome, classesDir, runnerSourcesDir: join(harnessDir, 'runners') };
}

function findJava(javaHome: string | undefined): string {
  const name = process.platform === 'win32' ? 'java.exe' : 'java';
  const path = javaHome === undefined ? findOnPath('java') : join(javaHome, 'bin', name);
  if (path === null || !existsSync(path)) {
    throw new Error(`No Java in ${javaHome ?? 'the PATH'}: install a JDK 17 or newer and set JAVA_HOME.`);
  }
  return path;
}

/** Where this Java really lives: the program on the PATH may be a link or a script of a version manager. */
async function askJava(java: string, options: Parameters<typeof runProcess>[2]) {
  const end = await runProcess(java, ['-XshowSettings:properties', '-version'], options);
  const property = (name: string) => new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(end.stderr)?.[1]?.trim();
  const javaHome = property('java\\.home');
  if (javaHome === undefined) throw new Error(`${java} does not start: install a JDK 17 or newer and set JAVA_HOME.`);
  return { javaHome, javaVersion: Number((property('java\\.specification\\.version') ?? '').replace(/^1\./, '')) };
}
