import type { ExtractionRequest, ExtractionResult } from './extraction.ts';
import { extractAll, type PoolOptions } from './extraction-pool.ts';
import type { ListedFile } from './list-files.ts';
import { mapTestFiles } from './methods2test/map-test-files.ts';
import type { CachedFile, MiningCache } from './mining-cache.ts';
import type { MiningMode } from './mining-record.ts';

export interface WorkspaceFiles {
  /** By path, in the order of the listing. */
  readonly files: ReadonlyMap<string, CachedFile>;
  readonly parsedFiles: number;
  /** False when the cache already held all of it. */
  readonly isChanged: boolean;
}

/** File systems keep times this coarsely at worst; within it, a file may change without a trace in size and time. */
const TIME_GRAIN_MS = 2_000;

/**
 * First pass: brings the facts of every file up to date. Like git, it trusts size and modification time for files that were last
 * changed well before the cache was made, and hashes the others: that leaves an unchanged workspace of any size with one `stat` a file
 * instead of reading it whole, while a file written right around the last run is never taken for unchanged.
 */
export async function readWorkspace(
  listed: readonly ListedFile[],
  cache: MiningCache | undefined,
  mode: MiningMode,
  pool: PoolOptions,
  onProgress: (done: number, total: number) => void,
): Promise<WorkspaceFiles> {
  const files = new Map<string, CachedFile>();
  const suspects: ListedFile[] = [];
  for (const file of listed) {
    const cached = cache?.files.get(file.path);
    const isUnchanged = cached?.sizeBytes === file.sizeBytes && cached.modifiedMs === file.modifiedMs;
    if (
      cached !== undefined &&
      cached.hash !== '' &&
      isUnchanged &&
      file.modifiedMs < (cache?.listedMs ?? 0) - TIME_GRAIN_MS
    ) {
      files.set(file.path, cached);
    } else {
      suspects.push(file);
    }
  }
  const state = { files, parsedFiles: 0, isChanged: suspects.length > 0 || cache?.files.size !== listed.length };
  const scanOnly = mode === 'methods2test';
  await extract(suspects, scanOnly, cache, mode, pool, state, onProgress);
  if (scanOnly) {
    const parsed = filesToParse(listed, files);
    await extract(parsed, false, undefined, mode, pool, state, onProgress);
    state.isChanged ||= parsed.length > 0;
  }
  return { ...state, files: inListedOrder(listed, files) };
}

type State = { readonly files: Map<string, CachedFile>; parsedFiles: number; isChanged: boolean };

async function extract(
  listed: readonly ListedFile[],
  scanOnly: boolean,
  cache: MiningCache | undefined,
  mode: MiningMode,
  pool: PoolOptions,
  state: State,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const requests = listed.map((file): ExtractionRequest => {
    const known = cache?.files.get(file.path);
    return { path: file.path, mode, scanOnly, ...(known === undefined ? {} : { knownHash: known.hash }) };
  });
  let done = 0;
  await extractAll(requests, pool, (index, result) => {
    const file = listed[index];
    if (file !== undefined) {
      const known = cache?.files.get(file.path);
      state.files.set(file.path, remembered(file, result, known));
      state.parsedFiles += result.facts === '' ? 0 : 1;
    }
    onProgress(++done, requests.length);
  });
}

/** What is kept of a file: what was known, where its bytes are the same. */
export function remembered(file: ListedFile, result: ExtractionResult, known: CachedFile | undefined): CachedFile {
  const isKnown = known !== undefined && known.hash === result.hash && result.hash !== '';
  return {
    path: file.path,
    sizeBytes: file.sizeBytes,
    modifiedMs: file.modifiedMs,
    hash: result.hash,
    mentionsTest: result.mentionsTest,
    problems: isKnown ? known.problems : result.problems,
    outline: isKnown ? known.outline : result.outline,
    facts: isKnown ? known.facts : Buffer.from(result.facts),
  };
}

/** The published rules need the tests and the focal files they map to; nothing else is parsed. */
function filesToParse(listed: readonly ListedFile[], files: ReadonlyMap<string, CachedFile>): ListedFile[] {
  const needed = new Set<string>();
  for (const mapped of mapTestFiles([...files.values()])) {
    needed.add(mapped.testFile);
    if (mapped.focalFile !== undefined) {
      needed.add(mapped.focalFile);
    }
  }
  return listed.filter((file) => {
    const known = files.get(file.path);
    return needed.has(file.path) && known?.facts.length === 0 && known.problems.length === 0;
  });
}

function inListedOrder(listed: readonly ListedFile[], files: ReadonlyMap<string, CachedFile>): Map<string, CachedFile> {
  const ordered = new Map<string, CachedFile>();
  for (const { path } of listed) {
    const file = files.get(path);
    if (file !== undefined) {
      ordered.set(path, file);
    }
  }
  return ordered;
}
