import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { canonicalPairLine } from '../../core/corpus/canonical-pair.ts';
import { readExclusions } from '../../core/mining/exclusions.ts';
import { mineWorkspace } from '../../core/mining/mine-workspace.ts';
import type { FileProblem, MiningRecord, MiningSummary, UnpairedTest } from '../../core/mining/mining-record.ts';
import { ResidentWorkspace } from '../../core/mining/resident-workspace.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { Turns } from '../../core/mining/turns.ts';
import { WorkspaceTypes } from '../../core/mining/workspace-types.ts';
import { NearestTestIndex } from '../../core/model-input/nearest-tests.ts';
import type { HouseStyle } from '../../core/style/house-style.ts';
import { readHouseStyle } from '../../core/style/read-house-style.ts';
import { ResemblingTests } from '../../core/style/resembling-test.ts';
import { readWorkspaceIndex } from '../placement/workspace-index.ts';
import type { ReportUntestedMethod } from '../report/style-report-model.ts';
import { identifyRepository, type RepositoryIdentity } from './repository-identity.ts';
import { type PairWithSecret, withoutSecrets } from './secrets.ts';
import { readTeamStyle, type TeamStyle } from './team-style.ts';
import { type TestedMethod, untestedMethods } from './untested-methods.ts';

/** What mining found in one folder. */
export interface MinedRepository {
  /** Absolute path. */
  readonly path: string;
  readonly identity: RepositoryIdentity;
  /** Every pair, in the miner's order. */
  readonly pairs: readonly TestPair[];
  /** The pairs that may be sent. */
  readonly clean: readonly TestPair[];
  readonly withSecret: readonly PairWithSecret[];
  /** Test methods that are no pair, each with its reason. */
  readonly unpaired: readonly UnpairedTest[];
  readonly problems: readonly FileProblem[];
  /** What `.bespokeignore` said. */
  readonly exclusions: string;
  readonly testMethods: number;
  readonly summary: MiningSummary;
  /** Of what is sent. */
  readonly bytes: number;
  readonly nearest: NearestTestIndex;
  readonly types: WorkspaceTypes;
  /** `null` when there is no test. */
  readonly houseStyle: HouseStyle | null;
  /** What written tests are scored against. */
  readonly teamStyle: TeamStyle;
  /** Finds the test that a written one is most like. */
  readonly resembling: ResemblingTests;
  /** The methods that have a test: those of the pairs, and those whose tests are excluded from training. */
  readonly tested: readonly TestedMethod[];
  readonly untested: readonly ReportUntestedMethod[];
}

export interface MineOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((message: string) => void) | undefined;
  /** Parsing threads; 0 parses in this one. By free cores when left out. */
  readonly threads?: number | undefined;
  /** What is kept of the folder between minings. */
  readonly resident?: ResidentWorkspace | undefined;
  /** The only files that changed since the last mining with `resident`, as absolute paths; left out, any may have. */
  readonly edited?: readonly string[] | undefined;
}

const phases = {
  listing: 'listing files',
  indexing: 'reading Java files',
  pairing: 'pairing tests with methods',
} as const;

/** Mines a folder as it is now. What has not changed since the last time is not parsed again: `storage` keeps the miner's cache. */
export async function mineRepository(
  path: string,
  storage: string,
  options: MineOptions = {},
): Promise<MinedRepository> {
  const { signal, resident = new ResidentWorkspace(path) } = options;
  const identity = identifyRepository(path);
  mkdirSync(storage, { recursive: true });
  const exclusions = (await readExclusions(path)).text;
  const pairs: TestPair[] = [];
  const unpaired: UnpairedTest[] = [];
  const problems: FileProblem[] = [];
  let summary: MiningSummary | undefined;
  for await (const record of recordsOf(path, join(storage, `${identity.id}.cache`), resident, options)) {
    if (record.kind === 'pair') pairs.push(record.pair);
    else if (record.kind === 'unpaired') unpaired.push(record);
    else if (record.kind === 'problem') problems.push(record);
    else summary = record.summary;
  }
  signal?.throwIfAborted();
  if (summary === undefined) throw new Error('Mining ended without a summary.');
  const { clean, withSecret } = await withoutSecrets(pairs);
  const houseStyle = await readHouseStyle(pairs, (file) => readText(join(path, file)));
  const tested = [...pairs, ...unpaired.flatMap(testedByExcluded)];
  return {
    path,
    identity,
    pairs,
    clean,
    withSecret,
    unpaired,
    problems,
    exclusions,
    testMethods: summary.testMethods,
    summary,
    bytes: await bytesOf(clean),
    nearest: new NearestTestIndex(clean),
    types: new WorkspaceTypes(resident.files),
    houseStyle,
    teamStyle: readTeamStyle(path, houseStyle),
    resembling: new ResemblingTests(pairs),
    tested,
    untested: await untestedMethods(await readWorkspaceIndex(path), tested),
  };
}

/** Mines what the edits can matter to, where they are known and the rest is too, and the whole workspace otherwise. */
async function* recordsOf(
  workspace: string,
  cacheFile: string,
  resident: ResidentWorkspace,
  { signal, onProgress, threads, edited }: MineOptions,
): AsyncGenerator<MiningRecord, void, undefined> {
  const paths = edited?.map((file) => relative(workspace, file).replaceAll(sep, '/'));
  if (paths !== undefined && (await resident.update(paths))) {
    yield* resident.records();
    return;
  }
  yield* mineWorkspace({
    workspace,
    mode: 'default',
    cacheFile,
    resident,
    ...(signal === undefined ? {} : { signal }),
    ...(threads === undefined ? {} : { threads }),
    onProgress: ({ phase, done, total }) =>
      onProgress?.(total > 0 ? `${phases[phase]}, ${done} of ${total}` : phases[phase]),
  });
}

/** One pair a line. */
async function bytesOf(pairs: readonly TestPair[]): Promise<number> {
  const turns = new Turns();
  let bytes = 0;
  for (const pair of pairs) {
    bytes += Buffer.byteLength(canonicalPairLine(pair)) + 1;
    await turns.pass();
  }
  return bytes;
}

function testedByExcluded({ focalFile, focalClass, focalMethod }: UnpairedTest): TestedMethod[] {
  if (focalFile === undefined || focalClass === undefined || focalMethod === undefined) return [];
  return [{ focalFile, focalClass, focalMethod }];
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
