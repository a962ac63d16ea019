import { JavaParser } from '../../core/java/java-parser.ts';
import { checkCandidates } from '../check/check-candidates.ts';
import { type CheckResult, rank } from '../check/check-result.ts';
import { type ExistingTest, existingTestsOf } from '../check/existing-tests.ts';
import type { AskProject } from '../check/known-project.ts';
import type { Candidate } from '../client/generation.ts';
import { Failure } from '../failure.ts';
import { findTestClass } from '../placement/find-test-class.ts';
import { placeTest } from '../placement/place-test.ts';
import { isPlaced, type Placement } from '../placement/placement.ts';
import type { WorkspaceIndex } from '../placement/workspace-index.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import { type Likeness, likenessOf } from './likeness.ts';
import { testsInFile } from './tests-in-file.ts';

/** Where candidates are placed and checked. */
export interface CandidatePlace {
  /** Absolute path of the repository's folder. */
  readonly path: string;
  /** Whether its code may be compiled and run. */
  readonly trusted: boolean;
  /** Whether candidates are checked at all. */
  readonly check: boolean;
  readonly cacheDir: string;
  readonly harnessDir: string;
  readonly askProject?: AskProject | undefined;
  /** Text of a file that exists, as the user sees it: it may be edited and not saved. */
  textOf(file: string): Promise<string>;
}

/** A candidate with its place in the test file. */
export interface PlacedCandidate {
  readonly candidate: Candidate;
  /** Of what is shown: the repaired test where the check repaired it. */
  readonly placement: Placement;
  /** `null` when it was not checked. */
  readonly check: CheckResult | null;
  readonly likeness: Likeness;
}

/** Candidates that were placed and, if wanted, checked. */
export interface PlacedCandidates {
  /** Best first. Candidates that are no method are left out, and so are those that repeat a test that is there: the others say of which. */
  readonly tests: readonly PlacedCandidate[];
  /** Names of the tests that those left out repeat. */
  readonly hidden: readonly string[];
  /** Of all that were checked, in the order of the model. */
  readonly results: readonly CheckResult[];
  /** Why a candidate has no place; `null` when each has one. */
  readonly problem: string | null;
}

/** Places candidates in the test file as the editor holds it, then compiles and runs them. */
export async function placeAndCheck(
  place: CandidatePlace,
  index: WorkspaceIndex,
  focal: Focal,
  candidates: readonly Candidate[],
  repository: MinedRepository | undefined,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<PlacedCandidates> {
  const focalFile = index.byPath.get(focal.file);
  if (focalFile === undefined) throw new Failure(`${focal.file} is not saved yet: save it first.`);
  const preferredTestFile = mostFrequentTestFile(repository, focal);
  const target = findTestClass(index, focalFile, preferredTestFile);
  const openFiles = new Map<string, string>();
  if (target.exists) openFiles.set(target.file, await place.textOf(target.file));
  const parser = await JavaParser.create();
  const placed: { candidate: Candidate; placement: Placement }[] = [];
  const problems: string[] = [];
  const inFile: ExistingTest[] = [];
  try {
    for (const text of openFiles.values()) inFile.push(...testsInFile(parser, text));
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
  const problem = problems[0] ?? null;
  const compared = async <C>(candidate: Candidate, source: string, placement: Placement, check: C) => ({
    ...{ candidate, placement, check },
    likeness: await likenessOf(repository, focal, source, placement),
  });
  if (!place.check) {
    const written = placed.map(({ candidate, placement }) => compared(candidate, candidate.text, placement, null));
    return { tests: await Promise.all(written), hidden: [], results: [], problem };
  }

  say(`compiling and running ${placed.length === 1 ? 'it' : `${placed.length} tests`}`);
  const report = await checkCandidates({
    workspaceDir: place.path,
    trusted: place.trusted,
    candidates: placed.map(({ candidate, placement }) => ({
      id: String(candidate.rank),
      source: candidate.text,
      focal: { className: focal.focalClass, method: focal.focalMethod },
      placement,
    })),
    existingTests: [...inFile, ...existingTestsOf(repository?.pairs ?? [])],
    cacheDir: place.cacheDir,
    harnessDir: place.harnessDir,
    askProject: place.askProject,
    signal,
  });
  signal.throwIfAborted();
  const byId = new Map(report.results.map((result) => [result.id, result]));
  const hidden: string[] = [];
  const fresh = placed.flatMap(({ candidate, placement }) => {
    const check = byId.get(String(candidate.rank));
    if (check === undefined) return [];
    // A test that the repository has already is of no use to anyone.
    if (check.repeats !== undefined) {
      hidden.push(check.repeats);
      return [];
    }
    const { repaired } = check;
    return [compared(candidate, repaired?.source ?? candidate.text, repaired?.placement ?? placement, check)];
  });
  const checked = await Promise.all(fresh);
  const tests = checked.map((one) => ({ ...one, likeness: { ...one.likeness, hidden } }));
  return { tests: bestFirst(tests), hidden, results: report.results, problem };
}

/** Of those that came equally far, the ones that keep more to the house style come first; then in the order of the model. */
export function bestFirst(tests: readonly PlacedCandidate[]): readonly PlacedCandidate[] {
  const asWritten = tests.toSorted((one, other) => one.candidate.rank - other.candidate.rank);
  const checked = asWritten.flatMap(({ check, ...one }) => (check === null ? [] : [{ ...one, check }]));
  if (checked.length < tests.length) return asWritten;
  return rank(checked, ({ check, likeness }) => ({ result: check, score: likeness.style?.score ?? 0 }));
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
