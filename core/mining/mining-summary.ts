import type { ListedFile } from './list-files.ts';
import {
  FILE_PROBLEMS,
  type FileProblem,
  type FileProblemKind,
  type MiningMode,
  type MiningSummary,
  type SummaryRecord,
  UNPAIRED_REASONS,
  type UnpairedReason,
} from './mining-record.ts';
import type { WorkspaceFiles } from './read-workspace.ts';
import type { StoredRecord } from './record-store.ts';

/** Counts what a run yields. */
export class SummaryBuilder {
  testMethods = 0;
  readonly #mode: MiningMode;
  readonly #startedMs = performance.now();
  readonly #reasons = zeros<UnpairedReason>(UNPAIRED_REASONS);
  readonly #problems = zeros<FileProblemKind>(FILE_PROBLEMS);
  readonly #evidence = new Map<string, number>();
  readonly #modules = new Map<string, number>();
  readonly #notices: string[] = [];
  #javaFiles = 0;
  #javaBytes = 0;
  #parsedFiles = 0;
  #generatedFiles = 0;
  #testFiles = 0;
  #lastTestFile: string | undefined;
  #pairs = 0;
  #nearDuplicates = 0;

  constructor(mode: MiningMode) {
    this.#mode = mode;
  }

  addNotice(sentence: string): void {
    this.#notices.push(sentence);
  }

  addProblem({ problem }: FileProblem): void {
    this.#problems[problem]++;
  }

  addFiles(listed: readonly ListedFile[], { files, parsedFiles }: WorkspaceFiles): void {
    this.#javaFiles = listed.length;
    this.#javaBytes = listed.reduce((sum, file) => sum + file.sizeBytes, 0);
    this.#parsedFiles = parsedFiles;
    for (const { outline } of files.values()) {
      this.#generatedFiles += outline.isGenerated ? 1 : 0;
    }
  }

  /** Records must come file by file. */
  addTest({ record, module }: StoredRecord): void {
    const testFile = record.kind === 'pair' ? record.pair.testFile : record.testFile;
    this.#testFiles += testFile === this.#lastTestFile ? 0 : 1;
    this.#lastTestFile = testFile;
    this.testMethods++;
    if (record.kind === 'unpaired') {
      this.#reasons[record.reason]++;
      return;
    }
    this.#pairs++;
    this.#nearDuplicates += record.nearDuplicateOf === undefined ? 0 : 1;
    increment(this.#modules, module);
    for (const evidence of record.pair.evidence) {
      increment(this.#evidence, evidence);
    }
  }

  record(): SummaryRecord {
    return this.#record(false);
  }

  cancelled(): SummaryRecord {
    return this.#record(true);
  }

  #record(cancelled: boolean): SummaryRecord {
    const summary: MiningSummary = {
      mode: this.#mode,
      cancelled,
      javaFiles: this.#javaFiles,
      javaBytes: this.#javaBytes,
      parsedFiles: this.#parsedFiles,
      generatedFiles: this.#generatedFiles,
      testFiles: this.#testFiles,
      testMethods: this.testMethods,
      pairs: this.#pairs,
      nearDuplicates: this.#nearDuplicates,
      reasons: { ...this.#reasons },
      evidence: sorted(this.#evidence),
      modules: sorted(this.#modules),
      problems: { ...this.#problems },
      notices: [...this.#notices],
      seconds: Math.round(performance.now() - this.#startedMs) / 1000,
    };
    return { kind: 'summary', summary };
  }
}

function zeros<K extends string>(sentences: Readonly<Record<K, string>>): Record<K, number> {
  return Object.fromEntries(Object.keys(sentences).map((key) => [key, 0])) as Record<K, number>;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The largest first. */
function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}
