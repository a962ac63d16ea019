import { makeCorpus } from '../../../core/corpus/corpus.ts';
import { HeldOutSplit, Strategy } from '../../../proto/gen/bespoke/v1/common.ts';
import type { Run, StartRunRequest } from '../../../proto/gen/bespoke/v1/personalization.ts';
import { distinctPairs } from '../../core/splits/make-pair.ts';
import type { Client } from './client.ts';

/** 24 focal classes with 7 tests each. */
export const corpus = makeCorpus(distinctPairs(24, 7));

/** A request that the server accepts once the corpus is there. */
export function runRequest(requestId: string, more: Partial<StartRunRequest> = {}): StartRunRequest {
  return {
    requestId,
    repository: 'repo',
    corpusSha256: corpus.sha256,
    strategy: Strategy.STRATEGY_PREFIX,
    heldOutSplits: [HeldOutSplit.HELD_OUT_SPLIT_BY_PAIR, HeldOutSplit.HELD_OUT_SPLIT_BY_FOCAL_CLASS],
    heldOutPairs: 20,
    options: undefined,
    fold: 0,
    nearestTests: undefined,
    ...more,
  };
}

/** Starts a run and returns it. */
export async function startRun(client: Client, requestId: string, more: Partial<StartRunRequest> = {}): Promise<Run> {
  return required((await client.startRun(runRequest(requestId, more))).run);
}

/** The run as it is now. */
export async function getRun(client: Client, runId: string): Promise<Run> {
  return required((await client.getRun(runId)).run);
}

export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The answer lacks what it should hold.');
  return value;
}

/** Polls until `probe` gives something; for what no event tells. */
export async function eventually<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  withinMs = 20_000,
  everyMs = 50,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Nothing came within ${withinMs} ms.`);
    await new Promise((next) => setTimeout(next, everyMs));
  }
}
