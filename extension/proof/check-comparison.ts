import { JavaParser } from '../../core/java/java-parser.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { checkCandidates } from '../check/check-candidates.ts';
import { type CheckReport, type CheckResult, rank } from '../check/check-result.ts';
import { type ExistingTest, existingTestsOf } from '../check/existing-tests.ts';
import { type Fault, faultToRewrite } from '../check/fault.ts';
import type { CandidateToCheck } from '../check/judge-candidate.ts';
import type { AskProject } from '../check/known-project.ts';
import { placeTest } from '../placement/place-test.ts';
import { readWorkspaceIndex, type WorkspaceIndex } from '../placement/workspace-index.ts';
import type { ModelComparison, ShownTest, WrittenTests } from './compare-models.ts';
import type { HeldOutPair, HeldOutSet } from './held-out-set.ts';
import { REQUESTS_AT_ONCE } from './write-candidates.ts';

/** Where candidates are compiled and run. */
export interface CheckPlace {
  readonly workspaceDir: string;
  readonly trusted: boolean;
  readonly cacheDir: string;
  readonly harnessDir: string;
  readonly askProject?: AskProject | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (checked: number, total: number) => void;
}

/** Has a model write a candidate anew from where it went wrong: other texts, none where it knows nothing else. */
export type Rewrite = (model: RewritingSystem, set: HeldOutSet, wanted: HeldOutPair, fault: Fault) => Promise<string[]>;

/**
 * Compiles and runs what the models, and copy and rename, wrote: all splits in one go, because a module is built once. Where no candidate of
 * a model could be shown, `rewrite` is asked for others: once, where the editor asks twice, because a proof has hundreds of tests to write.
 */
export async function checkComparisons(
  place: CheckPlace,
  comparisons: readonly ModelComparison[],
  pairs: readonly TestPair[],
  rewrite?: Rewrite,
): Promise<{ readonly comparisons: ModelComparison[]; readonly report: Pick<CheckReport, 'sandbox' | 'problems'> }> {
  const places = comparisons.flatMap((comparison) =>
    checkedSystems.flatMap((system) => {
      const written = comparison[system];
      if (written === undefined) return [];
      return comparison.heldOut.pairs.map((wanted, at): WritingPlace => {
        return { set: comparison.heldOut, system, wanted, texts: candidatesAt(written, at), checked: [] };
      });
    }),
  );
  const heldOut = new Set(comparisons.flatMap(({ heldOut: set }) => set.pairs.map(({ pair }) => pair.id)));
  // A model that writes the held-out test itself repeats nothing that it could have seen.
  const existingTests = existingTestsOf(pairs.filter(({ id }) => !heldOut.has(id)));
  const index = await readWorkspaceIndex(place.workspaceDir);
  const first = await checkPlaces(place, index, places, existingTests);
  const problems = new Set(first.problems);
  if (rewrite !== undefined && first.sandbox !== 'none-started') {
    const again = await checkPlaces(place, index, await rewriteFaulty(rewrite, places), existingTests);
    for (const problem of again.problems) problems.add(problem);
  }
  const shown = (comparison: ModelComparison, system: CheckedSystem) =>
    places
      .filter((one) => one.set === comparison.heldOut && one.system === system)
      .map((one) => shownFirst(one.checked));
  return {
    comparisons: comparisons.map((comparison) => withShown(comparison, (system) => shown(comparison, system))),
    report: { sandbox: first.sandbox, problems: [...problems] },
  };
}

/** A copy of the nearest test as it stands is not among them: it repeats an existing test, so it is never useful. */
const checkedSystems = ['base', 'personalized', 'nearestRename'] as const;
type CheckedSystem = (typeof checkedSystems)[number];
type RewritingSystem = Exclude<CheckedSystem, 'nearestRename'>;

/** Where one system writes the test of one held-out pair. */
interface WritingPlace {
  readonly set: HeldOutSet;
  readonly system: CheckedSystem;
  readonly wanted: HeldOutPair;
  /** Candidates that were not checked yet, as the system ranks them. */
  texts: readonly string[];
  /** In the order in which they were written. */
  checked: readonly ShownTest[];
}

/** All candidates for one pair, as the system ranks them. */
function candidatesAt({ texts, others }: WrittenTests, at: number): string[] {
  return [texts[at] ?? '', ...(others[at] ?? [])];
}

/** Checks what was not checked yet. */
async function checkPlaces(
  { onProgress, signal, ...where }: CheckPlace,
  index: WorkspaceIndex,
  places: readonly WritingPlace[],
  existingTests: readonly ExistingTest[],
): Promise<CheckReport> {
  const candidates = await candidatesToCheck(index, places);
  let done = 0;
  const report = await checkCandidates({
    ...where,
    candidates,
    existingTests,
    ...(signal === undefined ? {} : { signal }),
    onResult: () => onProgress?.(++done, candidates.length),
  });
  const byId = new Map(report.results.map((result) => [result.id, result]));
  for (const [nth, one] of places.entries()) {
    const checked = one.texts.map((text, rank) => ({ text, check: resultOf(byId, idOf(nth, rank)) }));
    one.checked = [...one.checked, ...checked];
    one.texts = [];
  }
  return report;
}

const idOf = (place: number, rank: number) => `${place}/${rank}`;

function resultOf(byId: ReadonlyMap<string, CheckResult>, id: string): CheckResult {
  const result = byId.get(id);
  if (result === undefined) throw new Error('A candidate came back from the check without a result.');
  return result;
}

async function candidatesToCheck(index: WorkspaceIndex, places: readonly WritingPlace[]): Promise<CandidateToCheck[]> {
  const parser = await JavaParser.create();
  try {
    return places.flatMap(({ wanted: { pair }, texts }, nth) =>
      texts.map((source, rank): CandidateToCheck => {
        const { focalFile, focalMethod, testFile } = pair;
        const place = { focalFile, focalMethod, candidate: source, preferredTestFile: testFile };
        return {
          id: idOf(nth, rank),
          source,
          focal: { className: pair.focalClass, method: focalMethod },
          placement: placeTest(parser, index, place),
        };
      }),
    );
  } finally {
    parser.delete();
  }
}

/** The places for which there are other texts now. */
async function rewriteFaulty(rewrite: Rewrite, places: readonly WritingPlace[]): Promise<WritingPlace[]> {
  const faulty = places.flatMap((place) => {
    const results = place.checked.map(({ check }) => check);
    const fault = faultToRewrite(results, []);
    return place.system === 'nearestRename' || fault === null ? [] : [{ place, system: place.system, fault }];
  });
  const queue = [...faulty];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { place, system, fault } = next;
      const known = new Set(place.checked.map(({ text }) => text));
      const texts = await rewrite(system, place.set, place.wanted, fault);
      place.texts = texts.filter((text) => !known.has(text));
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work));
  return faulty.flatMap(({ place }) => (place.texts.length === 0 ? [] : [place]));
}

function withShown(comparison: ModelComparison, shown: (system: CheckedSystem) => ShownTest[]): ModelComparison {
  const { base, personalized, nearestRename } = comparison;
  return {
    ...comparison,
    base: { ...base, shown: shown('base') },
    personalized: { ...personalized, shown: shown('personalized') },
    ...(nearestRename === undefined ? {} : { nearestRename: { ...nearestRename, shown: shown('nearestRename') } }),
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
