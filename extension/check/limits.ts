/** Limits of one check. */
export interface CheckLimits {
  /** Longest time one test may run: processor time, or a quarter of the time by the clock. */
  readonly testMs: number;
  /** Longest time one candidate may take in all, compiling included. */
  readonly candidateMs: number;
  /** Longest time the build of the module may take. */
  readonly buildMs: number;
  /** Java heap of one harness process. */
  readonly heapMegabytes: number;
  /** Harness processes at a time. */
  readonly processes: number;
}

export const defaultLimits: CheckLimits = {
  testMs: 10_000,
  candidateMs: 120_000,
  buildMs: 600_000,
  heapMegabytes: 512,
  processes: 2,
};
