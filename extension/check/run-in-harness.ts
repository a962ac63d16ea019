import { type HarnessAnswer, HarnessProcess, type HarnessSetup } from './harness-process.ts';
import type { ReadableCandidate } from './judge-candidate.ts';

/**
 * Checks one module's candidates in `limits.processes` harness processes that share one queue. A process that hung or crashed is
 * replaced for the candidates after the one that did it.
 */
export async function runInHarness(
  setup: HarnessSetup,
  items: readonly ReadableCandidate[],
  onAnswer: (item: ReadableCandidate, answer: HarnessAnswer) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const queue = [...items];
  // A second process pays only when there is enough to do for both: starting one takes as long as checking a few candidates.
  const processes = Math.max(1, Math.min(setup.limits.processes, Math.floor(items.length / 6)));
  await Promise.all(Array.from({ length: processes }, () => drain(setup, queue, onAnswer, signal)));
}

async function drain(
  setup: HarnessSetup,
  queue: ReadableCandidate[],
  onAnswer: (item: ReadableCandidate, answer: HarnessAnswer) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  let harness: HarnessProcess | null = null;
  const onAbort = () => harness?.close();
  signal?.addEventListener('abort', onAbort);
  try {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      if (signal?.aborted) return;
      try {
        if (harness === null || harness.ended) harness = await HarnessProcess.start(setup);
      } catch (error) {
        onAnswer(item, {
          outcome: 'not-started',
          detail: error instanceof Error ? error.message : String(error),
          durationMs: 0,
        });
        continue;
      }
      const { file, binaryClassName, method, text } = item.placement;
      const answer = await harness.check({ id: item.candidate.id, file, binaryClassName, method, text });
      if (signal?.aborted) return;
      onAnswer(item, answer);
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    harness?.close();
  }
}
