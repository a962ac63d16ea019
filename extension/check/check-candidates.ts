import { resolve } from 'node:path';
import { JavaParser } from '../../core/java/java-parser.ts';
import { Turns } from '../../core/mining/turns.ts';
import { isPlaced } from '../placement/placement.ts';
import { isBuilt } from './built-module.ts';
import type { CheckReport, CheckResult, SandboxKind } from './check-result.ts';
import { declaredRelease } from './declared-release.ts';
import type { ExistingTest } from './existing-tests.ts';
import type { HarnessAnswer, MutantName, ProbeRequest } from './harness-process.ts';
import { type HarnessProgram, harnessProgram } from './harness-program.ts';
import {
  type CandidateToCheck,
  describeUnbuilt,
  isWeak,
  judge,
  judgeUnread,
  type ReadableCandidate,
} from './judge-candidate.ts';
import type { AskProject } from './known-project.ts';
import { type CheckLimits, defaultLimits } from './limits.ts';
import { ModuleBuilds } from './module-builds.ts';
import { checkingHelpers, readCandidate } from './read-candidate.ts';
import { repairTest } from './repair/repair-test.ts';
import { runInHarness } from './run-in-harness.ts';
import { findSandbox } from './sandbox.ts';
import { testFingerprint } from './test-fingerprint.ts';

export interface CheckRequest {
  /** Absolute path. It is never written. */
  readonly workspaceDir: string;
  /** Only in a trusted workspace is anything started; else candidates are only read. */
  readonly trusted: boolean;
  readonly candidates: readonly CandidateToCheck[];
  /** The repository's tests, which a useful candidate must not repeat; leave out the held-out test that it should equal. */
  readonly existingTests: readonly ExistingTest[];
  /** Folder for the mirror of the workspace, its build and the compiled harness; kept between calls. */
  readonly cacheDir: string;
  /** Folder of `Harness.java`. */
  readonly harnessDir: string;
  readonly limits?: Partial<CheckLimits>;
  /** JDK to use; else `JAVA_HOME`, else the one on the PATH. */
  readonly javaHome?: string;
  /** Who may know the class path of a module whose build tool cannot be asked; modules are relative to the workspace. */
  readonly askProject?: AskProject | undefined;
  readonly signal?: AbortSignal;
  /** Called with each candidate's result, as soon as it is there. */
  readonly onResult?: (result: CheckResult) => void;
}

/**
 * Reads, compiles and runs candidates, each as the whole edited test file and only its own method. One that does not compile is repaired
 * by rule, if that makes it compile; its result then is about the repaired text. A candidate that crashes or hangs fails alone. Never
 * rejects for what a candidate or the workspace does: that is in the report.
 */
export async function checkCandidates(given: CheckRequest): Promise<CheckReport> {
  // The sandbox and the build tools run in folders of their own.
  const request: CheckRequest = {
    ...given,
    workspaceDir: resolve(given.workspaceDir),
    cacheDir: resolve(given.cacheDir),
    harnessDir: resolve(given.harnessDir),
  };
  const limits = { ...defaultLimits, ...request.limits };
  const parser = await JavaParser.create();
  const reading: Reading = { parser, existing: await byFingerprint(request.existingTests) };
  const results = new Map<string, CheckResult>();
  const readable: ReadableCandidate[] = [];
  const keep = (result: CheckResult) => {
    results.set(result.id, result);
    request.onResult?.(result);
  };
  try {
    for (const candidate of request.candidates) {
      const item = read(reading, candidate);
      if ('id' in item) keep(item);
      else readable.push(item);
    }
    const ran = await runReadable(request, { reading, limits }, readable, keep);
    for (const item of readable) {
      if (!results.has(item.candidate.id))
        results.set(item.candidate.id, describeUnbuilt(item, 'not-checked', 'The check was cancelled.'));
    }
    return { ...ran, results: request.candidates.flatMap(({ id }) => results.get(id) ?? []) };
  } finally {
    parser.delete();
  }
}

interface Reading {
  readonly parser: JavaParser;
  /** Names of the tests that a candidate must not repeat, by fingerprint. */
  readonly existing: ReadonlyMap<string, string>;
}

/** Of tests that are the same the first gives the name. There may be thousands: others have their turn in between. */
async function byFingerprint(tests: readonly ExistingTest[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const turns = new Turns();
  for (const { name, source } of tests) {
    const fingerprint = testFingerprint(source);
    if (!names.has(fingerprint)) names.set(fingerprint, name);
    await turns.pass();
  }
  return names;
}

/** What the text of a candidate tells; its result when that is all that there will be. */
function read({ parser, existing }: Reading, candidate: CandidateToCheck): ReadableCandidate | CheckResult {
  const { source, placement } = candidate;
  const text = readCandidate(parser, source);
  if (!text.parses) return judgeUnread(candidate, text);
  const helpers = isPlaced(placement) && !text.canFail ? checkingHelpers(parser, placement.text) : new Set<string>();
  const canFail = text.canFail || [...text.calls].some((call) => helpers.has(call));
  const item = { candidate, read: { ...text, canFail }, repeats: existing.get(testFingerprint(source)) ?? null };
  return isPlaced(placement)
    ? { ...item, placement, repairs: [] }
    : describeUnbuilt(item, 'no-place', placement.problem);
}

/** A candidate with what can be repaired by rule; `null` when that is nothing. */
function repair(
  reading: Reading,
  release: number,
  item: ReadableCandidate,
  answer: HarnessAnswer,
): ReadableCandidate | null {
  const diagnosis = { errors: answer.errors, release, isTest: item.read.canFail };
  const repaired = repairTest(reading.parser, item.placement, diagnosis);
  if (repaired === null) return null;
  const { source, placement, changes } = repaired;
  const again = read(reading, { ...item.candidate, source, placement });
  return 'id' in again ? null : { ...again, repairs: [...item.repairs, ...changes] };
}

async function runReadable(
  request: CheckRequest,
  { reading, limits }: { readonly reading: Reading; readonly limits: CheckLimits },
  readable: readonly ReadableCandidate[],
  keep: (result: CheckResult) => void,
): Promise<Omit<CheckReport, 'results'>> {
  const none = (problems: string[]) => ({
    sandbox: 'none-started' as SandboxKind,
    problems,
    seconds: { build: 0, check: 0 },
  });
  if (readable.length === 0) return none([]);
  if (!request.trusted) {
    const message = 'The workspace is not trusted, so nothing was compiled or run: trust it to have tests checked.';
    for (const item of readable) keep(describeUnbuilt(item, 'untrusted-workspace', message));
    return none([message]);
  }
  let program: HarnessProgram;
  try {
    const modules = new Set(readable.map(({ placement }) => placement.module));
    const atLeast = declaredRelease(request.workspaceDir, [...modules]);
    program = await harnessProgram({ ...request, atLeast, signal: request.signal });
  } catch (error) {
    const message = sentenceOf(error);
    for (const item of readable) keep(describeUnbuilt(item, 'module-not-built', message));
    return none([message]);
  }
  const started = performance.now();
  const builds = new ModuleBuilds({ ...request, program, limits, signal: request.signal });
  const built = await builds.build(
    [...new Set(readable.map(({ placement }) => placement.module))],
    new Set(readable.map(({ placement }) => placement.file)),
  );
  const buildEnded = performance.now();
  const sandbox = await findSandbox();
  const problems = new Set(built.notes);
  for (const [module, build] of built.modules) {
    const items = readable.filter(({ placement }) => placement.module === module);
    const setup = isBuilt(build) ? await builds.harnessSetup(build, sandbox) : build;
    if ('problem' in setup) {
      problems.add(setup.problem);
      for (const item of items) keep(describeUnbuilt(item, 'module-not-built', setup.problem));
      continue;
    }
    await runInHarness({
      setup,
      items,
      repair: (item, answer) => repair(reading, setup.release, item, answer),
      probe: (item) => probeOf(item, limits),
      onAnswer: (item, answer, broken) => keep(judge(item, answer, broken)),
      signal: request.signal,
    });
  }
  const seconds = { build: (buildEnded - started) / 1000, check: (performance.now() - buildEnded) / 1000 };
  return { sandbox, problems: [...problems], seconds };
}

/** A test that says that there is no exception is also tried with one; of the others, one would only show that they call the method. */
const deniesExceptions = /doesNotThrow|noException|\bfail\s*\(/i;

function probeOf(item: ReadableCandidate, { runs, mutants }: CheckLimits): Omit<ProbeRequest, 'id'> | null {
  if (isWeak(item) || (runs <= 1 && !mutants)) return null;
  const { focal, source } = item.candidate;
  const thrown: readonly MutantName[] = deniesExceptions.test(source) ? ['THROWS'] : [];
  return { runs, focal, mutants: mutants ? ['DOES_NOTHING', 'GIVES_ANOTHER_VALUE', ...thrown] : [] };
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
