/**
 * What a span may tell: numbers, ids that this server made, and words of short lists. It has no field for what a client sent, so neither
 * source code nor the name of a tenant, of a repository or of a class can get into a trace.
 */
export interface SpanFacts {
  readonly runId?: string;
  readonly adapterId?: string;
  readonly state?: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** Of a call: the number that gRPC gives its status. */
  readonly grpcStatus?: number;
  readonly inputTokens?: number;
  /** Of all candidates together. */
  readonly outputTokens?: number;
  readonly candidates?: number;
  readonly nearestTestsUsed?: number;
  readonly step?: number;
  readonly maxSteps?: number;
  readonly tokensPerSecond?: number;
  readonly validationLoss?: number;
  readonly adapterBytes?: number;
  /** Of a trainer's process. */
  readonly exitCode?: number;
}

/** The pieces of work that are told apart, beside the calls and the trainer's own stages. */
export type Stage =
  | 'run'
  | 'wait-in-queue'
  | 'prepare-run'
  | 'trainer'
  | 'register-adapter'
  | 'take-adapter'
  | 'load-generator'
  | 'read-input'
  | 'decode'
  | TrainerStage;

/** What the trainer says that it is at (`run_events.py`), and one word for whatever it may say beside. */
export type TrainerStage = (typeof trainerStages)[number] | 'trainer-stage';

const trainerStages = [
  ...([
    'load',
    'probe',
    'measure-base',
    'cache-activations',
    'train',
    'measure-personalized',
    'write-adapter',
  ] as const),
];

export function trainerStage(said: string): TrainerStage {
  return trainerStages.find((stage) => stage === said) ?? 'trainer-stage';
}

/** How a piece of work ended; one that was cancelled, or that waits for another attempt, is neither. */
export type SpanEnd = 'done' | 'failed' | 'left';

/** A piece of work in a trace. */
export interface Span {
  /** How another process names this span as the parent of its own (W3C Trace Context); `undefined` where nothing is traced. */
  readonly traceparent: string | undefined;
  begin(stage: Stage, facts?: SpanFacts, startMs?: number): Span;
  tell(facts: SpanFacts): void;
  /** Only the first end counts. */
  end(end: SpanEnd, endMs?: number): void;
}

/** Where spans go. */
export interface Traces {
  /** A call that came in; `traceparent` is what the client said, if it said anything. */
  call(path: string, traceparent: string | undefined): Span;
  /** A run whose call is not known any more, because the server was restarted since. */
  run(runId: string): Span;
  /** Sends what is left, for a short time. */
  close(): Promise<void>;
}

/** Nothing is traced. */
export const noSpan: Span = { traceparent: undefined, begin: () => noSpan, tell: () => {}, end: () => {} };

export const noTraces: Traces = { call: () => noSpan, run: () => noSpan, close: async () => {} };

/** Does a piece of work in a span of its own, which ends as the work does. */
export async function inSpan<T>(parent: Span, stage: Stage, work: () => Promise<T>): Promise<T> {
  const span = parent.begin(stage);
  try {
    const result = await work();
    span.end('done');
    return result;
  } catch (error) {
    span.end('failed');
    throw error;
  }
}
