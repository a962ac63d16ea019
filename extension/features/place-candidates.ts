import * as vscode from 'vscode';
import { JavaParser } from '../../core/java/java-parser.ts';
import { checkCandidates } from '../check/check-candidates.ts';
import { type CheckResult, rank } from '../check/check-result.ts';
import type { Candidate } from '../client/generation.ts';
import { findTestClass } from '../placement/find-test-class.ts';
import { placeTest } from '../placement/place-test.ts';
import { isPlaced, type Placement } from '../placement/placement.ts';
import { readWorkspaceIndex } from '../placement/workspace-index.ts';
import { generationSettings } from '../settings.ts';
import { Failure } from '../show-failure.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import { checkCacheDir, harnessDir } from './prove-run.ts';

/** A candidate with its place in the test file. */
export interface PlacedCandidate {
  readonly candidate: Candidate;
  /** Of what is shown: the repaired test where the check repaired it. */
  readonly placement: Placement;
  /** `null` when it was not checked. */
  readonly check: CheckResult | null;
}

/**
 * Places candidates in the test file as the editor holds it, then compiles and runs them, best first. Candidates that are no method, or
 * repeat a test that is there, are left out. Fails when not one has a place.
 */
export async function placeAndCheck(
  context: vscode.ExtensionContext,
  folder: vscode.WorkspaceFolder,
  focal: Focal,
  candidates: readonly Candidate[],
  repository: MinedRepository | undefined,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<PlacedCandidate[]> {
  const index = readWorkspaceIndex(folder.uri.fsPath);
  const focalFile = index.byPath.get(focal.file);
  if (focalFile === undefined) throw new Failure(`${focal.file} is not saved yet: save it first.`);
  const preferredTestFile = mostFrequentTestFile(repository, focal);
  const target = findTestClass(index, focalFile, preferredTestFile);
  const openFiles = new Map<string, string>();
  if (target.exists) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, target.file));
    openFiles.set(target.file, document.getText());
  }
  const parser = await JavaParser.create();
  const placed: { candidate: Candidate; placement: Placement }[] = [];
  const problems: string[] = [];
  try {
    for (const candidate of candidates) {
      const placement = placeTest(parser, index, {
        focalFile: focal.file,
        focalMethod: focal.focalMethod,
        candidate: candidate.text,
        ...(preferredTestFile === undefined ? {} : { preferredTestFile }),
        openFiles,
      });
      if (isPlaced(placement)) placed.push({ candidate, placement });
      else problems.push(placement.problem);
    }
  } finally {
    parser.delete();
  }
  if (placed.length === 0 && problems[0] !== undefined) throw new Failure(problems[0]);
  if (!generationSettings(folder.uri).check) return placed.map((one) => ({ ...one, check: null }));

  say(`compiling and running ${placed.length === 1 ? 'it' : `${placed.length} tests`}`);
  const report = await checkCandidates({
    workspaceDir: folder.uri.fsPath,
    trusted: vscode.workspace.isTrusted,
    candidates: placed.map(({ candidate, placement }) => ({
      id: String(candidate.rank),
      source: candidate.text,
      focal: { className: focal.focalClass, method: focal.focalMethod },
      placement,
    })),
    existingTests: repository?.pairs.map((pair) => pair.testSource) ?? [],
    cacheDir: checkCacheDir(context),
    harnessDir: harnessDir(context),
    signal,
  });
  signal.throwIfAborted();
  const byId = new Map(report.results.map((result) => [result.id, result]));
  const checked = placed.flatMap((one) => {
    const check = byId.get(String(one.candidate.rank));
    // A test that the repository has already is of no use to anyone.
    if (check === undefined || check.reasons.some(({ code }) => code === 'repeats-existing-test')) return [];
    return [{ ...one, placement: check.repaired?.placement ?? one.placement, check }];
  });
  return rank(checked, (one) => ({ result: one.check, score: -one.candidate.rank }));
}

/** Where most of the focal file's mined tests are. */
function mostFrequentTestFile(repository: MinedRepository | undefined, focal: Focal): string | undefined {
  const counts = new Map<string, number>();
  for (const pair of repository?.pairs ?? []) {
    if (pair.focalFile === focal.file && pair.focalClass === focal.focalClass) {
      counts.set(pair.testFile, (counts.get(pair.testFile) ?? 0) + 1);
    }
  }
  return [...counts].toSorted((one, other) => other[1] - one[1])[0]?.[0];
}
