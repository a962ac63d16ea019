import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../storage/durable-file.ts';
import type { TrainerEnvironment } from './trainer-host.ts';

/** What a job needs to know of one attempt at a run. */
export interface Assignment {
  /** Its folder. */
  readonly attempt: string;
  readonly spec: string;
  readonly log: string;
  /** Variables that the trainer gets beside its own. */
  readonly environment: TrainerEnvironment;
}

/**
 * The folder where the server and the jobs of its trainers meet, which every node sees. A job is submitted for one run and stays for the
 * next ones:
 * - `waiting/RUN.json` what is to be done, named by the job that is or would be submitted for it;
 * - `taken/RUN.json@JOB` the same, moved there by the job that does it: whoever moves it first has it;
 * - `permits/JOB` a job takes further runs while it is there, so that one that nobody reaches ends by itself.
 */
export class WarmJobs {
  /** Jobs that wait for a run as far as is known, and until when they do. */
  readonly #idleUntilMs = new Map<string, number>();
  /** Which run a job works for. */
  readonly #runOf = new Map<string, string>();

  private constructor(
    readonly folder: string,
    private readonly idleSeconds: number,
  ) {}

  /** Ends jobs that a server before this one left waiting. */
  static async open(root: string, idleSeconds: number): Promise<WarmJobs> {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
    const jobs = new WarmJobs(join(root, randomUUID()), idleSeconds);
    for (const name of ['waiting', 'taken', 'permits'])
      await mkdir(join(jobs.folder, name), { recursive: true, mode: 0o700 });
    return jobs;
  }

  /** Lets jobs take a run, `id` being the one that would be submitted for it. Returns whether one is likely to wait for it. */
  async offer(id: string, assignment: Assignment): Promise<boolean> {
    await writeDurably(this.#permit(id), '');
    await writeDurably(this.#waiting(id), JSON.stringify(assignment));
    // Each is counted on by one run only.
    for (const [job, untilMs] of this.#idleUntilMs) {
      this.#idleUntilMs.delete(job);
      if (Date.now() < untilMs) return true;
    }
    return false;
  }

  /** The job that took a run. */
  async takenBy(id: string): Promise<string | undefined> {
    const prefix = `${id}.json@`;
    const name = (await readdir(join(this.folder, 'taken'))).find((each) => each.startsWith(prefix));
    const job = name?.slice(prefix.length);
    if (job !== undefined) {
      this.#runOf.set(job, id);
      this.#idleUntilMs.delete(job);
    }
    return job;
  }

  /** Takes a run back. Returns `false` when a job was faster. */
  async retract(id: string): Promise<boolean> {
    await rm(this.#waiting(id), { force: true });
    return (await this.takenBy(id)) === undefined;
  }

  /** Forgets a run that has ended, and its job as well unless that said so itself and waits for the next one. */
  async ended(id: string, job: string | undefined, saidSo: boolean): Promise<void> {
    if (job !== id) await this.retire(id);
    await rm(this.#waiting(id), { force: true });
    if (job === undefined) return;
    if (!saidSo) await this.retire(job);
    else if (this.#runOf.get(job) === id) this.#idleUntilMs.set(job, Date.now() + this.idleSeconds * 1000);
    if (this.#runOf.get(job) === id) this.#runOf.delete(job);
    await rm(join(this.folder, 'taken', `${id}.json@${job}`), { force: true });
  }

  /** Lets a job take no more runs. */
  async retire(job: string): Promise<void> {
    this.#idleUntilMs.delete(job);
    await rm(this.#permit(job), { force: true });
  }

  /** Ends the jobs that wait. */
  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #waiting(id: string): string {
    return join(this.folder, 'waiting', `${id}.json`);
  }

  #permit(job: string): string {
    return join(this.folder, 'permits', job);
  }
}
