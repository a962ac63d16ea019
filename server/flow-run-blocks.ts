import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from './caller.ts';
import { invalidRequest } from './errors.ts';
import type { Blocks, BlocksRequest, BlocksRun } from './generation/blocks.ts';
import type { Log } from './log.ts';
import type { FairQueue } from './quotas/fair-queue.ts';
import type { TenantQuotas } from './quotas/tenant-quotas.ts';

/** What the flow is made of. */
export interface RunBlocksParts {
  readonly quotas: TenantQuotas;
  /** For a turn of the blocks. */
  readonly queue: FairQueue;
  readonly log: Log;
  /** Settles when the blocks are loaded. */
  readonly blocks: () => Promise<Pick<Blocks, 'begin'>>;
  /** How long a session waits for its next request: it holds memory for as long as it goes on. */
  readonly mostSilentMs: number;
}

/**
 * Runs the base's frozen blocks for clients that keep embeddings and output layer to themselves. What was personalized never comes here, so
 * no repository is named, and nothing is kept when a call ends.
 */
export class RunBlocksFlow {
  constructor(private readonly parts: RunBlocksParts) {}

  /** Answers each request with the wanted rows. A session counts as one of the tenant's generations, and takes turns with others at each request. */
  async *run(
    caller: Caller,
    requests: AsyncIterable<BlocksRequest>,
    signal: AbortSignal,
  ): AsyncGenerator<Float32Array> {
    const { quotas, queue, log, mostSilentMs } = this.parts;
    const startedMs = performance.now();
    const tenantId = caller.tenant.id;
    const end = quotas.begin(tenantId, 'generations');
    let run: BlocksRun | undefined;
    let answered = 0;
    try {
      for await (const request of inTime(requests, mostSilentMs, signal)) {
        const leave = await queue.enter(tenantId, signal);
        if (leave === undefined) return;
        let states: Float32Array;
        try {
          run ??= (await this.parts.blocks()).begin();
          states = await run.run(request);
        } finally {
          leave();
        }
        answered += 1;
        yield states;
      }
    } finally {
      run?.end();
      end();
      const durationMs = Math.round(performance.now() - startedMs);
      log.info('blocks-run', { tenantId, requests: answered, durationMs });
    }
  }
}

/** Ends when `signal` aborts. Throws the `invalid-request` error when nothing comes for too long. */
async function* inTime<T>(items: AsyncIterable<T>, mostSilentMs: number, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  while (!signal.aborted) {
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    const silence = sleep(mostSilentMs, 'silence' as const, { signal: either }).catch(() => 'left' as const);
    const next = await Promise.race([iterator.next(), silence]);
    waiting.abort();
    if (next === 'left') return;
    if (next === 'silence')
      throw invalidRequest(
        `The session was silent for ${Math.round(mostSilentMs / 1000)} s and was ended`,
        'make the call again, and end it when the text is written',
      );
    if (next.done === true) return;
    yield next.value;
  }
}
