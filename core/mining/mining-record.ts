import type { TestPair } from './test-pair.ts';

/** Which rules pair tests with focal methods: the published miner's to the letter, or this project's own. */
export type MiningMode = 'methods2test' | 'default';

/** What mining yields, in a fixed order: test files by path, test methods as they stand in the file, the summary last. */
export type MiningRecord = PairRecord | UnpairedTest | FileProblem | SummaryRecord;

export interface PairRecord {
  readonly kind: 'pair';
  readonly pair: TestPair;
  /** Id of an earlier pair whose test and focal method differ from this one's in literals only. Both are kept; the flag is for users. */
  readonly nearDuplicateOf?: string;
}

/** A test method that did not become a pair, and the one reason why. */
export interface UnpairedTest {
  readonly kind: 'unpaired';
  readonly testFile: string;
  readonly testClass: string;
  readonly testMethod: string;
  readonly reason: UnpairedReason;
  /** The focal class, when one was found. */
  readonly focalClass?: string;
  /** Of an `excluded` test that would be a pair. */
  readonly focalFile?: string;
  /** Of an `excluded` test that would be a pair. */
  readonly focalMethod?: string;
}

/** Why a test method is not a pair. Every test method that is not a pair has exactly one. */
export type UnpairedReason = keyof typeof UNPAIRED_REASONS;

/** One sentence for each reason, fit for users. */
export const UNPAIRED_REASONS = {
  'no-focal-class': 'No class of the main code could be recognised as the class under test.',
  'ambiguous-focal-class': 'Several classes of other modules fit the test class equally well.',
  'generated-focal-class': 'The class under test is generated.',
  'no-focal-method': 'The test calls no method that the class under test declares.',
  'only-set-up-calls': 'The test calls the class under test only to get at something else.',
  'focal-method-not-called': 'The test is named after a method of the class under test, but calls others.',
  'ambiguous-focal-method':
    'The test calls several methods of the class under test, and neither its name nor its assertions choose one.',
  'focal-method-without-body': 'The method under test is abstract or native, so it has no code to test.',
  'generated-test': 'The test file is generated.',
  'empty-test': 'The test method has no statement.',
  'broken-test': 'The test method is not valid Java.',
  'changed-while-mining': 'The test file or the focal file changed while it was mined: mine again.',
  excluded: 'Excluded by .bespokeignore: the test, its file or the file of the method under test.',
  duplicate: 'Another pair has the same test and the same focal method, character for character.',
} as const;

/** A file that could not be used, or only in part. It never stops a run. */
export interface FileProblem {
  readonly kind: 'problem';
  readonly file: string;
  readonly problem: FileProblemKind;
}

export type FileProblemKind = keyof typeof FILE_PROBLEMS;

/** One sentence for each problem, fit for users. */
export const FILE_PROBLEMS = {
  unreadable: 'The file or folder could not be read: check its permissions.',
  'symbolic-link': 'Symbolic links are not followed.',
  'too-large': 'The file is larger than 16 MB.',
  'not-utf-8': 'The file is not UTF-8: it was read as ISO 8859-1.',
  'syntax-errors': 'Part of the file is not valid Java: the rest was used.',
  'parsing-failed': 'The file could not be parsed.',
  'name-not-utf-8': 'The name of the file or folder is not UTF-8.',
} as const;

export interface SummaryRecord {
  readonly kind: 'summary';
  readonly summary: MiningSummary;
}

export interface MiningSummary {
  readonly mode: MiningMode;
  /** True when the run was cancelled: then the records before are right, but not all there are. */
  readonly cancelled: boolean;
  readonly javaFiles: number;
  readonly javaBytes: number;
  /** Java files parsed in this run; the others were known from the cache. */
  readonly parsedFiles: number;
  readonly generatedFiles: number;
  /** Files with at least one test method. */
  readonly testFiles: number;
  /** Pairs and unpaired tests together. */
  readonly testMethods: number;
  readonly pairs: number;
  readonly nearDuplicates: number;
  /** Number of unpaired test methods by reason; every reason is there. */
  readonly reasons: Readonly<Record<UnpairedReason, number>>;
  /** Number of pairs by evidence. One pair counts under each of its evidences. */
  readonly evidence: Readonly<Record<string, number>>;
  /** Number of pairs by module: the folder that holds the module, `.` for the workspace itself. */
  readonly modules: Readonly<Record<string, number>>;
  /** Number of files by problem. */
  readonly problems: Readonly<Record<FileProblemKind, number>>;
  /** Full sentences that a user should see, for instance that the repository is mostly Kotlin. */
  readonly notices: readonly string[];
  readonly seconds: number;
}

export interface MiningProgress {
  readonly phase: 'listing' | 'indexing' | 'pairing';
  readonly done: number;
  /** 0 while it is not known. */
  readonly total: number;
}

/** A situation that ends mining and that a user can act on. The message is one sentence with cause and next step. */
export class MiningError extends Error {
  readonly situation: 'no-folder' | 'no-java' | 'no-tests' | 'worker-missing' | 'exclusions-unreadable';

  constructor(situation: MiningError['situation'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MiningError';
    this.situation = situation;
  }
}
