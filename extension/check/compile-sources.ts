import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProcess } from './run-process.ts';

export interface CompileRequest {
  readonly sources: readonly string[];
  /** Emptied first. */
  readonly classesDir: string;
  readonly classPath: readonly string[];
  /** Java language level. */
  readonly release: number;
  /** Feature version of the Java that compiles. */
  readonly javaVersion: number;
  /** Folder that errors are told relative to. */
  readonly rootDir: string;
  readonly javac: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Compiles sources with javac; returns the first error, or `null` when all went well. */
export async function compileSources(request: CompileRequest): Promise<string | null> {
  const { sources, classesDir, classPath, release, rootDir } = request;
  rmSync(classesDir, { recursive: true, force: true });
  mkdirSync(classesDir, { recursive: true });
  if (sources.length === 0) return null;
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const argumentsFile = join(classesDir, '..', 'javac-arguments');
  const options = ['-d', classesDir, '-cp', classPath.join(delimiter), '--release', String(Math.max(8, release))];
  // Newer Java runs annotation processors only when it is told to.
  if (request.javaVersion >= 23) options.push('-proc:full');
  const all = [...options, '-encoding', 'UTF-8', '-g', '-parameters', '-nowarn', ...[...sources].sort()];
  writeFileSync(argumentsFile, all.map(quoted).join('\n'));
  const { env, limitMs, signal } = request;
  const end = await runProcess(request.javac, [`@${argumentsFile}`], { cwd: rootDir, env, limitMs, signal });
  if (end.exitCode === 0) return null;
  const error = end.stderr.split('\n').find((line) => line.includes('error:')) ?? 'javac gave no reason';
  return error.replaceAll(`${rootDir}/`, '').slice(0, 300);
}
