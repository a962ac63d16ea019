import { type ChildProcess, spawn } from 'node:child_process';
import type { NewRayJob, RayJob } from '../../../server/processes/ray-jobs.ts';

/** A stand-in for Ray's Jobs API: jobs are processes of this machine, and there is always room. */
export class ProcessesForRay {
  readonly jobs = new Map<string, ChildProcess>();

  async submit({ id, command: [program = '', ...args] }: NewRayJob): Promise<void> {
    const env = { ...process.env, RAY_ADDRESS: '127.0.0.1:6379' };
    this.jobs.set(id, spawn(program, args, { env, stdio: 'ignore' }));
  }

  async find(id: string): Promise<RayJob | undefined> {
    const job = this.jobs.get(id);
    if (job === undefined) return undefined;
    const status = isRunning(job) ? 'RUNNING' : job.exitCode === 0 ? 'SUCCEEDED' : 'FAILED';
    return { status, exitCode: job.exitCode, errorType: null };
  }

  async stop(id: string): Promise<void> {
    this.jobs.get(id)?.kill();
  }

  /** Workers that live, in the order of their starts. */
  get running(): ChildProcess[] {
    return [...this.jobs.values()].filter(isRunning);
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
