import { existsSync } from 'node:fs';
import { type FinishedRun, readRuns, runFile, writeRun } from './run-record.ts';
import { type RunSetting, runName, variantOf } from './run-setting.ts';

/** Does one run and returns its records; `slot` counts from 0 and is never in use twice at once. Rejects when the run fails. */
export type RunDoer = (setting: RunSetting, slot: number, signal: AbortSignal) => Promise<FinishedRun>;

export interface CarryOutOptions {
  readonly out: string;
  /** Runs under way at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Does every planned run that is not done yet and keeps its records. A run is done when its file is there, so an experiment that was
 * ended in whatever way goes on with the runs that it lacks. A run that fails holds up no other; their number is returned.
 */
export async function carryOut(plan: readonly RunSetting[], run: RunDoer, options: CarryOutOptions): Promise<number> {
  const { out, jobs, signal, say } = options;
  const waiting = plan.filter((setting) => !existsSync(runFile(out, setting)));
  say(`${plan.length} runs, ${plan.length - waiting.length} of them done already.`);
  const pace = new Pace(await readRuns(out));
  let next = 0;
  let ended = plan.length - waiting.length;
  let failures = 0;
  const work = async (slot: number) => {
    while (next < waiting.length) {
      signal.throwIfAborted();
      const setting = waiting[next++];
      if (setting === undefined) return;
      const name = runName(setting);
      say(`run ${next + plan.length - waiting.length} of ${plan.length}: ${name}`);
      const startedMs = performance.now();
      try {
        const finished = await run(setting, slot, signal);
        await writeRun(out, finished);
        pace.add(variantOf(setting), (performance.now() - startedMs) / 1000);
      } catch (error) {
        if (signal.aborted) throw error;
        failures++;
        say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
      ended++;
      const left = pace.secondsOf(waiting.slice(next).map(variantOf)) / jobs;
      if (ended < plan.length) say(`${ended} of ${plan.length} runs ended, about ${duration(left)} left`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, waiting.length) }, (_, slot) => work(slot)));
  return failures;
}

/** How long runs take, by what is trained; learned from the runs that are done. */
class Pace {
  readonly #seconds = new Map<string, number[]>();

  constructor(done: readonly FinishedRun[]) {
    for (const { record } of done) this.add(variantOf(record), sum(Object.values(record.seconds)));
  }

  add(variant: string, seconds: number): void {
    this.#seconds.set(variant, [...(this.#seconds.get(variant) ?? []), seconds]);
  }

  secondsOf(variants: readonly string[]): number {
    const all = [...this.#seconds.values()].flat();
    return sum(variants.map((variant) => mean(this.#seconds.get(variant) ?? all)));
  }
}

function duration(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => (values.length === 0 ? 0 : sum(values) / values.length);
