/**
 * Wakes those who watch a run. It carries no events: watchers read them from the ledger, where they were written first, so nobody can
 * see an event that a crash would lose.
 */
export class RunNews {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** To be called after something was written about the run. */
  tell(runId: string): void {
    const waiting = this.#waiting.get(runId);
    this.#waiting.delete(runId);
    for (const wake of waiting ?? []) wake();
  }

  /** Settles at the next news of the run or when `signal` aborts. To be called before reading, so that nothing falls between. */
  next(runId: string, signal: AbortSignal): Promise<void> {
    return new Promise((done) => {
      const waiting = this.#waiting.get(runId) ?? new Set();
      const wake = () => {
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
        done();
      };
      if (signal.aborted) return done();
      waiting.add(wake);
      this.#waiting.set(runId, waiting);
      signal.addEventListener('abort', wake);
    });
  }
}
