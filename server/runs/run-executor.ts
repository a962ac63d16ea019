import { rm } from 'node:fs/promises';
import type { RunLedger } from '../ledger/runs.ts';
import type { Log } from '../log.ts';
import {
  endTrainerLeftBehind,
  loggedAs,
  type Trainer,
  type TrainerEnd,
  type TrainerHost,
} from '../processes/trainer-host.ts';
import type { RunDir } from '../storage/data-dir.ts';
import { ActiveRun } from './active-run.ts';
import { nextOfAuto, type ProbePlan } from './auto-strategy.ts';
import type { Executor } from './executor.ts';
import { nextRun } from './next-run.ts';
import type { Run, RunFailure } from './run.ts';
import type { RunHappening } from './run-event.ts';
import { diedTooOften, failureOf, isOurs, MAX_DEATHS_WITHOUT_PROGRESS, waitsForAnother } from './run-failures.ts';
import type { RunNews } from './run-news.ts';
import { applyHappening } from './run-progress.ts';
import type { RunTraces, TrainerTrace } from './run-traces.ts';
import type { Strategy } from './strategy.ts';

/** What the executor needs from the rest of the server. */
export interface RunExecutorParts {
  readonly runs: RunLedger;
  readonly news: RunNews;
  readonly log: Log;
  readonly trainers: TrainerHost;
  readonly traces: RunTraces;
  /** Most runs at the same time. */
  readonly concurrency: number;
  runDir(run: Run): RunDir;
  /** Writes the examples that trainers read, and makes their folders. */
  prepare(run: Run, signal: AbortSignal): Promise<void>;
  /** Writes what a trainer is started with: what it trains or probes. */
  writeSpec(run: Run, task: Strategy | ProbePlan): Promise<void>;
  /** Reads one line of the trainer; `undefined` when it is no event. */
  readEvent(line: string): RunHappening | undefined;
  /** Whether the run's adapter folder is there. */
  adapterIsThere(run: Run): Promise<boolean>;
  /** Removes the run's adapter folder, if there is one. */
  removeAdapter(run: Run): Promise<void>;
  /** Verifies the adapter folder and ends the run with its adapter in the registry. */
  register(run: Run): Promise<void>;
}

/** One trainer per run, restarted from its checkpoint when it dies. Where it runs is the host's business. */
export class RunExecutor implements Executor {
  readonly #active = new Map<string, ActiveRun>();
  /** The last turn of each tenant. */
  readonly #turns = new Map<string, number>();
  #turn = 0;
  #stopping = false;
  #pumping: Promise<void> = Promise.resolve();
  /** Runs that broke and wait before they are taken up again. */
  readonly #pauses = new Map<string, { readonly times: number; readonly untilMs: number }>();

  constructor(private readonly parts: RunExecutorParts) {}

  async start(): Promise<void> {
    await Promise.all((await this.parts.runs.notEnded()).map((run) => this.#endLeftBehind(run)));
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

  async #endLeftBehind({ id: runId, process }: Run): Promise<void> {
    if (process === null) return;
    const wasRunning = await endTrainerLeftBehind(process);
    this.parts.log.info('orphan-ended', { runId, ...loggedAs(process), wasRunning });
    await this.parts.runs.record(runId, [], { process: null });
  }

  async #takeUp(): Promise<void> {
    if (this.#stopping || this.#active.size >= this.parts.concurrency) return;
    const notEnded = await this.parts.runs.notEnded();
    while (this.#active.size < this.parts.concurrency) {
      const waiting = notEnded.filter(
        ({ id }) => !this.#active.has(id) && (this.#pauses.get(id)?.untilMs ?? 0) <= Date.now(),
      );
      const tenantIds = [...this.#active.values()].map(({ tenantId }) => tenantId);
      const run = nextRun(waiting, tenantIds, this.#turns);
      if (run === undefined) return;
      const active = new ActiveRun(run.tenantId);
      this.#active.set(run.id, active);
      this.parts.traces.taken(run);
      this.#turns.set(run.tenantId, ++this.#turn);
      active.done = this.#workOn(run.id, active)
        .catch((error) => this.#pauseOrFail(run, error))
        .finally(() => {
          this.#active.delete(run.id);
          this.parts.traces.left(run.id);
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
      await parts.traces.in(run.id, 'prepare-run', () => parts.prepare(run, active.signal));
    } catch (error) {
      if (active.cancelled) return this.#endCancelled(run.id, 0);
      if (active.stopped) return;
      if (!isOurs(error)) throw error;
      return this.#fail(run, failureOf(error));
    }
    while (!active.stopped) {
      if (active.cancelled) return this.#endCancelled(run.id, Math.max(0, run.checkpointStep));
      const task = await this.#nextTask(run.id);
      if (task === undefined) return;
      const death = await this.#runTrainer(run.id, task, active);
      if (death === 'concluded') return;
      if (death === 'probed') continue;
      const now = await parts.runs.get(run.id);
      if (now === undefined) return;
      if (now.deathsWithoutProgress >= MAX_DEATHS_WITHOUT_PROGRESS) {
        const failure = diedTooOften(death);
        if (typeof task === 'string' || failure.reason !== 'out-of-memory') return this.#fail(now, failure);
        await this.#leaveOut(now, failure);
        continue;
      }
      parts.log.warn('trainer-restarts', { runId: run.id, deathsWithoutProgress: now.deathsWithoutProgress });
    }
  }

  /** What the next trainer of a run is to do; `undefined` when nothing is, because the run has ended. */
  async #nextTask(runId: string): Promise<Strategy | ProbePlan | undefined> {
    const run = await this.parts.runs.get(runId);
    if (run === undefined) return undefined;
    if (run.strategy !== 'auto') return run.strategy;
    const next = nextOfAuto(run, await this.parts.runs.happenings(runId));
    switch (next.kind) {
      case 'probe':
        return next.plan;
      case 'train': {
        const { strategy, predictions } = next;
        const chosen: RunHappening = { kind: 'strategy-chosen', strategy, predictions };
        await this.#record(runId, [chosen], applyHappening(run, chosen));
        this.parts.log.info('strategy-chosen', { runId, strategy });
        return strategy;
      }
      case 'fail':
        await this.#fail(run, next.failure);
        return undefined;
    }
  }

  /** Goes on without the strategy during whose probes the trainer died: the others may fit into memory. */
  async #leaveOut(run: Run, failure: RunFailure): Promise<void> {
    const next = nextOfAuto(run, await this.parts.runs.happenings(run.id));
    const strategy = next.kind === 'probe' ? next.plan.strategies[0] : undefined;
    if (strategy === undefined) return;
    const leftOut: RunHappening = { kind: 'strategy-left-out', strategy, ...failure };
    await this.#record(run.id, [leftOut], applyHappening(run, leftOut));
  }

  /** Starts one trainer and sees it through to its end, which is returned when it draws no conclusion. */
  async #runTrainer(
    runId: string,
    task: Strategy | ProbePlan,
    active: ActiveRun,
  ): Promise<'concluded' | 'probed' | TrainerEnd> {
    const { parts } = this;
    const run = await parts.runs.get(runId);
    if (run === undefined) return 'concluded';
    if (await parts.adapterIsThere(run)) {
      // The server died between the trainer's last event and the registration, or the trainer before that event was read.
      if (await this.#saidAdapterWritten(run)) return this.#register(run);
      await parts.removeAdapter(run);
    }
    const runDir = parts.runDir(run);
    const trace = parts.traces.trainer(run.id);
    let trainer: Trainer;
    try {
      await parts.writeSpec(run, task);
      trainer = await parts.trainers.start(run.id, runDir, trace.environment);
    } catch (error) {
      trace.ended({ code: null });
      await this.#fail(run, failureOf(error));
      return 'concluded';
    }
    active.trainer = trainer;
    try {
      return await this.#listenTo(trainer, run, active, trace);
    } catch (error) {
      trace.ended({ code: null });
      // Nobody listens to it any more, and the next one must not meet it.
      await trainer.abandon();
      throw error;
    } finally {
      active.trainer = undefined;
    }
  }

  /** Writes down what a trainer says until it ends, then draws the conclusion. */
  async #listenTo(
    trainer: Trainer,
    started: Run,
    active: ActiveRun,
    trace: TrainerTrace,
  ): Promise<'concluded' | 'probed' | TrainerEnd> {
    const { parts } = this;
    const runId = started.id;
    let run: Run | undefined = started;
    await this.#record(runId, [], { process: trainer.identity });
    parts.log.info('trainer-started', { runId, ...loggedAs(trainer.identity) });

    let lastStep = Math.max(0, run.checkpointStep);
    let conclusion: RunHappening | undefined;
    let toldOfProbe = false;
    for await (const line of trainer.lines) {
      const happening = parts.readEvent(line);
      if (happening === undefined) {
        parts.log.warn('trainer-line-not-understood', { runId, bytes: line.length });
        continue;
      }
      trace.heard(line, happening);
      if (happening.kind === 'run-failed' || happening.kind === 'run-cancelled') {
        conclusion = happening;
        continue;
      }
      if ('step' in happening) lastStep = happening.step;
      const changes = applyHappening(run, happening);
      await this.#record(runId, [happening], changes);
      run = { ...run, ...changes };
      if (happening.kind === 'adapter-written') conclusion = happening;
      if (happening.kind === 'strategy-probed' || happening.kind === 'strategy-left-out') toldOfProbe = true;
    }
    const end = await trainer.ended;
    trace.ended(end);
    parts.log.info('trainer-ended', { runId, code: end.code, signal: end.signal, lost: end.lost });

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
    if (end.code === 0 && toldOfProbe) {
      await this.#record(runId, [], { process: null });
      return 'probed';
    }
    const deaths = run.deathsWithoutProgress + (end.lost ? 0 : 1);
    await this.#record(runId, [], { process: null, deathsWithoutProgress: deaths });
    return end;
  }

  async #saidAdapterWritten(run: Run): Promise<boolean> {
    const last = await this.parts.runs.eventsAfter(run.id, run.lastSequence - 1, 1);
    return last[0]?.happening.kind === 'adapter-written';
  }

  async #register(run: Run): Promise<'concluded'> {
    try {
      await this.parts.traces.in(run.id, 'register-adapter', () => this.parts.register(run));
    } catch (error) {
      // The database may only be away for a moment; a folder that was refused will never do.
      if (!isOurs(error)) throw error;
      await this.parts.removeAdapter(run);
      await this.#fail(run, failureOf(error));
      return 'concluded';
    }
    this.parts.log.info('run-succeeded', { runId: run.id });
    this.parts.traces.became(run.id, 'succeeded');
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

  /**
   * Something broke that is not the trainer: the database does not answer, or cannot write. The run stays in the ledger and is taken up
   * again after a pause; it fails when that does not help either. A run that waits for another program never
   * fails by that.
   */
  async #pauseOrFail(run: Run, error: unknown): Promise<void> {
    this.parts.log.error('run-broke', error, { runId: run.id });
    const earlier = this.#pauses.get(run.id)?.times ?? 0;
    // Waiting for another is no attempt: the run goes on whenever that is back.
    const waits = waitsForAnother(error);
    const times = waits ? earlier : earlier + 1;
    const pauseMs = waits ? WAITING_PAUSE_MS : FIRST_PAUSE_MS * 2 ** (times - 1);
    if (times > MAX_PAUSES) {
      this.#pauses.delete(run.id);
      await this.#fail(run, failureOf(error)).then(
        () => {},
        (second: unknown) => this.parts.log.error('run-not-ended', second, { runId: run.id }),
      );
      return;
    }
    this.#pauses.set(run.id, { times, untilMs: Date.now() + pauseMs });
    setTimeout(() => this.wake(), pauseMs + 1).unref();
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
    if (recorded && changes?.state !== undefined) this.parts.traces.became(runId, changes.state);
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

/** With 2 s, doubled four times, a run waits a minute in all for a database that is away. */
const FIRST_PAUSE_MS = 2000;
const MAX_PAUSES = 5;
const WAITING_PAUSE_MS = 5000;
