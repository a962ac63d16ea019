import { rm } from 'node:fs/promises';
import { BespokeError } from '../errors.ts';
import type { RunLedger } from '../ledger/runs.ts';
import type { Log } from '../log.ts';
import { endOrphan } from '../processes/process-identity.ts';
import { startTrainer, type TrainerCommand, type TrainerProcess } from '../processes/trainer-process.ts';
import type { RunDir } from '../storage/data-dir.ts';
import { isDiskFull } from '../storage/durable-file.ts';
import type { Executor } from './executor.ts';
import type { Run, RunFailure } from './run.ts';
import type { RunHappening } from './run-event.ts';
import type { RunNews } from './run-news.ts';
import { applyHappening } from './run-progress.ts';

/** What the executor needs from the rest of the server. */
export interface LocalExecutorParts {
  readonly runs: RunLedger;
  readonly news: RunNews;
  readonly log: Log;
  readonly trainer: TrainerCommand;
  /** Most runs at the same time. */
  readonly concurrency: number;
  runDir(run: Run): RunDir;
  /** Writes everything that the trainer reads. */
  prepare(run: Run, signal: AbortSignal): Promise<void>;
  /** Reads one line of the trainer; `undefined` when it is no event. */
  readEvent(line: string): RunHappening | undefined;
  /** Whether the run's adapter folder is there. */
  adapterIsThere(run: Run): Promise<boolean>;
  /** Removes the run's adapter folder, if there is one. */
  removeAdapter(run: Run): Promise<void>;
  /** Verifies the adapter folder and ends the run with its adapter in the registry. */
  register(run: Run): Promise<void>;
}

/** One process per run on this machine, restarted from its checkpoint when it dies. */
export class LocalExecutor implements Executor {
  readonly #active = new Map<string, ActiveRun>();
  #stopping = false;
  #pumping: Promise<void> = Promise.resolve();

  constructor(private readonly parts: LocalExecutorParts) {}

  async start(): Promise<void> {
    for (const run of await this.parts.runs.notEnded()) {
      if (run.process === null) continue;
      const ended = await endOrphan(run.process);
      this.parts.log.info('orphan-ended', { runId: run.id, pid: run.process.pid, wasRunning: ended });
      await this.parts.runs.record(run.id, [], { process: null });
    }
    this.wake();
  }

  wake(): void {
    this.#pumping = this.#pumping
      .then(() => this.#takeUp())
      .catch((error) => this.parts.log.error('queue-failed', error));
  }

  async cancel(runId: string): Promise<void> {
    const active = this.#active.get(runId);
    if (active !== undefined) {
      active.cancel();
      await active.done;
      return;
    }
    await this.#endCancelled(runId, 0);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#pumping;
    await Promise.all(
      [...this.#active.values()].map((active) => {
        active.stop();
        return active.done;
      }),
    );
  }

  async #takeUp(): Promise<void> {
    if (this.#stopping || this.#active.size >= this.parts.concurrency) return;
    for (const run of await this.parts.runs.notEnded()) {
      if (this.#active.size >= this.parts.concurrency) return;
      if (this.#active.has(run.id)) continue;
      const active = new ActiveRun();
      this.#active.set(run.id, active);
      active.done = this.#workOn(run.id, active)
        .catch((error) => this.#failUnexpectedly(run, error))
        .finally(() => {
          this.#active.delete(run.id);
          if (!this.#stopping) this.wake();
        });
    }
  }

  /** Works on a run until it has ended, or until the server stops. */
  async #workOn(runId: string, active: ActiveRun): Promise<void> {
    const { parts } = this;
    const run = await parts.runs.get(runId);
    if (run === undefined) return;
    if (run.cancelRequested) return this.#endCancelled(run.id, 0);
    const started: RunHappening[] = run.state === 'queued' ? [{ kind: 'state-changed', state: 'running' }] : [];
    if (!(await this.#record(run.id, started, { state: 'running' }))) return;
    try {
      await parts.prepare(run, active.signal);
    } catch (error) {
      if (active.cancelled) return this.#endCancelled(run.id, 0);
      if (active.stopped) return;
      return this.#fail(run, failureOf(error));
    }
    while (!active.stopped) {
      if (active.cancelled) return this.#endCancelled(run.id, Math.max(0, run.checkpointStep));
      const end = await this.#runTrainer(run.id, active);
      if (end !== 'died') return;
      const now = await parts.runs.get(run.id);
      if (now === undefined) return;
      if (now.deathsWithoutProgress >= MAX_DEATHS_WITHOUT_PROGRESS) return this.#fail(now, diedTooOften);
      parts.log.warn('trainer-restarts', { runId: run.id, deathsWithoutProgress: now.deathsWithoutProgress });
    }
  }

  /** Runs one trainer process to its end and draws the conclusion from what it said. */
  async #runTrainer(runId: string, active: ActiveRun): Promise<'concluded' | 'died'> {
    const { parts } = this;
    let run = await parts.runs.get(runId);
    if (run === undefined) return 'concluded';
    if (await parts.adapterIsThere(run)) {
      // The server died between the trainer's last event and the registration, or the trainer before that event was read.
      if (await this.#saidAdapterWritten(run)) return this.#register(run);
      await parts.removeAdapter(run);
    }
    const runDir = parts.runDir(run);
    const trainer = await startTrainer(parts.trainer, runDir.specFile, runDir.logFile);
    active.process = trainer;
    await this.#record(runId, [], { process: trainer.identity });
    parts.log.info('trainer-started', { runId, pid: trainer.identity.pid });

    let lastStep = Math.max(0, run.checkpointStep);
    let conclusion: RunHappening | undefined;
    for await (const line of trainer.lines) {
      const happening = parts.readEvent(line);
      if (happening === undefined) {
        parts.log.warn('trainer-line-not-understood', { runId, bytes: line.length });
        continue;
      }
      if (happening.kind === 'run-failed' || happening.kind === 'run-cancelled') {
        conclusion = happening;
        continue;
      }
      if ('step' in happening) lastStep = happening.step;
      const changes = applyHappening(run, happening);
      await this.#record(runId, [happening], changes);
      run = { ...run, ...changes };
      if (happening.kind === 'adapter-written') conclusion = happening;
    }
    const end = await trainer.ended;
    active.process = undefined;
    parts.log.info('trainer-ended', { runId, code: end.code, signal: end.signal });

    if (active.stopped) return 'concluded';
    if (active.cancelled) {
      await this.#endCancelled(runId, conclusion?.kind === 'run-cancelled' ? conclusion.step : lastStep);
      return 'concluded';
    }
    run = await parts.runs.get(runId);
    if (run === undefined) return 'concluded';
    if (conclusion?.kind === 'adapter-written') return this.#register(run);
    if (conclusion?.kind === 'run-failed') {
      await this.#fail(run, { reason: conclusion.reason, message: conclusion.message });
      return 'concluded';
    }
    await this.#record(runId, [], { process: null, deathsWithoutProgress: run.deathsWithoutProgress + 1 });
    return 'died';
  }

  async #saidAdapterWritten(run: Run): Promise<boolean> {
    const last = await this.parts.runs.eventsAfter(run.id, run.lastSequence - 1, 1);
    return last[0]?.happening.kind === 'adapter-written';
  }

  async #register(run: Run): Promise<'concluded'> {
    try {
      await this.parts.register(run);
    } catch (error) {
      await this.parts.removeAdapter(run);
      await this.#fail(run, failureOf(error));
      return 'concluded';
    }
    this.parts.log.info('run-succeeded', { runId: run.id });
    this.parts.news.tell(run.id);
    await this.#tidy(run);
    return 'concluded';
  }

  async #fail(run: Run, failure: RunFailure): Promise<void> {
    this.parts.log.warn('run-failed', { runId: run.id, reason: failure.reason });
    await this.#record(
      run.id,
      [
        { kind: 'run-failed', ...failure },
        { kind: 'state-changed', state: 'failed' },
      ],
      {
        state: 'failed',
        failure,
      },
    );
    await this.#tidy(run);
  }

  async #failUnexpectedly(run: Run, error: unknown): Promise<void> {
    this.parts.log.error('run-broke', error, { runId: run.id });
    await this.#fail(run, failureOf(error)).catch((second) =>
      this.parts.log.error('run-not-ended', second, { runId: run.id }),
    );
  }

  async #endCancelled(runId: string, step: number): Promise<void> {
    const run = await this.parts.runs.get(runId);
    const ends: RunHappening[] = [
      { kind: 'run-cancelled', step },
      { kind: 'state-changed', state: 'cancelled' },
    ];
    // A run that ended first keeps its end, and its adapter.
    if (run === undefined || !(await this.#record(runId, ends, { state: 'cancelled' }))) return;
    this.parts.log.info('run-cancelled', { runId });
    await this.parts.removeAdapter(run);
    await this.#tidy(run);
  }

  /** Writes to the ledger first, then tells those who watch. */
  async #record(...[runId, happenings, changes]: Parameters<RunLedger['record']>): Promise<boolean> {
    const recorded = await this.parts.runs.record(runId, happenings, changes);
    this.parts.news.tell(runId);
    return recorded;
  }

  /** A run that has ended needs neither its examples, which hold source code in tokens, nor its checkpoints. */
  async #tidy(run: Run): Promise<void> {
    const { workDir, examplesFile } = this.parts.runDir(run);
    await rm(workDir, { recursive: true, force: true });
    await rm(examplesFile, { force: true });
  }
}

/** A user waits for a cancelled run, so a trainer gets little time to end by itself; its checkpoint is on disk already. */
const CANCEL_GRACE_MS = 2000;
const MAX_DEATHS_WITHOUT_PROGRESS = 3;

const diedTooOften: RunFailure = {
  reason: 'out-of-memory',
  message: `The trainer's process was ended ${MAX_DEATHS_WITHOUT_PROGRESS} times without progress, most likely because memory ran out: choose a lighter strategy such as last-decoder-block, or a machine with more memory.`,
};

/** A run that this executor works on. */
class ActiveRun {
  done: Promise<void> = Promise.resolve();
  cancelled = false;
  stopped = false;
  readonly #controller = new AbortController();
  #process: TrainerProcess | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A process that starts while the run is being ended is ended with it. */
  set process(process: TrainerProcess | undefined) {
    this.#process = process;
    if (this.stopped) process?.end(0);
    else if (this.cancelled) process?.end(CANCEL_GRACE_MS);
  }

  cancel(): void {
    this.cancelled = true;
    this.#controller.abort();
    this.#process?.end(CANCEL_GRACE_MS);
  }

  /** At once: the run goes on from its checkpoint, and whoever stops the server does not wait for a trainer. */
  stop(): void {
    this.stopped = true;
    this.#controller.abort();
    this.#process?.end(0);
  }
}

function failureOf(error: unknown): RunFailure {
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
