import type * as vscode from 'vscode';
import type { SuggestedTests } from './suggestion.ts';

/** Tests on offer, one shown at a time, wherever they are shown. What it can do when nothing is on offer is nothing. */
export interface Offer {
  readonly isOpen: boolean;
  /** Also tells when the offer opens and closes. */
  readonly onDidChangeCodeLenses: vscode.Event<void>;
  keep(): Promise<void>;
  cycle(by: 1 | -1): Promise<void>;
  /** Checks the shown test once more. */
  run(): Promise<void>;
  discard(): Promise<void>;
}

/** Checks one of the tests once more: the tests with what is known then, or `undefined` when the user cancelled. */
export async function withNewVerdict(tests: SuggestedTests, shown: number): Promise<SuggestedTests | undefined> {
  const test = tests[shown];
  const verdict = await test?.runAgain();
  if (test === undefined || verdict === undefined) return undefined;
  const [best, ...others] = tests.map((one) => (one === test ? { ...test, ...verdict } : one));
  return best === undefined ? undefined : [best, ...others];
}
