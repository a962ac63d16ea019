import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { identityOf, killGroup } from './process-identity.ts';
import type { Trainer, TrainerEnd, TrainerEnvironment, TrainerHost } from './trainer-host.ts';

/** How the trainer is started. */
export interface TrainerCommand {
  /** The Python interpreter of the trainer's environment. */
  readonly python: string;
  /** Folder that holds the package `bespoke_trainer`. */
  readonly trainerDir: string;
}

/** Trainers as processes on this machine. */
export function localTrainers(command: TrainerCommand): TrainerHost {
  return {
    start: (_runId, { specFile, logFile }, environment) => startTrainer(command, specFile, logFile, environment),
    close: async () => {},
  };
}

/**
 * Starts one trainer for one run. It leads a process group of its own, so that ending it ends its children and the terminal's Ctrl+C
 * reaches only the server. Its standard error goes to `logFile`. Rejects when it cannot be started.
 */
export async function startTrainer(
  command: TrainerCommand,
  specFile: string,
  logFile: string,
  environment: TrainerEnvironment = {},
): Promise<Trainer> {
  const log = await open(logFile, 'a');
  try {
    const child = spawn(command.python, ['-m', 'bespoke_trainer', specFile], {
      cwd: command.trainerDir,
      env: { ...trainerEnvironment(command.trainerDir), ...environment },
      stdio: ['ignore', 'pipe', log.fd],
      detached: process.platform !== 'win32',
    });
    const ended = new Promise<TrainerEnd>((done) => child.once('close', (code, signal) => done({ code, signal })));
    const { stdout } = child;
    if (stdout === null) throw new Error('The trainer started without an output.');
    const lines = createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY });
    // Listens from now on: an output that ended before somebody reads it would never end for them, and what it said would be lost.
    lines[Symbol.asyncIterator]();
    await new Promise((started, failed) => child.once('spawn', started).once('error', failed));
    const { pid } = child;
    if (pid === undefined) throw new Error('The trainer started without a process id.');
    const exited = new Promise<void>((done) => child.once('exit', () => done()));
    return {
      identity: await identityOf(pid),
      lines,
      ended,
      end: (graceMs) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        if (graceMs > 0) killGroup(pid, 'SIGTERM');
        const atOnce = setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs);
        child.once('exit', () => clearTimeout(atOnce));
      },
      abandon: async () => {
        stdout.destroy();
        if (child.exitCode !== null || child.signalCode !== null) return;
        killGroup(pid, 'SIGKILL');
        await exited;
      },
    };
  } finally {
    await log.close();
  }
}

/** The server's own secrets stay with the server. */
function trainerEnvironment(trainerDir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/TOKEN|PASSWORD|SECRET|DATABASE_URL|^PG|^OTEL_.*HEADERS/i.test(name),
  );
  return { ...Object.fromEntries(kept), PYTHONPATH: trainerDir, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' };
}
