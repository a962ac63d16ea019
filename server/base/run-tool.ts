import { spawn } from 'node:child_process';

/** Runs a program to its end; rejects with what it printed when it fails, and with the signal's reason when that is aborted. */
export function runTool(
  program: string,
  args: readonly string[],
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let printed = '';
    const keep = (chunk: Buffer) => {
      printed = `${printed}${chunk.toString()}`.slice(0, MOST_PRINTED_CHARACTERS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(signal.aborted ? signal.reason : new Error(`${program} failed: ${printed.trim()}`));
    });
  });
}

const MOST_PRINTED_CHARACTERS = 600;
