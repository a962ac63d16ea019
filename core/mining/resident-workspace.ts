import { stat } from 'node:fs/promises';
import { JavaParser } from '../java/java-parser.ts';
import { DuplicateFinder } from './duplicates.ts';
import { readExclusions } from './exclusions.ts';
import { extractFile } from './extraction.ts';
import { keysOfChange } from './keys-of-change.ts';
import { type ListedFile, type Listing, MAX_FILE_BYTES } from './list-files.ts';
import type { CachedFile } from './mining-cache.ts';
import type { MiningRecord } from './mining-record.ts';
import { SummaryBuilder } from './mining-summary.ts';
import { withRepetitionTold } from './pair-workspace.ts';
import { remembered } from './read-workspace.ts';
import { type FoundTest, type PairedFile, TestFilePairer } from './test-file-pairer.ts';
import { Turns } from './turns.ts';
import { anotherLanguage, fileProblems } from './workspace-notes.ts';

/** What was found in a test file, with the numbers of the keys that it was resolved from. */
interface ResidentTests {
  readonly tests: readonly FoundTest[];
  readonly asked: Uint32Array;
}

/**
 * Keeps in memory what mining found in a workspace, and what every test file's pairing asked for on the way, so that after an edit only
 * that is paired again which the edit can matter to. The records are those of a mining from nothing. Mode `default`.
 */
export class ResidentWorkspace {
  readonly #workspace: string;
  #mined: MinedFiles | undefined;
  #pairing: MinedFiles | undefined;
  /** Keys as numbers: the same few thousand are asked for in every test file. */
  readonly #numbers = new Map<string, number>();

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** Facts by path, as of the last mining. */
  get files(): ReadonlyMap<string, CachedFile> {
    return this.#mined?.files ?? new Map();
  }

  /** Whether the last mining saw a file as it is now, as far as size and time tell. */
  async isCurrent(path: string): Promise<boolean> {
    const known = this.#mined?.files.get(path);
    const now = await stat(`${this.#workspace}/${path}`).catch(() => undefined);
    return known !== undefined && known.sizeBytes === now?.size && known.modifiedMs === now.mtimeMs;
  }

  /** A mining of the whole workspace has read its files, and is about to pair them. */
  begin(listing: Listing, files: ReadonlyMap<string, CachedFile>, exclusions: string): void {
    this.#numbers.clear();
    this.#pairing = { listing, files: new Map(files), exclusions, paired: new Map(), pairer: undefined };
    this.#mined = undefined;
  }

  addPaired({ testFile, tests, asked }: PairedFile): void {
    this.#pairing?.paired.set(testFile, { tests, asked: this.#numbered(asked) });
  }

  /** That mining is complete. */
  end(): void {
    this.#mined = this.#pairing;
    this.#pairing = undefined;
  }

  /**
   * Mines again after edits, whose paths are relative to the workspace. False, with nothing done, where the whole workspace has to be mined:
   * nothing is known of its pairing, a file came or went, or the exclusions changed.
   */
  async update(edited: readonly string[]): Promise<boolean> {
    const mined = this.#mined;
    if (mined === undefined || mined.paired.size === 0) return false;
    if ((await readExclusions(this.#workspace)).text !== mined.exclusions) return false;
    const listed = await Promise.all(edited.map((path) => this.#listedNow(path, mined)));
    if (!listed.every((file) => file !== undefined)) return false;
    const changed = await this.#read(listed, mined);
    if (changed === undefined) return false;
    const stale = staleAfter(changed, mined, this.#numbers);
    // Half of an update is worth nothing.
    this.#mined = undefined;
    for (const { after } of changed) mined.files.set(after.path, after);
    mined.pairer ??= new TestFilePairer(
      { workspace: this.#workspace, mode: 'default', exclusions: mined.exclusions, isTraced: true },
      mined.files,
    );
    mined.pairer.update(
      changed.map(({ after }) => after),
      mined.files,
    );
    const turns = new Turns();
    for (const testFile of stale) {
      const { tests, asked } = mined.pairer.pairFile(testFile);
      mined.paired.set(testFile, { tests, asked: this.#numbered(asked) });
      await turns.pass();
    }
    this.#mined = mined;
    return true;
  }

  /** As {@link mineWorkspace} gives them, of the workspace as it was after the last {@link update}. */
  *records(): Generator<MiningRecord, void, undefined> {
    const mined = this.#mined;
    if (mined === undefined) throw new Error('Nothing is known of the workspace: mine all of it first.');
    const summary = new SummaryBuilder('default');
    for (const problem of fileProblems(mined.listing, mined.files)) {
      summary.addProblem(problem);
      yield problem;
    }
    summary.addFiles([...mined.files.values()], { files: mined.files, parsedFiles: 0, isChanged: true });
    const notice = anotherLanguage(mined.listing);
    if (notice !== undefined) summary.addNotice(notice.trim());
    const duplicates = new DuplicateFinder();
    for (const { path, outline } of mined.files.values()) {
      if (!outline.mayHoldTests) continue;
      for (const test of mined.paired.get(path)?.tests ?? []) {
        const stored = withRepetitionTold(test, duplicates);
        summary.addTest(stored);
        yield stored.record;
      }
    }
    yield summary.record();
  }

  #numbered(asked: readonly string[]): Uint32Array {
    return Uint32Array.from(asked, (key) => {
      const known = this.#numbers.get(key) ?? this.#numbers.size;
      this.#numbers.set(key, known);
      return known;
    });
  }

  /** A file of the last listing as it is now; `undefined` for any other. */
  async #listedNow(path: string, { files }: MinedFiles): Promise<ListedFile | undefined> {
    if (!files.has(path)) return undefined;
    return stat(`${this.#workspace}/${path}`).then(
      ({ size, mtimeMs }) => (size > MAX_FILE_BYTES ? undefined : { path, sizeBytes: size, modifiedMs: mtimeMs }),
      () => undefined,
    );
  }

  async #read(listed: readonly ListedFile[], { files }: MinedFiles): Promise<Changed[] | undefined> {
    const parser = await JavaParser.create();
    try {
      const changed: Changed[] = [];
      for (const file of listed) {
        const before = files.get(file.path);
        if (before === undefined) return undefined;
        const request = { path: file.path, mode: 'default', scanOnly: false, knownHash: before.hash } as const;
        const result = extractFile(parser, this.#workspace, request);
        if (result.hash === '') return undefined;
        changed.push({ before, after: remembered(file, result, before) });
      }
      return changed.filter(({ before, after }) => before.hash !== after.hash);
    } finally {
      parser.delete();
    }
  }
}

interface MinedFiles {
  readonly listing: Listing;
  /** In the order of the listing. */
  readonly files: Map<string, CachedFile>;
  readonly exclusions: string;
  readonly paired: Map<string, ResidentTests>;
  /** Made for the first edit. */
  pairer: TestFilePairer | undefined;
}

interface Changed {
  readonly before: CachedFile;
  readonly after: CachedFile;
}

/** The test files that asked for what is otherwise now, that hold a pair whose texts changed, or that changed themselves. */
function staleAfter(
  changed: readonly Changed[],
  { paired }: MinedFiles,
  numbers: ReadonlyMap<string, number>,
): Set<string> {
  const paths = new Set(changed.map(({ after }) => after.path));
  const asked = changed
    .flatMap(({ before, after }) => keysOfChange(before, after))
    .flatMap((key) => numbers.get(key) ?? []);
  const stale = new Set(changed.filter(({ after }) => after.outline.mayHoldTests).map(({ after }) => after.path));
  for (const [testFile, found] of paired) {
    const isStale =
      asked.some((key) => found.asked.includes(key)) ||
      found.tests.some(({ record }) => record.kind === 'pair' && paths.has(record.pair.focalFile));
    if (isStale) stale.add(testFile);
  }
  return stale;
}
