import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeDurably } from '../storage/durable-file.ts';
import type { TrainerEnd } from './trainer-host.ts';

/** Finds a trainer on a Ray cluster. */
export interface RayJobIdentity {
  /** The job's submission id. */
  readonly rayJob: string;
  /** What the server and the trainer tell each other. */
  readonly folder: string;
}

/**
 * One trainer on a Ray cluster, as its folder tells it, which the server and every node see. Ray forgets its jobs with its head and
 * their output with their node, so neither carries anything that matters:
 * - `permit` the trainer works while it is there, so that one that no head reaches can be ended all the same;
 * - `events.jsonl` what the trainer says; there is none before it starts;
 * - `end.json` how it ended; without it the trainer may still write.
 */
export class RayAttempt {
  readonly #eventsFile: string;
  readonly #endFile: string;
  readonly #permit: string;
  /** Bytes of events that were read, and of those the ones that make no whole line yet. */
  #offset = 0;
  #rest = Buffer.alloc(0);

  constructor(readonly identity: RayJobIdentity) {
    this.#permit = join(identity.folder, 'permit');
    this.#eventsFile = join(identity.folder, 'events.jsonl');
    this.#endFile = join(identity.folder, 'end.json');
  }

  /** The next attempt at a run, and the one before it. The folders count, so that no submission id is ever used twice. */
  static async next(
    runId: string,
    workDir: string,
  ): Promise<{ readonly attempt: RayAttempt; readonly earlier: RayAttempt | undefined }> {
    const root = join(workDir, 'ray');
    await mkdir(root, { recursive: true });
    const last = Math.max(0, ...(await readdir(root)).map(Number).filter(Number.isInteger));
    const numbered = (at: number) =>
      new RayAttempt({ rayJob: `bespoke-${runId}-${at}`, folder: join(root, String(at)) });
    const attempt = numbered(last + 1);
    await mkdir(attempt.identity.folder);
    await writeDurably(attempt.#permit, '');
    return { attempt, earlier: last === 0 ? undefined : numbered(last) };
  }

  /** Lines that came since the last call. The file is opened each time because a network file system shows news only then. */
  async newLines(): Promise<string[]> {
    const file = await open(this.#eventsFile).catch(unlessMissing);
    if (file === undefined) return [];
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.max(0, size - this.#offset));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset);
      this.#offset += bytesRead;
      const text = Buffer.concat([this.#rest, bytes.subarray(0, bytesRead)]);
      const whole = text.lastIndexOf(0x0a) + 1;
      this.#rest = text.subarray(whole);
      return whole === 0 ? [] : text.toString('utf8', 0, whole - 1).split('\n');
    } finally {
      await file.close();
    }
  }

  /** Whether the trainer has come so far that it may write something. */
  async hasStarted(): Promise<boolean> {
    const file = await open(this.#eventsFile).catch(unlessMissing);
    await file?.close();
    return file !== undefined;
  }

  /** How the trainer ended, as it said itself or the server found out. */
  async end(): Promise<TrainerEnd | undefined> {
    const text = await readFile(this.#endFile, 'utf8').catch(unlessMissing);
    return text === undefined ? undefined : (JSON.parse(text) as TrainerEnd);
  }

  /** Takes the permit away: a trainer ends within a moment, and one that has not started never will. */
  async revoke(): Promise<void> {
    await rm(this.#permit, { force: true });
  }

  /** Keeps how a trainer ended that could not say so itself. */
  async close(end: TrainerEnd): Promise<void> {
    await this.revoke();
    const unfinished = `${this.#endFile}.unfinished`;
    // Makes no folder: the run may have been erased meanwhile, and nothing of it may come back.
    await writeFile(unfinished, JSON.stringify(end))
      .then(() => rename(unfinished, this.#endFile))
      .catch(unlessMissing);
  }

  /** Ends a trainer that another server started. Returns whether it was still there. */
  async endLeftBehind(): Promise<boolean> {
    await this.revoke();
    if (!(await this.hasStarted()) || (await this.end()) !== undefined) return false;
    for (const deadline = Date.now() + MOST_END_MS; Date.now() < deadline; await sleep(100))
      if ((await this.end()) !== undefined) return true;
    // Its node is gone. Were it not, the trainer would still be stopped by its missing permit, and kept from the run by its lock.
    return true;
  }
}

/** The trainer looks for its permit twice a second, and gets two seconds to end by itself. */
const MOST_END_MS = 4000;

function unlessMissing(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ESTALE') throw error;
  return undefined;
}
