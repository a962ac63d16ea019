import type { MethodDeclaration, TypeDeclaration } from '../java/compilation-unit.ts';
import type { UnpairedReason } from './mining-record.ts';

/** What pairing decides about one test method, in either mode. Texts are not in it: they are taken from the files afterwards. */
export type Pairing = PairedTest | UnpairedMethod;

export interface PairedTest {
  readonly testMethod: MethodDeclaration;
  readonly testClass: string;
  readonly focal: {
    readonly file: string;
    readonly type: TypeDeclaration;
    readonly method: MethodDeclaration;
    /** Names as the pair shows them. */
    readonly className: string;
    readonly methodName: string;
    /** As the pair shows them: `FocalContext.relatedTypes`. */
    readonly relatedTypes: readonly string[];
  };
  readonly confidence: number;
  readonly evidence: readonly string[];
}

export interface UnpairedMethod {
  readonly testMethod: Pick<MethodDeclaration, 'name'>;
  readonly testClass: string;
  readonly reason: UnpairedReason;
  readonly focalClass?: string;
}

/** Pairs the test methods of one workspace, one test file at a time. */
export interface Pairer {
  /** The files that may hold tests, sorted by path. */
  readonly testFiles: readonly string[];
  /** Folder of the module that a paired test file belongs to, `.` for the workspace itself. */
  moduleOf(testFile: string): string;
  /** The file's test methods in source order. */
  pair(testFile: string): Pairing[];
}
