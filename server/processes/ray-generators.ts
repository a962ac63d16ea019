import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectWorker } from '../generation/remote-worker.ts';
import type { WorkerConnection, WorkerHost } from '../generation/worker-connection.ts';
import { errorOf } from '../generation/worker-failure.ts';
import { type WorkerAnswer, WorkerFolder } from '../generation/worker-folder.ts';
import type { WorkerOptions } from '../generation/worker-protocol.ts';
import type { Log } from '../log.ts';
import { type RayJobs, RayQuestions } from './ray-jobs.ts';

/** How generation workers run on a cluster. */
export interface RayGeneratorsParts {
  readonly jobs: Pick<RayJobs, 'submit' | 'find' | 'stop'>;
  /** The bundled program, on every node as here. */
  readonly program: string;
  /** A folder of their own, which every node sees as this machine does. */
  readonly folder: string;
  readonly baseModelSha256: string;
  readonly log: Log;
}

/**
 * Generation workers as jobs of a Ray cluster. Once a worker is connected Ray is not asked any more: a head that dies takes no worker with it
 * that was not on its node, and what has to be submitted waits until it is back.
 */
export class RayGenerators implements WorkerHost {
  readonly #ray: RayQuestions;
  readonly #folders = new Set<WorkerFolder>();

  private constructor(private readonly parts: RayGeneratorsParts) {
    this.#ray = new RayQuestions(parts.log);
  }

  /** Takes away the permits of workers that a server before this one left behind. */
  static async open(parts: RayGeneratorsParts): Promise<RayGenerators> {
    await rm(parts.folder, { recursive: true, force: true, maxRetries: 5 });
    return new RayGenerators(parts);
  }

  async start(options: WorkerOptions, signal: AbortSignal): Promise<WorkerConnection> {
    const id = randomUUID();
    const folder = new WorkerFolder(join(this.parts.folder, id));
    const rayJob = `bespoke-generation-worker-${id}`;
    this.#folders.add(folder);
    try {
      const key = await folder.permit(options, this.parts.baseModelSha256);
      await this.#submit(rayJob, folder, options.threads, signal);
      const answer = await this.#answer(rayJob, folder, signal);
      if (answer.kind === 'failed') throw errorOf(answer);
      const connection = await connectWorker(answer, key);
      void connection.ended.then(() => this.#remove(folder));
      return connection;
    } catch (error) {
      await this.#remove(folder);
      // So that it does not wait for room any more; without a permit it would not work in any case.
      const stopped = this.#ray.ask(() => this.parts.jobs.stop(rayJob));
      await Promise.race([stopped, sleep(MOST_STOP_MS, undefined, { ref: false })]);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#folders].map((folder) => this.#remove(folder)));
  }

  async #submit(id: string, folder: WorkerFolder, cpus: number, signal: AbortSignal): Promise<void> {
    const { jobs, program } = this.parts;
    const command = [process.execPath, program, folder.path];
    for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS)) {
      signal.throwIfAborted();
      // An answer that got lost leaves a job behind, and Ray has no other word for that than status 500.
      const isThere = await this.#ray.ask(async () => {
        if ((await jobs.find(id)) === undefined) await jobs.submit({ id, command, cpus, gpus: 0 });
        return true;
      });
      if (isThere === true) return;
      await sleep(pauseMs, undefined, { signal });
    }
  }

  /** Waits for room on a node and for the base model to be loaded there. */
  async #answer(rayJob: string, folder: WorkerFolder, signal: AbortSignal): Promise<WorkerAnswer> {
    for (let askedRayMs = Date.now(); ; await sleep(LOOK_EVERY_MS, undefined, { signal })) {
      const answer = await folder.readAnswer();
      if (answer !== undefined) return answer;
      if (Date.now() - askedRayMs < ASK_RAY_EVERY_MS) continue;
      const job = await this.#ray.ask(async () => (await this.parts.jobs.find(rayJob)) ?? 'forgotten');
      askedRayMs = Date.now();
      if (job === undefined || (job !== 'forgotten' && (job.status === 'PENDING' || job.status === 'RUNNING')))
        continue;
      // What it said itself counts, and may have come since.
      const said = await folder.readAnswer();
      if (said !== undefined) return said;
      const ended = job === 'forgotten' ? { status: job } : job;
      this.parts.log.warn('ray-job-ended', { rayJob, ...ended });
      throw new Error('The job of the generation worker has ended before it was ready.');
    }
  }

  async #remove(folder: WorkerFolder): Promise<void> {
    await folder.remove().catch((error: unknown) => this.parts.log.error('generation-worker-folder-kept', error));
    this.#folders.delete(folder);
  }
}

const LOOK_EVERY_MS = 250;
const ASK_RAY_EVERY_MS = 2000;
const MOST_PAUSE_MS = 10_000;
/** A server that stops does not wait longer for a cluster that is away. */
const MOST_STOP_MS = 2000;
