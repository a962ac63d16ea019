import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process id alone can be taken by another process; together with its start it cannot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the operating system tells it; `null` where it does not. */
  readonly started: string | null;
}

/** Names a running process so that it can be recognised later, even when its id was given to another one meanwhile. */
export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { pid, started: await startOf(pid) };
}

/** Whether this very process runs. Where the system does not tell when a process started, nothing is taken for it. */
export async function isRunning(process: ProcessIdentity): Promise<boolean> {
  return process.started !== null && (await startOf(process.pid)) === process.started;
}

/** Ends a process with its children at once, if it still is that process. Returns whether it was. */
export async function endOrphan(orphan: ProcessIdentity): Promise<boolean> {
  if (!(await isRunning(orphan))) return false;
  killGroup(orphan.pid, 'SIGKILL');
  for (let waited = 0; waited < 200 && (await isRunning(orphan)); waited++) await sleep(25);
  return true;
}

/** Sends a signal to a process that leads a group, and to its group. A process that is gone already is no error. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of process.platform === 'win32' ? [pid] : [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** When a process started, in whatever words the system has for it; `null` when it does not run or the system does not tell. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) return null;
    // The name in parentheses may hold anything; after it the state is field 3 and the start in clock ticks since boot field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${boot.trim()}:${fields[19] ?? ''}`;
  }
  if (process.platform === 'win32') return null;
  const answer = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined);
  const started = answer?.stdout.trim();
  return started === undefined || started === '' ? null : started;
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
