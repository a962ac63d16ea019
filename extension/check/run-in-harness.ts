import {
  type HarnessAnswer,
  HarnessProcess,
  type HarnessSetup,
  type ProbeAnswer,
  type ProbeRequest,
} from './harness-process.ts';
import type { BrokenCandidate, ReadableCandidate } from './judge-candidate.ts';

export interface HarnessWork {
  readonly setup: HarnessSetup;
  readonly items: readonly ReadableCandidate[];
  /** The candidate with something repaired, or `null` when there is nothing that can be. */
  readonly repair: (item: ReadableCandidate, answer: HarnessAnswer) => ReadableCandidate | null;
  /** The second look that a candidate deserves once it passed, or `null`: what is of no use anyway is not looked at twice. */
  readonly probe: (item: ReadableCandidate) => Omit<ProbeRequest, 'id'> | null;
  /** Called with the candidate that the answer is about: the repaired one, if repairing helped; else also with how far repairing came. */
  readonly onAnswer: (item: ReadableCandidate, answer: HarnessAnswer, broken: BrokenCandidate | null) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks one module's candidates in `limits.processes` harness processes that share one queue. A process that hung or crashed is
 * replaced for the candidates after the one that did it.
 */
export async function runInHarness(work: HarnessWork): Promise<void> {
  const queue = [...work.items];
  // A second process pays only when there is enough to do for both: starting one takes as long as checking a few candidates.
  const processes = Math.max(1, Math.min(work.setup.limits.processes, Math.floor(queue.length / 6)));
  await Promise.all(Array.from({ length: processes }, () => drain(work, queue)));
}

async function drain(work: HarnessWork, queue: ReadableCandidate[]): Promise<void> {
  const { setup, onAnswer, signal } = work;
  let harness: HarnessProcess | null = null;
  const onAbort = () => harness?.close();
  signal?.addEventListener('abort', onAbort);
  try {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      if (signal?.aborted) return;
      try {
        if (harness === null || harness.ended) harness = await HarnessProcess.start(setup);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        onAnswer(item, { outcome: 'not-started', detail, errors: [], durationMs: 0 }, null);
        continue;
      }
      const checked = await checkAndRepair(work, harness, item);
      if (signal?.aborted) return;
      onAnswer(checked.item, checked.answer, checked.broken);
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    harness?.close();
  }
}

interface Checked {
  readonly item: ReadableCandidate;
  readonly answer: HarnessAnswer;
  readonly broken: BrokenCandidate | null;
}

/** Checks a candidate and, while it is no test that runs, its repairs. Repairs that do not lead to one are forgotten. */
async function checkAndRepair(
  work: HarnessWork,
  harness: HarnessProcess,
  written: ReadableCandidate,
): Promise<Checked> {
  const { setup, repair, signal } = work;
  const { candidateMs, repairRounds } = setup.limits;
  const first = await check(harness, written, candidateMs);
  let current = { item: written, answer: first };
  let spentMs = first.durationMs;
  for (let round = 0; round < repairRounds && isBroken(current.answer); round++) {
    const item = spentMs < candidateMs && !signal?.aborted ? repair(current.item, current.answer) : null;
    if (item === null) break;
    const answer = await check(harness, item, candidateMs - spentMs);
    spentMs += answer.durationMs;
    current = { item, answer };
  }
  const kept = isBroken(current.answer)
    ? { item: written, answer: first, broken: current }
    : { ...current, broken: null };
  const probe = await probePassed(work, harness, kept, candidateMs - spentMs);
  if (probe === null) return { ...kept, answer: { ...kept.answer, durationMs: spentMs } };
  return { ...kept, answer: { ...kept.answer, durationMs: spentMs + probe.durationMs, probe } };
}

async function probePassed(
  work: HarnessWork,
  harness: HarnessProcess,
  { item, answer }: { readonly item: ReadableCandidate; readonly answer: HarnessAnswer },
  limitMs: number,
): Promise<ProbeAnswer | null> {
  if (answer.outcome !== 'passed' || limitMs <= 0 || work.signal?.aborted) return null;
  const wanted = work.probe(item);
  return wanted === null ? null : await harness.probe({ id: item.candidate.id, ...wanted }, limitMs);
}

function isBroken({ outcome }: HarnessAnswer): boolean {
  return outcome === 'compile-error' || outcome === 'no-test';
}

async function check(harness: HarnessProcess, { candidate, placement }: ReadableCandidate, limitMs: number) {
  const { file, binaryClassName, method, text } = placement;
  return await harness.check({ id: candidate.id, file, binaryClassName, method, text }, limitMs);
}
