import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { RunDir } from '../storage/data-dir.ts';
import { RayAttempt } from './ray-attempt.ts';
import { type RayJob, type RayJobs, RayQuestions } from './ray-jobs.ts';
import type { Trainer, TrainerEnd, TrainerEnvironment, TrainerHost } from './trainer-host.ts';
import type { TrainerCommand } from './trainer-process.ts';
import { WarmJobs } from './warm-jobs.ts';

/** How trainers run on a cluster. */
export interface RayTrainersParts {
  readonly jobs: RayJobs;
  /** Where interpreter and trainer are, on every node as here. */
  readonly command: TrainerCommand;
  /** What a trainer takes of a node; both may be fractions. */
  readonly cpus: number;
  readonly gpus: number;
  /** A folder of their own, which every node sees as this machine does. */
  readonly folder: string;
  /** How long a job waits for another run, and keeps what it takes of its node. */
  readonly idleSeconds: number;
  readonly log: Log;
}

/**
 * Trainers as jobs of a Ray cluster. Events and ends come through the run's folder, so Ray is only asked for what no file can say: that a
 * node died, or that the head forgot everything. While the head is away trainers go on and are listened to; what has to be submitted waits.
 * A job stays for the runs that follow (warm-jobs.ts): a run is offered to those that wait before one is submitted for it.
 */
export class RayTrainers implements TrainerHost {
  private constructor(
    private readonly parts: RayTrainersParts,
    private readonly warm: WarmJobs,
  ) {}

  /** Ends jobs that a server before this one left waiting for runs. */
  static async open(parts: RayTrainersParts): Promise<RayTrainers> {
    return new RayTrainers(parts, await WarmJobs.open(parts.folder, parts.idleSeconds));
  }

  async start(runId: string, runDir: RunDir, environment: TrainerEnvironment = {}): Promise<Trainer> {
    const { attempt, earlier } = await RayAttempt.next(runId, runDir.workDir);
    return new RayTrainer(this.parts, this.warm, attempt, earlier, { runDir, environment });
  }

  async close(): Promise<void> {
    await this.warm.close();
  }
}

class RayTrainer implements Trainer {
  readonly identity;
  readonly lines: AsyncIterable<string>;
  readonly ended: Promise<TrainerEnd>;
  readonly #settled: (end: TrainerEnd) => void;
  /** When the trainer was asked to end. */
  #askedMs: number | undefined;
  /** Whether the job of its own was submitted. */
  #submitted = false;
  /** The job that has taken the run: its own, or one that waited for a run after another one. */
  #job: string | undefined;
  readonly #ray: RayQuestions;

  constructor(
    private readonly parts: RayTrainersParts,
    private readonly warm: WarmJobs,
    private readonly attempt: RayAttempt,
    private readonly earlier: RayAttempt | undefined,
    private readonly run: { readonly runDir: RunDir; readonly environment: TrainerEnvironment },
  ) {
    this.identity = attempt.identity;
    this.#ray = new RayQuestions(parts.log, this.#fields);
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
    await this.#leaveJob();
  }

  /** Finds a job for the run, then tells what the trainer says until it has ended. */
  async *#follow(): AsyncGenerator<string> {
    await this.earlier?.endLeftBehind();
    const { environment, runDir } = this.run;
    const { folder, rayJob } = this.identity;
    const assignment = { attempt: folder, spec: runDir.specFile, log: runDir.logFile, environment };
    const isOneIdle = await this.warm.offer(rayJob, assignment);
    this.#submit(isOneIdle ? MOST_TAKE_MS : 0).catch((error: unknown) =>
      this.parts.log.error('trainer-not-submitted', error, this.#fields),
    );
    let askedRayMs = Date.now();
    for (;;) {
      await this.#lookWhoTook();
      yield* await this.attempt.newLines();
      let end = await this.#endByFolder();
      if (end === undefined && Date.now() - askedRayMs >= ASK_RAY_EVERY_MS) {
        end = await this.#endByRay();
        askedRayMs = Date.now();
      }
      if (end !== undefined) {
        yield* await this.attempt.newLines();
        await this.#leaveJob();
        await this.attempt.close(end);
        return this.#settled(end);
      }
      await sleep(this.#job === undefined ? LOOK_WHO_TOOK_EVERY_MS : LOOK_EVERY_MS);
    }
  }

  /** Submits the run's own job when no other has taken the run within `mostTakeMs`. */
  async #submit(mostTakeMs: number): Promise<void> {
    const { jobs, command, idleSeconds, cpus, gpus } = this.parts;
    const id = this.identity.rayJob;
    const isPlaced = () => this.#job !== undefined || this.#askedMs !== undefined;
    for (const deadline = Date.now() + mostTakeMs; Date.now() < deadline && !isPlaced(); )
      await sleep(LOOK_WHO_TOOK_EVERY_MS);
    const program = [command.python, '-m', 'bespoke_trainer.ray_job', this.warm.folder, id, String(idleSeconds)];
    const job = { id, command: ['env', `PYTHONPATH=${command.trainerDir}`, ...program], cpus, gpus };
    for (let pauseMs = 500; !isPlaced(); pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS)) {
      // An answer that got lost leaves a job behind, and Ray has no other word for that than status 500.
      const isThere = await this.#ray.ask(async () => {
        if ((await jobs.find(id)) === undefined) await jobs.submit(job);
        return true;
      });
      if (isThere === true) {
        this.#submitted = true;
        // What took the run, or asked to end it, meanwhile found no job.
        if (!isPlaced()) return;
        await this.#lookWhoTook();
        return this.#stopOwnJob();
      }
      await sleep(pauseMs);
    }
  }

  async #lookWhoTook(): Promise<void> {
    if (this.#job !== undefined) return;
    const job = await this.warm.takenBy(this.identity.rayJob);
    if (this.#job !== undefined || job === undefined) return;
    this.#job = job;
    if (job === this.identity.rayJob) return;
    this.parts.log.info('trainer-was-warm', { ...this.#fields, warmRayJob: job });
    await this.#stopOwnJob();
  }

  /** Only while its own job has no run: afterwards it may be at work for another one. */
  async #stopOwnJob(): Promise<void> {
    const { rayJob } = this.identity;
    if (this.#submitted && this.#job !== rayJob) await this.#ray.ask(() => this.parts.jobs.stop(rayJob));
  }

  /** When the trainer has ended. */
  async #leaveJob(): Promise<void> {
    await this.#lookWhoTook();
    const saidSo = (await this.attempt.end()) !== undefined;
    await this.warm.ended(this.identity.rayJob, this.#job, saidSo);
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
    const id = this.#job ?? (this.#submitted ? this.identity.rayJob : undefined);
    if (id === undefined) return undefined;
    const job = await this.#ray.ask(async () => (await this.parts.jobs.find(id)) ?? 'forgotten');
    if (job === undefined || (job !== 'forgotten' && (job.status === 'PENDING' || job.status === 'RUNNING')))
      return undefined;
    // What it said itself counts, and may have come since.
    const said = await this.attempt.end();
    if (said !== undefined) return said;
    // Another job may just have taken the run.
    if (this.#job === undefined && !(await this.warm.retract(id))) return undefined;
    if (job === 'forgotten') {
      // It may still be at work on a node that has not noticed that its head is gone.
      await this.attempt.endLeftBehind();
      return LOST;
    }
    return endOf(job, await this.attempt.hasStarted());
  }

  async #askToEnd(): Promise<void> {
    await this.attempt.revoke();
    // One that has the run looks at its permit, and stays for the next run.
    if (await this.warm.retract(this.identity.rayJob)) await this.#stopOwnJob();
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

const LOST: TrainerEnd = { code: null, signal: null, lost: true };

const LOOK_EVERY_MS = 250;
const LOOK_WHO_TOOK_EVERY_MS = 100;
/** A job that waits looks five times a second. */
const MOST_TAKE_MS = 2000;
const ASK_RAY_EVERY_MS = 2000;
const MOST_PAUSE_MS = 10_000;
const START_MS = 1500;
/** What a user who cancels waits at most for a trainer that nobody can reach. */
const MOST_END_MS = 6000;
