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
}

/** What was found of one test method, before it is compared with others. */
export interface FoundTest extends StoredRecord {
  /** Of a pair in mode `default`, where repetitions are told. */
  readonly fingerprints?: PairFingerprints;
}

/** Second pass over a workspace whose files' facts are known: finds the records of its test files, each by itself. */
export class TestFilePairer {
  readonly #work: PairingWork;
  readonly #exclusions: Exclusions;
  readonly #pairer: Pairer;
  readonly #texts: PairTexts;

  constructor(work: PairingWork, files: ReadonlyMap<string, CachedFile>) {
    this.#work = work;
    this.#exclusions = new Exclusions(work.exclusions);
    this.#pairer =
      work.mode === 'methods2test' ? new PublishedPairer(files) : new DefaultPairer(new WorkspaceIndex(files));
    this.#texts = new PairTexts(work.workspace, files);
  }

  get testFileCount(): number {
    return this.#pairer.testFiles.length;
  }

  /** The tests of the files from one place to before another in the order of paths, in source order. */
  pair(from: number, to: number): FoundTest[] {
    return this.#pairer.testFiles.slice(from, to).flatMap((testFile) => this.#pairFile(testFile));
  }

  #pairFile(testFile: string): FoundTest[] {
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
