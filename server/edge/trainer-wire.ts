import { Strategy as WireStrategy } from '../../proto/gen/bespoke/v1/common.ts';
import * as trainer from '../../proto/gen/bespoke/v1/trainer.ts';
import type { ProbePlan } from '../runs/auto-strategy.ts';
import type { RunHappening } from '../runs/run-event.ts';
import type { Strategy, TrainingOptions } from '../runs/strategy.ts';
import { happeningFromWire } from './convert-run.ts';
import { optionsToWire, strategyToWire } from './convert-strategy.ts';

/** Everything a training process needs. Paths are absolute. */
export interface RunSpec {
  readonly runId: string;
  readonly baseModelDir: string;
  readonly examplesFile: string;
  readonly workDir: string;
  readonly adapterDir: string;
  /** What is trained, or what is probed. */
  readonly task: Strategy | ProbePlan;
  readonly options: TrainingOptions;
  readonly corpusSha256: string;
}

/** The content of the file that a trainer is started with. */
export function writeRunSpec(spec: RunSpec): string {
  const { task } = spec;
  const message: trainer.RunSpec = {
    runId: spec.runId,
    baseModelDir: spec.baseModelDir,
    examplesFile: spec.examplesFile,
    workDir: spec.workDir,
    adapterDir: spec.adapterDir,
    strategy: typeof task === 'string' ? strategyToWire[task] : WireStrategy.STRATEGY_UNSPECIFIED,
    options: optionsToWire(spec.options),
    corpusSha256: spec.corpusSha256,
    probe: typeof task === 'string' ? undefined : probeToWire(task),
  };
  return `${JSON.stringify(trainer.RunSpec.toJSON(message), null, 2)}\n`;
}

function probeToWire({ strategies, ...plan }: ProbePlan): trainer.ProbeSpec {
  return { strategies: strategies.map((strategy) => strategyToWire[strategy]), ...plan };
}

/** When the trainer said an event, in milliseconds since 1970-01-01 UTC; `undefined` when it did not say. */
export function runEventTimeMs(line: string): number | undefined {
  try {
    return trainer.RunEvent.fromJSON(JSON.parse(line)).timeMs || undefined;
  } catch {
    return undefined;
  }
}

/** Reads one line of a trainer's standard output; `undefined` when it is no event, whatever it is. */
export function readRunEventLine(line: string): RunHappening | undefined {
  try {
    return happeningFromWire(trainer.RunEvent.fromJSON(JSON.parse(line)));
  } catch {
    // The caller counts and logs lines that are no events; they may hold anything.
    return undefined;
  }
}
