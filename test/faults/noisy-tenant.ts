import { setPriority } from 'node:os';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { GenerateResponse } from '../../proto/gen/bespoke/v1/generation.ts';
import { Client } from '../server/support/client.ts';
import { promptRequest } from './prompts.ts';

// A process of its own that asks for so many candidate streams a second, whether or not those before were answered, so that making the
// load takes no time from whoever measures: ADDRESS TOKEN STREAMS_A_SECOND SECONDS. Prints what became of them.

// Clients have processors of their own elsewhere; here they must not take the server's.
setPriority(10);

const [address = '', token = '', perSecond = '', seconds = ''] = process.argv.slice(2);
const client = new Client(address, token);
const counts = { offered: 0, finished: 0, refused: 0, failed: 0, skipped: 0 };
let open = 0;

async function ask(): Promise<void> {
  counts.offered += 1;
  open += 1;
  try {
    const stream = client.generate(promptRequest(0, { maxNewTokens: 96 })) as AsyncIterable<GenerateResponse>;
    for await (const { part } of stream) if (part?.$case === 'finished') counts.finished += 1;
  } catch (error) {
    if ((error as ServiceError).code === status.RESOURCE_EXHAUSTED) counts.refused += 1;
    else counts.failed += 1;
  }
  open -= 1;
}

/** Beyond so many unanswered ones this process, not the server, would be what is overloaded. */
const MOST_OPEN = 2000;

const startedMs = performance.now();
const timer = setInterval(() => {
  const elapsed = (performance.now() - startedMs) / 1000;
  if (elapsed > Number(seconds)) {
    // Those that were let in come to their end.
    if (open > 0) return;
    clearInterval(timer);
    client.close();
    console.log(JSON.stringify(counts));
    return;
  }
  for (let due = elapsed * Number(perSecond) - counts.offered - counts.skipped; due >= 1; due--)
    if (open < MOST_OPEN) void ask();
    else counts.skipped += 1;
}, 5);
