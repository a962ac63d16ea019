import { DuplicateFinder } from './duplicates.ts';
import type { Exclusions } from './exclusions.ts';
import type { MiningOptions } from './mine-workspace.ts';
import { threadsFor } from './mining-threads.ts';
import { pairOnThreads } from './pairing-pool.ts';
import type { WorkspaceFiles } from './read-workspace.ts';
import type { StoredRecord } from './record-store.ts';
import { type FoundTest, type PairedFile, type PairingWork, TestFilePairer } from './test-file-pairer.ts';
import { throttled } from './throttled.ts';
import { Turns } from './turns.ts';

/**
 * Second pass: the records of a workspace's tests in the order of its files, on worker threads when there are many. Ends early, without
 * an error, when the signal is aborted.
 */
export async function* pairWorkspace(
  { files }: WorkspaceFiles,
  exclusions: Exclusions,
  options: MiningOptions,
): AsyncGenerator<StoredRecord, void, undefined> {
  const { workspace, mode, resident, signal, onProgress } = options;
  const work: PairingWork = { workspace, mode, exclusions: exclusions.text, isTraced: resident !== undefined };
  const mayHoldTests = [...files.values()].filter(({ outline, mentionsTest }) =>
    mode === 'methods2test' ? mentionsTest : outline.mayHoldTests,
  );
  const threads = options.threads ?? threadsFor(mayHoldTests.length);
  const progress = throttled((done, total) => onProgress?.({ phase: 'pairing', done, total }));
  const found =
    threads === 0
      ? pairHere(new TestFilePairer(work, files), signal, progress)
      : // This thread compares and hands on what the others find, which keeps a core busy.
        pairOnThreads(work, files, { ...options, threads: Math.max(1, threads - 1) }, progress);
  const duplicates = new DuplicateFinder();
  for await (const paired of found) {
    for (const file of paired) {
      resident?.addPaired(file);
      for (const test of file.tests) yield withRepetitionTold(test, duplicates);
    }
  }
}

async function* pairHere(
  pairer: TestFilePairer,
  signal: AbortSignal | undefined,
  onProgress: (done: number, total: number) => void,
): AsyncGenerator<readonly PairedFile[], void, undefined> {
  const turns = new Turns();
  for (let at = 0; at < pairer.testFileCount && signal?.aborted !== true; at++) {
    yield pairer.pair(at, at + 1);
    onProgress(at + 1, pairer.testFileCount);
    await turns.pass();
  }
}

export function withRepetitionTold(
  { module, record, fingerprints }: FoundTest,
  duplicates: DuplicateFinder,
): StoredRecord {
  if (record.kind !== 'pair' || fingerprints === undefined) {
    return { module, record };
  }
  const { pair } = record;
  const finding = duplicates.add(pair.id, fingerprints);
  if (finding.kind === 'duplicate') {
    const { testFile, testClass, testMethod, focalClass } = pair;
    return { module, record: { kind: 'unpaired', testFile, testClass, testMethod, reason: 'duplicate', focalClass } };
  }
  return finding.kind === 'near-duplicate'
    ? { module, record: { kind: 'pair', pair, nearDuplicateOf: finding.of } }
    : { module, record };
}
