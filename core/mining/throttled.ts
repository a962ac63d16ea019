const PROGRESS_INTERVAL_MS = 100;

/** Reports progress ten times a second at most, and the end always. */
export function throttled(report: (done: number, total: number) => void): (done: number, total: number) => void {
  let nextMs = 0;
  return (done, total) => {
    const now = performance.now();
    if (now >= nextMs || done === total) {
      nextMs = now + PROGRESS_INTERVAL_MS;
      report(done, total);
    }
  };
}
