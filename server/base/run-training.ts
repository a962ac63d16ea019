import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readRunEventLine } from '../edge/trainer-wire.ts';

/** Folder that holds the package `bespoke_trainer`; the bundle lies in dist/. */
export const trainerDir = fileURLToPath(new URL('../server/trainer', import.meta.url));

/** Interpreter of the Python environment that set-up made. */
export const pythonOf = (home: string) =>
  join(home, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** Steps between two lines of progress. */
const stepsPerLine = 20;

/** Runs a training of a base model to its end and says how far it is. Returns the exit code. */
export async function runTraining(python: string, args: readonly string[], signal: AbortSignal): Promise<number> {
  const child = spawn(python, args, { cwd: trainerDir, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  for await (const line of createInterface({ input: child.stdout })) {
    const text = progressLine(line);
    if (text !== undefined) process.stdout.write(`${text}\n`);
  }
  signal.removeEventListener('abort', stop);
  return await ended;
}

function progressLine(line: string): string | undefined {
  const happening = readRunEventLine(line);
  switch (happening?.kind) {
    case 'training-progress': {
      if (happening.step % stepsPerLine !== 0) return undefined;
      const minutes = Math.ceil(happening.etaSeconds / 60);
      return `step ${happening.step} of ${happening.maxSteps}, loss ${happening.loss.toFixed(3)}, about ${minutes} min left`;
    }
    case 'validation-measured':
      return `epoch ${happening.epoch}: validation loss ${happening.validationLoss.toFixed(4)}`;
    case 'run-failed':
      return happening.message;
    default:
      return undefined;
  }
}
