import { DefaultPairer } from './default-pairer.ts';
import { fingerprintsOf, type PairFingerprints } from './duplicates.ts';
import { Exclusions, excludedTest } from './exclusions.ts';
import { PublishedPairer } from './methods2test/published-pairer.ts';
import type { CachedFile } from './mining-cache.ts';
import type { MiningMode } from './mining-record.ts';
import { PairTexts } from './pair-texts.ts';
import type { Pairer } from './pairing.ts';
import type { StoredRecord } from './record-store.ts';
import { WorkspaceIndex } from './workspace-index.ts';

export interface PairingWork {
  readonly workspace: string;
  readonly mode: MiningMode;
  /** Text of the workspace's exclusions. */
  readonly exclusions: string;
  /** Whether to tell what each file's tests were resolved from; only in mode `default`. */
  readonly isTraced: boolean;
}

/** What was found of one test method, before it is compared with others. */
export interface FoundTest extends StoredRecord {
  /** Of a pair in mode `default`, where repetitions are told. */
  readonly fingerprints?: PairFingerprints;
}

/** What was found in one file that may hold tests. */
export interface PairedFile {
  readonly testFile: string;
  /** In source order. */
  readonly tests: readonly FoundTest[];
  /** What of the index they were resolved from, if that was wanted: keys that `keysOfChange` gives for a changed file. */
  readonly asked: readonly string[];
}

/** Second pass over a workspace whose files' facts are known: finds the records of its test files, each by itself. */
export class TestFilePairer {
  readonly #work: PairingWork;
  readonly #exclusions: Exclusions;
  readonly #pairer: Pairer;
  readonly #index: WorkspaceIndex | undefined;
  #texts: PairTexts;

  constructor(work: PairingWork, files: ReadonlyMap<string, CachedFile>) {
    this.#work = work;
    this.#exclusions = new Exclusions(work.exclusions);
    this.#index = work.mode === 'methods2test' ? undefined : new WorkspaceIndex(files);
    this.#pairer = this.#index === undefined ? new PublishedPairer(files) : new DefaultPairer(this.#index);
    this.#texts = new PairTexts(work.workspace, files);
  }

  get testFileCount(): number {
    return this.#pairer.testFiles.length;
  }

  /** The tests of the files from one place to before another in the order of paths. */
  pair(from: number, to: number): PairedFile[] {
    return this.#pairer.testFiles.slice(from, to).map((testFile) => this.pairFile(testFile));
  }

  pairFile(testFile: string): PairedFile {
    const { value: tests, asked } =
      this.#work.isTraced && this.#index !== undefined
        ? this.#index.traced(() => this.#testsOf(testFile))
        : { value: this.#testsOf(testFile), asked: [] };
    return { testFile, tests, asked };
  }

  /** Takes in files that changed and files that are no longer as they were read, which are all of `files`; none was added. */
  update(changed: readonly CachedFile[], files: ReadonlyMap<string, CachedFile>): void {
    for (const file of changed) this.#index?.update(file);
    this.#texts = new PairTexts(this.#work.workspace, files);
  }

  #testsOf(testFile: string): FoundTest[] {
    const pairings = this.#pairer.pair(testFile);
    const module = pairings.length === 0 ? '.' : this.#pairer.moduleOf(testFile);
    return pairings.map((pairing) => {
      const record = excludedTest(this.#exclusions, testFile, pairing) ?? this.#texts.record(testFile, pairing);
      return record.kind === 'pair' && this.#work.mode === 'default'
        ? { module, record, fingerprints: fingerprintsOf(record.pair) }
        : { module, record };
    });
  }
}
