import { BespokeError } from '../errors.ts';
import type { TrainerEnd } from '../processes/trainer-host.ts';
import { isDiskFull } from '../storage/durable-file.ts';
import type { RunFailure } from './run.ts';

/** Deaths of a trainer in a row, none with a new checkpoint, after which its run fails. */
export const MAX_DEATHS_WITHOUT_PROGRESS = 3;

/** Why a run fails whose trainer dies again and again. A kernel that ends a process for want of memory looks like `kill -9`. */
export function diedTooOften({ code, signal }: TrainerEnd): RunFailure {
  const times = `${MAX_DEATHS_WITHOUT_PROGRESS} times without progress`;
  if (signal === 'SIGKILL')
    return {
      reason: 'out-of-memory',
      message: `The trainer's process was ended ${times}, most likely because memory ran out: choose a lighter strategy such as last-decoder-block, or a machine with more memory.`,
    };
  if (signal === null && code === null)
    return {
      reason: 'out-of-memory',
      message: `The node of the Ray cluster was lost ${times}, most likely because the trainer used up its memory: choose a lighter strategy such as last-decoder-block, or nodes with more memory.`,
    };
  if (code === NO_FOLDER)
    return {
      reason: 'internal',
      message:
        "A node of the Ray cluster does not see the run's folder: put the server's data folder on a file system that every node sees at the same path, as docs/operating.md says.",
    };
  return {
    reason: 'internal',
    message: `The trainer's process ended ${times} and without a reason (${signal ?? `code ${code}`}): set the server up again, and read trainer.log in the run's folder.`,
  };
}

/** What server/trainer/bespoke_trainer/ray_job.py ends with on a node without the run's folder. */
const NO_FOLDER = 78;

/** What the user is told about an error outside the trainer. */
export function failureOf(error: unknown): RunFailure {
  if (error instanceof BespokeError)
    return { reason: error.situation === 'disk-full' ? 'disk-full' : 'internal', message: error.message };
  if (isDiskFull(error))
    return {
      reason: 'disk-full',
      message: "The server's disk is full: free space in its data folder and start the run again.",
    };
  if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT')
    return {
      reason: 'internal',
      message:
        'The trainer could not be started because its Python interpreter or folder is missing: set the server up again.',
    };
  return {
    reason: 'internal',
    message: 'The run ended by a defect of the server: read the server log for the event run-broke.',
  };
}

/** Whether an error says by itself why the run cannot go on. Others may pass when tried again. */
export function isOurs(error: unknown): boolean {
  return (error instanceof BespokeError && !waitsForAnother(error)) || isDiskFull(error);
}

/** Whether nothing is wrong with the run or this server: what another does not answer now, it will answer some time. */
export function waitsForAnother(error: unknown): boolean {
  return error instanceof BespokeError && error.situation === 'object-store-away';
}
