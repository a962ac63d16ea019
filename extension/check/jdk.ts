import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedJdks } from './installed-jdks.ts';
import { runProcess } from './run-process.ts';
import { findOnPath } from './sandbox.ts';

/** The JDK that compiles and runs tests. */
export interface Jdk {
  readonly java: string;
  readonly javac: string;
  /** Java's feature version, for instance 17. */
  readonly javaVersion: number;
  /** Folder that the JDK lives in. */
  readonly javaHome: string;
}

export interface JdkRequest {
  /** JDK to use; else `JAVA_HOME`, else the one on the PATH. */
  readonly javaHome?: string | undefined;
  /** Java that the sources are written in: where the JDK to use is older, another one that is installed and new enough is taken. */
  readonly atLeast?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Finds a JDK that is new enough. Throws one clear sentence. */
export async function findJdk(request: JdkRequest): Promise<Jdk> {
  const own = await askJava(findJava(request.javaHome ?? process.env.JAVA_HOME), request.signal);
  const needed = Math.max(oldestJava, request.atLeast ?? 0);
  const isEnough = own.javaVersion >= needed && existsSync(join(own.javaHome, 'bin', programName('javac')));
  const { javaHome, javaVersion } = isEnough ? own : (installedJdks().find((jdk) => jdk.javaVersion >= needed) ?? own);
  const inHome = (program: string) => join(javaHome, 'bin', programName(program));
  const [java, javac] = [inHome('java'), inHome('javac')];
  if (!(javaVersion >= oldestJava) || !existsSync(javac)) {
    throw new Error(
      `Checking tests needs a JDK 17 or newer, and ${javaHome} is ${existsSync(javac) ? `Java ${javaVersion}` : 'no JDK'}: install one and set JAVA_HOME.`,
    );
  }
  return { java, javac, javaVersion, javaHome };
}

const oldestJava = 17;

function programName(program: string): string {
  return process.platform === 'win32' ? `${program}.exe` : program;
}

function findJava(javaHome: string | undefined): string {
  const path = javaHome === undefined ? findOnPath('java') : join(javaHome, 'bin', programName('java'));
  if (path === null || !existsSync(path)) {
    throw new Error(`No Java in ${javaHome ?? 'the PATH'}: install a JDK 17 or newer and set JAVA_HOME.`);
  }
  return path;
}

/** Where this Java really lives: the program on the PATH may be a link or a script of a version manager. */
async function askJava(java: string, signal: AbortSignal | undefined) {
  const options = { cwd: tmpdir(), env: process.env, limitMs: 120_000, signal };
  const end = await runProcess(java, ['-XshowSettings:properties', '-version'], options);
  const property = (name: string) => new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(end.stderr)?.[1]?.trim();
  const javaHome = property('java\\.home');
  if (javaHome === undefined) throw new Error(`${java} does not start: install a JDK 17 or newer and set JAVA_HOME.`);
  return { javaHome, javaVersion: Number((property('java\\.specification\\.version') ?? '').replace(/^1\./, '')) };
}
