import { join } from 'node:path';
import { mineWorkspace } from '../../core/mining/mine-workspace.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { writeDurably } from '../storage/durable-file.ts';
import { workspaceOf } from './lay-out-library.ts';

/** What mining a laid-out library gave. */
export interface MinedLibrary {
  readonly testMethods: number;
  readonly pairs: readonly TestPair[];
}

/**
 * Mines a laid-out library and keeps its pairs as JSON Lines beside it. The miner's cache makes a second run take next to no time, and
 * still gives what this version of the miner finds.
 */
export async function mineLibrary(folder: string, signal: AbortSignal): Promise<MinedLibrary> {
  const pairs: TestPair[] = [];
  let testMethods = 0;
  const records = mineWorkspace({
    workspace: workspaceOf(folder),
    mode: 'default',
    cacheFile: join(folder, 'mining-cache'),
    signal,
  });
  for await (const record of records) {
    if (record.kind === 'pair') pairs.push(record.pair);
    else if (record.kind === 'summary') testMethods = record.summary.testMethods;
  }
  signal.throwIfAborted();
  await writeDurably(pairsFileOf(folder), pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  return { testMethods, pairs };
}

/** Where `mineLibrary` keeps the pairs. */
export const pairsFileOf = (folder: string) => join(folder, 'pairs.jsonl');
