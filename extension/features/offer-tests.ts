import * as vscode from 'vscode';
import { anchorForGhostText } from '../editor/ghost-anchor.ts';
import type { NewFilePreview } from '../editor/new-file-preview.ts';
import type { SuggestedTest, SuggestedTests } from '../editor/suggestion.ts';
import type { SuggestionSession } from '../editor/suggestion-session.ts';
import { applyInsertions, type Placement } from '../placement/placement.ts';
import { Failure } from '../show-failure.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import { describeCandidate } from './describe-candidate.ts';
import type { PlacedCandidate } from './place-candidates.ts';
import type { CandidateRuns } from './run-candidate.ts';
import type { WrittenTests } from './write-tests.ts';

export interface OfferingParts {
  readonly session: SuggestionSession;
  readonly preview: NewFilePreview;
  readonly runs: CandidateRuns;
}

/** Offers tests where they belong: as ghost text in the test file, or as a preview of a new one. Nothing is written before the user keeps one. */
export async function offerTests(
  { session, preview, runs }: OfferingParts,
  folder: vscode.WorkspaceFolder,
  focal: Focal,
  written: WrittenTests,
  onKept?: () => void,
): Promise<void> {
  const { placement } = written[0];
  if (!(await stillFits(folder, placement))) {
    throw new Failure(`${placement.file} was changed while the test was written: generate it again.`);
  }
  const file = vscode.Uri.joinPath(folder.uri, placement.file);
  const known = (one: PlacedCandidate) => ({
    ...describeCandidate(one),
    runAgain: () => runs.run(folder, focal, one),
  });
  if (placement.isNewFile) {
    await preview.show({
      file,
      tests: asTests(written, (one) => ({ text: one.placement.text, imports: [], ...known(one) })),
      onKept,
    });
    return;
  }
  const document = await vscode.workspace.openTextDocument(file);
  const anchored = ({ test }: Placement) => anchorForGhostText(document.getText(), test);
  await session.show({
    document,
    offset: anchored(placement).offset,
    tests: asTests(written, (one) => ({
      text: anchored(one.placement).text,
      imports: one.placement.imports,
      ...known(one),
    })),
    onKept,
  });
}

/** Whether the test file is still as it was when the test was placed. */
export async function stillFits(folder: vscode.WorkspaceFolder, placement: Placement): Promise<boolean> {
  const file = vscode.Uri.joinPath(folder.uri, placement.file);
  let source: string;
  try {
    source = (await vscode.workspace.openTextDocument(file)).getText();
  } catch {
    return placement.isNewFile;
  }
  return !placement.isNewFile && applyInsertions(source, [placement.test, ...placement.imports]) === placement.text;
}

function asTests([best, ...others]: WrittenTests, convert: (one: PlacedCandidate) => SuggestedTest): SuggestedTests {
  return [convert(best), ...others.map(convert)];
}
