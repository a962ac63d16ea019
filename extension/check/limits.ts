/** Limits of one check. */
export interface CheckLimits {
  /** Longest time one test may run: processor time, or a quarter of the time by the clock. */
  readonly testMs: number;
  /** Longest time one candidate may take in all, compiling and repairing included. */
  readonly candidateMs: number;
  /** How often a test that passes, and looks useful, is run in all, to see whether it always does; 1 for once. */
  readonly runs: number;
  /** Whether such a test is also run while the method under test is broken, to see whether it notices. */
  readonly mutants: boolean;
  /** How often a candidate that does not compile is repaired and compiled again; 0 leaves candidates as they are. */
  readonly repairRounds: number;
  /** Longest time the build of the module may take. */
  readonly buildMs: number;
  /** Java heap of one harness process. */
  readonly heapMegabytes: number;
  /** Memory of one harness process with all that it starts; looked at only where the system says it, which is Linux. */
  readonly memoryMegabytes: number;
  /** Processes and threads of one harness process with all that it starts. */
  readonly tasks: number;
  /** Most that is kept of what a test prints; 0 keeps nothing. */
  readonly outputBytes: number;
  /** Harness processes at a time. */
  readonly processes: number;
}

export const defaultLimits: CheckLimits = {
  testMs: 10_000,
  candidateMs: 120_000,
  runs: 3,
  mutants: true,
  // One for names and types; javac looks for unreported exceptions only after them; one for what a repair brings to light.
  repairRounds: 3,
  buildMs: 600_000,
  heapMegabytes: 512,
  // The heap, as much again outside it, and Java itself with its compiler.
  memoryMegabytes: 2048,
  tasks: 1024,
  outputBytes: 0,
  processes: 2,
};
