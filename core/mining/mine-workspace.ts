import { stat } from 'node:fs/promises';
import { Exclusions, readExclusions } from './exclusions.ts';
import { type Listing, listJavaFiles } from './list-files.ts';
import { type CacheReading, readCache, writeCache } from './mining-cache.ts';
import { MiningError, type MiningMode, type MiningProgress, type MiningRecord } from './mining-record.ts';
import { SummaryBuilder } from './mining-summary.ts';
import { pairWorkspace } from './pair-workspace.ts';
import { readWorkspace, type WorkspaceFiles } from './read-workspace.ts';
import { RecordWriter, readRecords, type StoredRecord, workspaceKey } from './record-store.ts';
import type { ResidentWorkspace } from './resident-workspace.ts';
import { isResource } from './source-sets.ts';
import { throttled } from './throttled.ts';
import { Turns } from './turns.ts';
import { anotherLanguage, fileProblems } from './workspace-notes.ts';

export interface MiningOptions {
  /** Folder to mine. */
  readonly workspace: string;
  readonly mode: MiningMode;
  /** Where facts are kept between runs; left out, every run starts anew. Use one file for each workspace and mode. */
  readonly cacheFile?: string;
  /** Number of threads beside this one; 0 does all in this thread. Left out: by free cores and the amount of work. */
  readonly threads?: number;
  /** The bundled `mining-worker.js`; left out, the one beside the running bundle. */
  readonly workerFile?: string;
  /** What is to be kept in memory for the next mining after an edit; only in mode `default`. */
  readonly resident?: ResidentWorkspace;
  /** Ends the run early: the summary then says `cancelled`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MiningProgress) => void;
}

/**
 * Mines the focal-method/test pairs of a workspace. The records come in a fixed order, the summary last: the same files give the same
 * records, with or without a cache, on any number of threads. They come as they are found, so only signatures are held in memory.
 *
 * Throws {@link MiningError} when the folder does not exist, has no Java, or has Java but no test method (then after all file problems).
 */
export async function* mineWorkspace(options: MiningOptions): AsyncGenerator<MiningRecord, void, undefined> {
  const { workspace, mode, signal, onProgress } = options;
  const summary = new SummaryBuilder(mode);
  await requireFolder(workspace);
  const startedMs = Date.now();
  onProgress?.({ phase: 'listing', done: 0, total: 0 });
  const listing = compiledOnly(await listJavaFiles(workspace, signal), mode);
  if (listing.files.length === 0 && !isAborted(signal)) {
    throw new MiningError(
      'no-java',
      `There is no Java file in ${workspace}: open the folder of a Java project.${anotherLanguage(listing) ?? ''}`,
    );
  }
  const reading = options.cacheFile === undefined ? undefined : await readCache(options.cacheFile, mode);
  if (reading?.kind === 'unusable') {
    summary.addNotice(reading.notice);
  }
  const files = await readWorkspace(
    listing.files,
    reading?.kind === 'read' ? reading.cache : undefined,
    mode,
    options,
    throttled((done, total) => onProgress?.({ phase: 'indexing', done, total })),
  );
  if (isAborted(signal)) {
    yield summary.cancelled();
    return;
  }
  await keepCache(options, reading, files, startedMs, summary);
  for (const problem of fileProblems(listing, files.files)) {
    summary.addProblem(problem);
    yield problem;
  }
  summary.addFiles(listing.files, files);
  const notice = anotherLanguage(listing);
  if (notice !== undefined) {
    summary.addNotice(notice.trim());
  }
  const exclusions = mode === 'methods2test' ? Exclusions.none : await readExclusions(workspace);
  options.resident?.begin(listing, files.files, exclusions.text);
  for await (const stored of pairedOrStored(files, exclusions, options)) {
    summary.addTest(stored);
    yield stored.record;
  }
  if (summary.testMethods === 0 && !isAborted(signal)) {
    throw new MiningError(
      'no-tests',
      `There are ${listing.files.length} Java files in ${workspace}, but no test method was found in them.${notice ?? ''}`,
    );
  }
  if (!isAborted(signal)) options.resident?.end();
  yield isAborted(signal) ? summary.cancelled() : summary.record();
}

/**
 * Second pass. The records of a workspace that has not changed since the last run are those of that run; they lie beside the cache, so
 * that such a run takes no longer than asking every file for its time.
 */
async function* pairedOrStored(
  files: WorkspaceFiles,
  exclusions: Exclusions,
  options: MiningOptions,
): AsyncGenerator<StoredRecord, void, undefined> {
  const { cacheFile, mode, signal } = options;
  if (cacheFile === undefined) {
    yield* pairWorkspace(files, exclusions, options);
    return;
  }
  const recordsFile = `${cacheFile}.records`;
  const key = workspaceKey(mode, files.files, exclusions.text);
  const known = await readRecords(recordsFile, key);
  if (known !== undefined) {
    yield* replay(known, signal);
    return;
  }
  const writer = await RecordWriter.open(recordsFile, key);
  let isComplete = false;
  try {
    let isLasting = true;
    for await (const stored of pairWorkspace(files, exclusions, options)) {
      await writer?.write(stored);
      isLasting &&= !('reason' in stored.record && stored.record.reason === 'changed-while-mining');
      yield stored;
    }
    isComplete = isLasting && !isAborted(signal);
  } finally {
    await (isComplete ? writer?.keep() : writer?.discard());
  }
}

async function* replay(
  known: Iterable<StoredRecord>,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredRecord, void, undefined> {
  const turns = new Turns();
  for (const stored of known) {
    if (isAborted(signal)) {
      return;
    }
    yield stored;
    await turns.pass();
  }
}

/** A call, because the compiler would take a property read once for known. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

async function requireFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new MiningError('no-folder', `There is no folder ${folder}: name the folder of a Java project.`);
  }
}

/** A cache that cannot be written costs time at the next run, not this run's result. */
async function keepCache(
  { cacheFile, mode }: MiningOptions,
  reading: CacheReading | undefined,
  files: WorkspaceFiles,
  listedMs: number,
  summary: SummaryBuilder,
): Promise<void> {
  if (cacheFile === undefined || (reading?.kind === 'read' && !files.isChanged)) {
    return;
  }
  try {
    await writeCache(cacheFile, mode, { listedMs, files: files.files });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    summary.addNotice(`The mining cache could not be written, so the next run parses everything again: ${cause}`);
  }
}

/** Sample projects that are kept as resources are not the workspace's own code; the published miner does not tell them apart. */
function compiledOnly(listing: Listing, mode: MiningMode): Listing {
  return mode === 'methods2test'
    ? listing
    : { ...listing, files: listing.files.filter(({ path }) => !isResource(path)) };
}
