import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { RunDir } from '../storage/data-dir.ts';
import { RayAttempt } from './ray-attempt.ts';
import type { RayJob, RayJobs } from './ray-jobs.ts';
import type { Trainer, TrainerEnd, TrainerEnvironment, TrainerHost } from './trainer-host.ts';
import type { TrainerCommand } from './trainer-process.ts';

/** How trainers run on a cluster. */
export interface RayTrainersParts {
  readonly jobs: RayJobs;
  /** Where interpreter and trainer are, on every node as here. */
  readonly command: TrainerCommand;
  /** What a trainer takes of a node; both may be fractions. */
  readonly cpus: number;
  readonly gpus: number;
  readonly log: Log;
}

/**
 * Trainers as jobs of a Ray cluster. Events and ends come through the run's folder, so Ray is only asked for what no file can say: that a
 * node died, or that the head forgot everything. While the head is away trainers go on and are listened to; what has to be submitted waits.
 */
export class RayTrainers implements TrainerHost {
  constructor(private readonly parts: RayTrainersParts) {}

  async start(runId: string, { workDir, specFile, logFile }: RunDir, more: TrainerEnvironment = {}): Promise<Trainer> {
    const { attempt, earlier } = await RayAttempt.next(runId, workDir);
    const { python, trainerDir } = this.parts.command;
    const environment = ['-u', 'RAY_AUTH_TOKEN', '-u', 'RAY_AUTH_TOKEN_PATH', `PYTHONPATH=${trainerDir}`];
    for (const [name, value] of Object.entries(more)) environment.push(`${name}=${value}`);
    const program = [python, '-m', 'bespoke_trainer.ray_job', attempt.identity.folder, specFile, logFile];
    const command = ['exec', 'env', ...environment, ...program].map(quoted).join(' ');
    return new RayTrainer(this.parts, attempt, earlier, command);
  }
}

class RayTrainer implements Trainer {
  readonly identity;
  readonly lines: AsyncIterable<string>;
  readonly ended: Promise<TrainerEnd>;
  readonly #settled: (end: TrainerEnd) => void;
  /** When the trainer was asked to end. */
  #askedMs: number | undefined;
  #submitted = false;
  #rayIsAway = false;

  constructor(
    private readonly parts: RayTrainersParts,
    private readonly attempt: RayAttempt,
    private readonly earlier: RayAttempt | undefined,
    private readonly command: string,
  ) {
    this.identity = attempt.identity;
    let settle: (end: TrainerEnd) => void = () => {};
    this.ended = new Promise((done) => {
      settle = done;
    });
    this.#settled = settle;
    this.lines = this.#follow();
  }

  end(): void {
    if (this.#askedMs !== undefined) return;
    this.#askedMs = Date.now();
    this.#askToEnd().catch((error: unknown) => this.parts.log.error('trainer-not-ended', error, this.#fields));
  }

  async abandon(): Promise<void> {
    this.#askedMs ??= Date.now();
    await this.#askToEnd();
    await this.attempt.endLeftBehind();
  }

  /** Submits the job, then tells what the trainer says until it has ended. */
  async *#follow(): AsyncGenerator<string> {
    await this.#submit();
    let askedRayMs = Date.now();
    for (;;) {
      yield* await this.attempt.newLines();
      let end = await this.#endByFolder();
      if (end === undefined && this.#submitted && Date.now() - askedRayMs >= ASK_RAY_EVERY_MS) {
        end = await this.#endByRay();
        askedRayMs = Date.now();
      }
      if (end !== undefined) {
        yield* await this.attempt.newLines();
        await this.attempt.close(end);
        return this.#settled(end);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #submit(): Promise<void> {
    const { jobs, cpus, gpus } = this.parts;
    const id = this.identity.rayJob;
    if (this.earlier !== undefined) {
      await this.earlier.endLeftBehind();
      const { rayJob } = this.earlier.identity;
      await this.#ask(() => jobs.stop(rayJob));
    }
    for (let pauseMs = 500; this.#askedMs === undefined; pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS)) {
      // An answer that got lost leaves a job behind, and Ray has no other word for that than status 500.
      const isThere = await this.#ask(async () => {
        if ((await jobs.find(id)) === undefined) await jobs.submit({ id, command: this.command, cpus, gpus });
        return true;
      });
      if (isThere === true) {
        this.#submitted = true;
        // What asked to end it meanwhile found no job.
        if (this.#askedMs !== undefined) await this.#ask(() => jobs.stop(id));
        return;
      }
      await sleep(pauseMs);
    }
  }

  async #endByFolder(): Promise<TrainerEnd | undefined> {
    const end = await this.attempt.end();
    if (end !== undefined || this.#askedMs === undefined) return end;
    const askedMsAgo = Date.now() - this.#askedMs;
    // One that has passed the look at its permit by a hair says so within a moment.
    const isGone = askedMsAgo >= MOST_END_MS || (askedMsAgo >= START_MS && !(await this.attempt.hasStarted()));
    return isGone ? { code: null, signal: 'SIGTERM' } : undefined;
  }

  async #endByRay(): Promise<TrainerEnd | undefined> {
    const job = await this.#ask(async () => (await this.parts.jobs.find(this.identity.rayJob)) ?? 'forgotten');
    if (job === undefined || (job !== 'forgotten' && (job.status === 'PENDING' || job.status === 'RUNNING')))
      return undefined;
    // What it said itself counts, and may have come since.
    const said = await this.attempt.end();
    if (said !== undefined) return said;
    if (job === 'forgotten') {
      // It may still be at work on a node that has not noticed that its head is gone.
      await this.attempt.endLeftBehind();
      return LOST;
    }
    return endOf(job, await this.attempt.hasStarted());
  }

  async #askToEnd(): Promise<void> {
    await this.attempt.revoke();
    if (this.#submitted) await this.#ask(() => this.parts.jobs.stop(this.identity.rayJob));
  }

  /** Asks Ray something; `undefined` when it does not answer, which is logged once. */
  async #ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await question();
      if (this.#rayIsAway) this.parts.log.info('ray-is-back', this.#fields);
      this.#rayIsAway = false;
      return answer;
    } catch (error) {
      if (!this.#rayIsAway) this.parts.log.error('ray-is-away', error, this.#fields);
      this.#rayIsAway = true;
      return undefined;
    }
  }

  get #fields() {
    return { rayJob: this.identity.rayJob };
  }
}

/** How a trainer ended that said nothing of it. */
function endOf({ exitCode, errorType }: RayJob, hasStarted: boolean): TrainerEnd {
  if (exitCode !== null)
    return { code: exitCode < 0 ? null : exitCode, signal: exitCode < 0 ? signalOf(-exitCode) : null };
  const wasNoRoom = errorType === 'JOB_SUPERVISOR_ACTOR_START_TIMEOUT';
  if (!hasStarted && (wasNoRoom || errorType === 'JOB_SUPERVISOR_ACTOR_DIED')) return LOST;
  return { code: null, signal: null };
}

function signalOf(wanted: number): NodeJS.Signals {
  const found = Object.entries(constants.signals).find(([, number]) => number === wanted);
  return found === undefined ? 'SIGKILL' : (found[0] as NodeJS.Signals);
}

/** A word for the shell that runs a job's command. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

const LOST: TrainerEnd = { code: null, signal: null, lost: true };

const LOOK_EVERY_MS = 250;
const ASK_RAY_EVERY_MS = 2000;
const MOST_PAUSE_MS = 10_000;
const START_MS = 1500;
/** What a user who cancels waits at most for a trainer that nobody can reach. */
const MOST_END_MS = 6000;
