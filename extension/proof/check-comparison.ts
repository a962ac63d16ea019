import { JavaParser } from '../../core/java/java-parser.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { checkCandidates } from '../check/check-candidates.ts';
import { type CheckReport, type CheckResult, rank } from '../check/check-result.ts';
import { existingTestsOf } from '../check/existing-tests.ts';
import type { CandidateToCheck } from '../check/judge-candidate.ts';
import { placeTest } from '../placement/place-test.ts';
import { readWorkspaceIndex } from '../placement/workspace-index.ts';
import type { ModelComparison, ShownTest, WrittenTests } from './compare-models.ts';

/** Where candidates are compiled and run. */
export interface CheckPlace {
  readonly workspaceDir: string;
  readonly trusted: boolean;
  readonly cacheDir: string;
  readonly harnessDir: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (checked: number, total: number) => void;
}

/** Compiles and runs what the models, and copy and rename, wrote: all splits in one go, because a module is built once. */
export async function checkComparisons(
  place: CheckPlace,
  comparisons: readonly ModelComparison[],
  pairs: readonly TestPair[],
): Promise<{ readonly comparisons: ModelComparison[]; readonly report: CheckReport }> {
  const candidates = await candidatesToCheck(place.workspaceDir, comparisons);
  const heldOut = new Set(comparisons.flatMap(({ heldOut: set }) => set.pairs.map(({ pair }) => pair.id)));
  let checked = 0;
  const report = await checkCandidates({
    workspaceDir: place.workspaceDir,
    trusted: place.trusted,
    candidates,
    // A model that writes the held-out test itself repeats nothing that it could have seen.
    existingTests: existingTestsOf(pairs.filter(({ id }) => !heldOut.has(id))),
    cacheDir: place.cacheDir,
    harnessDir: place.harnessDir,
    ...(place.signal === undefined ? {} : { signal: place.signal }),
    onResult: () => place.onProgress?.(++checked, candidates.length),
  });
  const byId = new Map(report.results.map((result) => [result.id, result]));
  return { comparisons: comparisons.map((comparison) => withChecks(comparison, byId)), report };
}

/** A copy of the nearest test as it stands is not among them: it repeats an existing test, so it is never useful. */
const checkedSystems = ['base', 'personalized', 'nearestRename'] as const;
type CheckedSystem = (typeof checkedSystems)[number];

function idOf({ heldOut }: ModelComparison, system: CheckedSystem, at: number, rank: number): string {
  return `${heldOut.split}/${system}/${at}/${rank}`;
}

/** All candidates for one pair, as the system ranks them. */
function candidatesAt({ texts, others }: WrittenTests, at: number): string[] {
  return [texts[at] ?? '', ...(others[at] ?? [])];
}

async function candidatesToCheck(
  workspaceDir: string,
  comparisons: readonly ModelComparison[],
): Promise<CandidateToCheck[]> {
  const index = readWorkspaceIndex(workspaceDir);
  const parser = await JavaParser.create();
  try {
    return comparisons.flatMap((comparison) =>
      checkedSystems.flatMap((system) =>
        comparison.heldOut.pairs.flatMap(({ pair }, at) => {
          const { focalFile, focalMethod, testFile } = pair;
          const written = comparison[system];
          return (written === undefined ? [] : candidatesAt(written, at)).map((source, rank): CandidateToCheck => {
            const place = { focalFile, focalMethod, candidate: source, preferredTestFile: testFile };
            return {
              id: idOf(comparison, system, at, rank),
              source,
              focal: { className: pair.focalClass, method: focalMethod },
              placement: placeTest(parser, index, place),
            };
          });
        }),
      ),
    );
  } finally {
    parser.delete();
  }
}

function withChecks(comparison: ModelComparison, byId: ReadonlyMap<string, CheckResult>): ModelComparison {
  const checked = (system: CheckedSystem, written: WrittenTests): WrittenTests => ({
    ...written,
    shown: written.texts.map((_, at) =>
      shownFirst(
        candidatesAt(written, at).map((text, nth) => {
          const check = byId.get(idOf(comparison, system, at, nth));
          if (check === undefined) throw new Error('A candidate came back from the check without a result.');
          return { text, check };
        }),
      ),
    ),
  });
  const { base, personalized, nearestRename } = comparison;
  return {
    ...comparison,
    base: checked('base', base),
    personalized: checked('personalized', personalized),
    ...(nearestRename === undefined ? {} : { nearestRename: checked('nearestRename', nearestRename) }),
  };
}

/** Where all candidates repeat existing tests a user is shown none of them; the first then says how far the model came. */
function shownFirst(candidates: readonly ShownTest[]): ShownTest {
  const ranked = candidates.map((one, rank) => ({ ...one, score: -rank }));
  const fresh = ranked.filter(({ check }) => check.reasons.every(({ code }) => code !== 'repeats-existing-test'));
  const [best = ranked[0]] = rank(fresh, ({ check, score }) => ({ result: check, score }));
  const { text, check } = best as ShownTest;
  return { text, check };
}
