import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { root } from '../test/server/support/places.ts';

/** What a program took. */
export interface TimedRun {
  readonly seconds: number;
  /** 0 where it is not known. */
  readonly peakBytes: number;
}

/** Runs a program, Node.js when none is named, to its end: seconds from start to end, and the most memory that it held. */
export async function timed(
  args: readonly string[],
  more: { readonly command?: string; readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<TimedRun & { output: string }> {
  const started = performance.now();
  const child = spawn(more.command ?? process.execPath, args, {
    cwd: dirname(args[0] ?? ''),
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...more.env },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stdin.end(more.input ?? '');
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, 20);
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  clearInterval(watch);
  if (code !== 0) throw new Error(`${relative(root, args[0] ?? '')} ended with ${code}.`);
  return { output, seconds: (performance.now() - started) / 1000, peakBytes };
}

/** As the kernel keeps it, where it does. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    // It has just ended, or this is not Linux.
    return 0;
  }
}
