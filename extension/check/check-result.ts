import type { Placement } from '../placement/placement.ts';
import type { Fault } from './fault.ts';

/** How far a candidate came, furthest stage first to fail. */
export type CheckOutcome =
  | 'does-not-parse'
  | 'compile-error'
  | 'assertion-failure'
  | 'exception'
  | 'timeout'
  | 'crash'
  | 'skipped'
  | 'no-test'
  /** It passed at first, and not every time. */
  | 'flaky'
  | 'passed'
  | 'not-checked';

/** Why a candidate is not useful, or what the user should know about it. One sentence each, for a person. */
export interface CheckReason {
  readonly code:
    | CheckOutcome
    | 'does-not-call-focal-method'
    | 'nothing-can-fail'
    /** Something in it can fail, but not by what the method under test does: it passes while that is broken. */
    | 'notices-nothing'
    /** It failed where the class under test went wrong by itself. */
    | 'points-at-code'
    | 'repeats-existing-test'
    | 'repaired'
    | 'module-not-built'
    | 'no-place'
    | 'untrusted-workspace';
  readonly message: string;
}

/** What the check found out about one candidate. `null`: not checked, and `reasons` says why. */
export interface CheckResult {
  readonly id: string;
  readonly outcome: CheckOutcome;
  readonly parses: boolean;
  readonly compiles: boolean | null;
  readonly passes: boolean | null;
  /**
   * Compiles, passes, calls the focal method, has an assertion that can fail and repeats no existing test. Whether an assertion can fail is
   * read off the text and, with `limits.mutants`, tried with a broken method; with `limits.runs`, passing means every time. Both only ever
   * make it `false`.
   */
  readonly useful: boolean | null;
  readonly reasons: readonly CheckReason[];
  /** Name of the existing test that it repeats, for instance `FooTest#bar`. */
  readonly repeats?: string;
  /** Where another attempt has to differ; only of a candidate that does not compile, fails by its own fault as far as is known, or repeats a test. */
  readonly fault?: Fault;
  /** Compiling and running in the harness, without waiting. */
  readonly durationMs: number;
  /** What it printed; only where `limits.outputBytes` asks for it and there was something. */
  readonly output?: string;
  /** Only where the candidate did not compile as the model wrote it and does now: everything above is about this text. */
  readonly repaired?: RepairedCandidate;
}

/** A candidate after mechanical repair, which never changes what the test checks. */
export interface RepairedCandidate {
  /** One short phrase each, for instance `added throws IOException`. */
  readonly changes: readonly string[];
  /** The method. */
  readonly source: string;
  readonly placement: Placement;
}

/** What the checked candidates ran in. `process`: no sandbox is installed; only time and memory are limited. */
export type SandboxKind = 'bubblewrap' | 'process' | 'none-started';

export interface CheckReport {
  /** In the order of the candidates. */
  readonly results: readonly CheckResult[];
  readonly sandbox: SandboxKind;
  /** Problems that a user can act on, for instance a module that does not build. */
  readonly problems: readonly string[];
  readonly seconds: { readonly build: number; readonly check: number };
}

/** Passing before compiling before parsing, useful ones first among the passing; equals by `score`, highest first. */
export function rank<T>(
  items: readonly T[],
  look: (item: T) => { readonly result: CheckResult; readonly score: number },
): T[] {
  return [...items].sort((left, right) => {
    const [one, two] = [look(left), look(right)];
    return stage(two.result) - stage(one.result) || two.score - one.score;
  });
}

function stage(result: CheckResult): number {
  if (result.useful === true) return 4;
  if (result.passes === true) return 3;
  if (result.compiles === true) return 2;
  return result.parses ? 1 : 0;
}
