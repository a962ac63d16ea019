import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface ProcessOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

export interface ProcessEnd {
  /** `null` when it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Set when the program could not be started, timed out or was cancelled. */
  readonly stopped: 'not-found' | 'timeout' | 'cancelled' | null;
}

const keptCharacters = 1_000_000;

/** Runs a program to its end and never rejects: how it ended is the result. Its whole process group dies with the limit. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions & { readonly limitMs: number },
): Promise<ProcessEnd> {
  if (options.signal?.aborted) return { exitCode: null, stdout: '', stderr: '', stopped: 'cancelled' };
  const child = startProcess(command, args, options);
  return await new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    let stopped: ProcessEnd['stopped'] = null;
    const stop = (why: ProcessEnd['stopped']) => {
      stopped = why;
      killProcess(child);
    };
    const timer = setTimeout(() => stop('timeout'), options.limitMs);
    const onAbort = () => stop('cancelled');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.stdin.end();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-keptCharacters);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptCharacters);
    });
    child.on('error', () => {
      stopped ??= 'not-found';
    });
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      resolve({ exitCode, stdout, stderr, stopped });
    });
  });
}

/** Starts a program in a process group of its own, so that `killProcess` reaches its children. */
export function startProcess(
  command: string,
  args: readonly string[],
  { cwd, env }: ProcessOptions,
): ChildProcessWithoutNullStreams {
  const child = spawn(command, [...args], { cwd, env, stdio: 'pipe', detached: process.platform !== 'win32' });
  // A program that ends early closes its input; the exit is reported by `close`.
  child.stdin.on('error', () => {});
  return child;
}

export function killProcess(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
