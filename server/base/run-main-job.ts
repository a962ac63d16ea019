import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How the main job ended, and the JSON object that it says last when all went well. */
export interface EndedMainJob {
  readonly exitCode: number;
  readonly lastLine: string;
}

/** What goes with a main job that is no parameter of it. */
export interface MainJobCompany {
  /** Aborted, it interrupts the job. */
  readonly signal: AbortSignal;
  /** Called with every line that the job says. */
  readonly onLine: (line: string) => void;
  /** Called once the job runs, with its process id, which is its group's too then. */
  readonly onStarted?: (pid: number) => Promise<void>;
}

/**
 * Runs `bespoke start` with `args` to its end. It is a program of its own, because it belongs to the client; its bundle lies beside ours.
 */
export async function runMainJob(args: readonly string[], company: MainJobCompany): Promise<EndedMainJob> {
  const { signal, onLine, onStarted } = company;
  const script = join(fileURLToPath(new URL('.', import.meta.url)), 'cli.js');
  const child = spawn(process.execPath, [script, 'start', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Who keeps the id can end the job with all its children, when it was left behind.
    detached: onStarted !== undefined && process.platform !== 'win32',
  });
  const ended = new Promise<number>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    if (child.pid !== undefined) await onStarted?.(child.pid);
    let lastLine = '';
    for await (const line of createInterface({ input: child.stdout })) {
      onLine(line);
      lastLine = line;
    }
    return { exitCode: await ended, lastLine };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
