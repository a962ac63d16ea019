import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeDurably } from '../storage/durable-file.ts';
import type { WorkerFailure, WorkerOptions } from './worker-protocol.ts';

/** What a worker on another machine is started with. */
export interface WorkerStart {
  readonly options: WorkerOptions;
  /** Of the base-model folder, which the machine may have a copy of. */
  readonly baseModelSha256: string;
  /** By which server and worker know each other, hex. */
  readonly key: string;
}

/** How far the worker came: where it listens, or why it did not start. */
export type WorkerAnswer =
  | { readonly kind: 'listening'; readonly host: string; readonly port: number }
  | ({ readonly kind: 'failed' } & WorkerFailure);

/**
 * Where the server and one worker on another machine meet, on a file system that both see:
 * - `permit` the worker works while it is there, so that one that nobody reaches ends by itself;
 * - `start.json` what it is started with, for the eyes of its user alone because it holds the key;
 * - `answer.json` how far it came; there is none before the base model is loaded.
 */
export class WorkerFolder {
  readonly #permit: string;
  readonly #start: string;
  readonly #answer: string;

  constructor(readonly path: string) {
    this.#permit = join(path, 'permit');
    this.#start = join(path, 'start.json');
    this.#answer = join(path, 'answer.json');
  }

  /** Makes the folder. Returns the key. */
  async permit(options: WorkerOptions, baseModelSha256: string): Promise<Buffer> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const key = randomBytes(32);
    const start: WorkerStart = { options, baseModelSha256, key: key.toString('hex') };
    await writeDurably(this.#start, JSON.stringify(start), 0o600);
    await writeDurably(this.#permit, '');
    return key;
  }

  /** Takes the permit away, and everything else: the worker ends within a moment, and one that has not started never will. */
  async remove(): Promise<void> {
    await rm(this.#permit, { force: true });
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Whether this machine sees where the folders of workers are. */
  async isSeen(): Promise<boolean> {
    return (await stat(dirname(this.path)).catch(() => undefined))?.isDirectory() ?? false;
  }

  /** A file system in trouble is no reason to end: only a permit that is certainly gone. */
  async isPermitted(): Promise<boolean> {
    try {
      // Opened, because a network file system answers other questions from memory.
      await (await open(this.#permit)).close();
      return true;
    } catch (error) {
      return !isGone(error);
    }
  }

  async start(): Promise<WorkerStart> {
    return JSON.parse(await readFile(this.#start, 'utf8')) as WorkerStart;
  }

  /** Makes no folder: nothing comes back of what was removed. */
  async answer(answer: WorkerAnswer): Promise<void> {
    const unfinished = `${this.#answer}.unfinished`;
    await writeFile(unfinished, JSON.stringify(answer));
    await rename(unfinished, this.#answer);
  }

  async readAnswer(): Promise<WorkerAnswer | undefined> {
    try {
      return JSON.parse(await readFile(this.#answer, 'utf8')) as WorkerAnswer;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ESTALE';
}
