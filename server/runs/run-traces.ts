import type { TrainerEnd } from '../processes/trainer-host.ts';
import { inSpan, noSpan, type Span, type Stage, type Traces, trainerStage } from '../traces/span.ts';
import type { Run, RunState } from './run.ts';
import type { RunHappening } from './run-event.ts';

/**
 * The spans of runs, which go on long after the calls that asked for them. They are children of that call for as long as the server lives; a
 * run that is taken up by another server gets a trace of its own, and is found by its id.
 */
export class RunTraces {
  /** The calls that queued runs. */
  readonly #calls = new Map<string, Span>();
  /** Runs that are worked on. */
  readonly #spans = new Map<string, Span>();

  constructor(
    private readonly traces: Traces,
    /** When the trainer said a line, by its own clock. */
    private readonly timeOf: (line: string) => number | undefined,
  ) {}

  queued(runId: string, call: Span): void {
    if (call !== noSpan && !this.#calls.has(runId)) this.#calls.set(runId, call);
  }

  /** An executor begins to work on a run, or begins again. */
  taken({ id, createdMs, state }: Run): void {
    const call = this.#calls.get(id);
    const span = call?.begin('run', { runId: id }) ?? this.traces.run(id);
    if (span === noSpan) return;
    this.#spans.set(id, span);
    if (call !== undefined && state === 'queued') call.begin('wait-in-queue', { runId: id }, createdMs).end('done');
  }

  in<T>(runId: string, stage: Stage, work: () => Promise<T>): Promise<T> {
    return inSpan(this.#spanOf(runId), stage, work);
  }

  trainer(runId: string): TrainerTrace {
    return new TrainerTrace(this.#spanOf(runId).begin('trainer'), this.timeOf);
  }

  became(runId: string, state: RunState): void {
    const span = this.#spanOf(runId);
    span.tell({ state });
    if (state === 'running') return;
    span.end(state === 'succeeded' ? 'done' : state === 'failed' ? 'failed' : 'left');
    this.#calls.delete(runId);
  }

  /** Nobody works on the run any more; one that has not ended is taken up again. */
  left(runId: string): void {
    this.#spanOf(runId).end('left');
    this.#spans.delete(runId);
  }

  #spanOf(runId: string): Span {
    return this.#spans.get(runId) ?? noSpan;
  }
}

/** The span of one trainer, and in it those of its stages, made of what it says. */
export class TrainerTrace {
  #stage: Span = noSpan;

  constructor(
    private readonly span: Span,
    private readonly timeOf: (line: string) => number | undefined,
  ) {}

  /** For the trainer's environment: a trainer, or what it starts, may make spans of its own. */
  get environment(): Readonly<Record<string, string>> {
    return this.span.traceparent === undefined ? {} : { TRACEPARENT: this.span.traceparent };
  }

  heard(line: string, happening: RunHappening): void {
    if (this.span === noSpan) return;
    if (happening.kind === 'stage-started') {
      const timeMs = this.timeOf(line);
      this.#stage.end('done', timeMs);
      this.#stage = this.span.begin(trainerStage(happening.stage), {}, timeMs);
    }
    if (happening.kind === 'training-progress') {
      const { step, maxSteps, tokensPerSecond } = happening;
      this.#stage.tell({ step, maxSteps, tokensPerSecond });
    }
    if (happening.kind === 'validation-measured') this.#stage.tell({ validationLoss: happening.validationLoss });
    if (happening.kind === 'adapter-written') {
      this.span.tell({ adapterBytes: happening.bytes });
      this.#stage.end('done', this.timeOf(line));
    }
    if (happening.kind === 'run-failed') this.#stage.end('failed', this.timeOf(line));
  }

  ended({ code }: Pick<TrainerEnd, 'code'>): void {
    if (code !== null) this.span.tell({ exitCode: code });
    this.#stage.end(code === 0 ? 'done' : 'failed');
    this.span.end(code === 0 ? 'done' : 'failed');
  }
}
