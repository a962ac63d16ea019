import type { RunDir } from '../storage/data-dir.ts';
import { endOrphan, type ProcessIdentity } from './process-identity.ts';
import { RayAttempt, type RayJobIdentity } from './ray-attempt.ts';

/** Where trainers run: processes on this machine, or jobs of a cluster. */
export interface TrainerHost {
  /** Starts a trainer on the specification in a run's folder, with these variables beside its own. Rejects when it cannot be started. */
  start(runId: string, runDir: RunDir, environment: TrainerEnvironment): Promise<Trainer>;
  /** Lets go of what is kept for further runs. */
  close(): Promise<void>;
}

/** Names and values; none is a secret. */
export type TrainerEnvironment = Readonly<Record<string, string>>;

/** A trainer at work, or on its way. */
export interface Trainer {
  readonly identity: TrainerIdentity;
  /** Its events, one a line; ends after the last one. To be read to the end. */
  readonly lines: AsyncIterable<string>;
  /** Settles when the trainer is gone and its lines were read. */
  readonly ended: Promise<TrainerEnd>;
  /** Asks the trainer to end, and ends it with its children when it has not after `graceMs`. */
  end(graceMs: number): void;
  /** Ends the trainer at once without reading what it still says; settles when it is gone. */
  abandon(): Promise<void>;
}

/** Finds a trainer again after the server that started it has died. */
export type TrainerIdentity = ProcessIdentity | RayJobIdentity;

/** How a trainer ended: by itself with a code, by a signal, or, with neither, together with the machine that it ran on. */
export interface TrainerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The cluster lost it, which says nothing about the run. */
  readonly lost?: true;
}

/** Ends a trainer that a server left behind, wherever it runs. Returns whether it was still there. */
export async function endTrainerLeftBehind(trainer: TrainerIdentity): Promise<boolean> {
  return 'pid' in trainer ? endOrphan(trainer) : new RayAttempt(trainer).endLeftBehind();
}

/** What a log line tells about which trainer it is. */
export function loggedAs(trainer: TrainerIdentity): { readonly pid: number } | { readonly rayJob: string } {
  return 'pid' in trainer ? { pid: trainer.pid } : { rayJob: trainer.rayJob };
}
