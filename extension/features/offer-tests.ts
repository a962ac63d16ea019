import * as vscode from 'vscode';
import { describeCheck } from '../editor/describe-check.ts';
import { anchorForGhostText } from '../editor/ghost-anchor.ts';
import type { NewFilePreview } from '../editor/new-file-preview.ts';
import type { SuggestedTest } from '../editor/suggestion.ts';
import type { SuggestionSession } from '../editor/suggestion-session.ts';
import { applyInsertions, type Placement } from '../placement/placement.ts';
import { Failure } from '../show-failure.ts';
import type { PlacedCandidate } from './place-candidates.ts';
import type { WrittenTests } from './write-tests.ts';

export interface OfferingParts {
  readonly session: SuggestionSession;
  readonly preview: NewFilePreview;
}

/** Offers tests where they belong: as ghost text in the test file, or as a preview of a new one. Nothing is written before the user keeps one. */
export async function offerTests(
  { session, preview }: OfferingParts,
  folder: vscode.WorkspaceFolder,
  written: WrittenTests,
  onKept?: () => void,
): Promise<void> {
  const { placement } = written[0];
  if (!(await stillFits(folder, placement))) {
    throw new Failure(`${placement.file} was changed while the test was written: generate it again.`);
  }
  const file = vscode.Uri.joinPath(folder.uri, placement.file);
  if (placement.isNewFile) {
    await preview.show({
      file,
      tests: asTests(written, ({ placement: { text }, check }) => ({ text, imports: [], ...describeCheck(check) })),
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
      ...describeCheck(one.check),
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

function asTests(
  [best, ...others]: WrittenTests,
  convert: (one: PlacedCandidate) => SuggestedTest,
): readonly [SuggestedTest, ...SuggestedTest[]] {
  return [convert(best), ...others.map(convert)];
}
