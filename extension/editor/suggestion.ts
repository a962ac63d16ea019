import type * as vscode from 'vscode';

/** Tells why a test is in its state; the argument is the reason. */
export const showReasonCommand = 'bespoke.internal.showReason';

/** What there is to say of a test that is as it should be. */
export const usefulReason = 'It compiles, passes, calls the method and can fail.';

/** How far the check came with a test. */
export type SuggestionState =
  | 'useful'
  | 'passes'
  | 'flaky'
  | 'points-at-code'
  | 'compiles'
  | 'parses'
  | 'broken'
  | 'not-checked';

/** What is known of a test. */
export interface TestVerdict {
  readonly state: SuggestionState;
  /** One sentence on the state, or empty. */
  readonly reason: string;
}

/** A generated test, ready to be inserted. */
export interface SuggestedTest extends TestVerdict {
  /** Exact text to insert at the suggestion's position. */
  readonly text: string;
  /** Further insertions, for instance imports, in offsets of the unchanged file. */
  readonly imports: readonly { readonly offset: number; readonly text: string }[];
  /** A few words on how it compares with the team's own tests, or empty. */
  readonly note: string;
  /** Compiles and runs it once more and shows what came of it; `undefined`: the user cancelled. */
  readonly runAgain: () => Promise<TestVerdict | undefined>;
}

/** At least one test, best first. */
export type SuggestedTests = readonly [SuggestedTest, ...SuggestedTest[]];

/** Tests for one method. */
export interface Suggestion {
  /** The test file. It exists. */
  readonly document: vscode.TextDocument;
  /** Where all of them go, an offset of the unchanged file. */
  readonly offset: number;
  readonly tests: SuggestedTests;
  /** Called when one of them is in the file. */
  readonly onKept?: (() => void) | undefined;
}

/** Tests in a file that does not exist yet. */
export interface NewFileSuggestion {
  readonly file: vscode.Uri;
  /** The whole file, for each test. */
  readonly tests: SuggestedTests;
  /** Called when the file is made. */
  readonly onKept?: (() => void) | undefined;
}

/** How a state looks wherever it is shown; `icon` is one of the editor's own. */
export const stateLook: Readonly<Record<SuggestionState, { readonly icon: string; readonly words: string }>> = {
  useful: { icon: 'pass', words: 'passes' },
  passes: { icon: 'pass', words: 'passes, but proves little' },
  flaky: { icon: 'warning', words: 'does not always pass' },
  'points-at-code': { icon: 'bug', words: 'fails inside the code under test' },
  compiles: { icon: 'warning', words: 'compiles, does not pass' },
  parses: { icon: 'warning', words: 'does not compile' },
  broken: { icon: 'error', words: 'not valid Java' },
  'not-checked': { icon: 'circle-slash', words: 'not checked' },
};
