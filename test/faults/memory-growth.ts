import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much memory something takes more and more. Samples begin when it is warm: caches are full, and the largest input has been there. */
export class MemoryGrowth {
  readonly #samples: number[] = [];
  readonly #read: () => number;

  /** `read` gives bytes; left out, what this process holds after its garbage was collected, WebAssembly included. */
  constructor(read: () => number = liveBytes) {
    this.#read = read;
  }

  sample(): void {
    this.#samples.push(this.#read());
  }

  /** From the first fifth of the samples to the last one, in percent; medians, so that a passing peak counts for nothing. */
  get percent(): number {
    const fifth = Math.max(1, Math.floor(this.#samples.length / 5));
    const before = median(this.#samples.slice(0, fifth));
    const after = median(this.#samples.slice(-fifth));
    return Math.round((after / before - 1) * 1000) / 10;
  }
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
