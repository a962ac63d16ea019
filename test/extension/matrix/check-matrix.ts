import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { checkCandidates } from '../../../extension/check/check-candidates.ts';
import type { CheckReport, CheckResult } from '../../../extension/check/check-result.ts';
import type { CandidateToCheck } from '../../../extension/check/judge-candidate.ts';
import { resolveWithMaven } from '../../../extension/check/junit-launcher.ts';
import { placeTest } from '../../../extension/placement/place-test.ts';
import { isPlaced, type Placement, type PlacementRefusal } from '../../../extension/placement/placement.ts';
import { readWorkspaceIndex } from '../../../extension/placement/workspace-index.ts';
import { checkTestsDir, writeWorkspace } from '../check/fixture-workspace.ts';
import { coordinatesOf, type Files, type MatrixCase } from './matrix-case.ts';
import { matrixCases } from './matrix-cases.ts';
import { aggregatorPom, projectFiles } from './project-files.ts';

/** What became of a case. Paths are those of the case's own folder. */
export interface MatrixResult {
  readonly one: MatrixCase;
  readonly files: Files;
  readonly placed: Placement | PlacementRefusal;
  readonly check: CheckResult;
  /** What the user would keep: the repaired test where there is one. */
  readonly kept: Placement | PlacementRefusal;
}

export interface MatrixReport {
  readonly results: ReadonlyMap<string, MatrixResult>;
  readonly problems: readonly string[];
}

/** Some cases as one workspace: their projects stand beside each other in it. */
interface Group {
  readonly name: string;
  readonly cases: readonly string[];
}

/**
 * Places the test of every case in the case's own project, as if no other were there, then checks all of them. Maven builds all its cases in
 * one run, Gradle's and plain ones are built one by one; two groups at a time, because a check has two cores.
 */
export async function checkMatrix(wantedIds?: readonly string[]): Promise<MatrixReport> {
  const results = new Map<string, MatrixResult>();
  const problems: string[] = [];
  const named = Object.entries(matrixCases).filter(([id]) => wantedIds?.includes(id) ?? true);
  const choose = (name: string, wanted: (one: MatrixCase) => boolean): Group => ({
    name,
    cases: named.filter(([, one]) => wanted(one)).map(([id]) => id),
  });
  const lanes: Group[][] = [
    [
      choose('maven', (one) => one.build === 'Maven' && one.java <= 17),
      choose('maven-newer-java', (one) => one.build === 'Maven' && one.java > 17),
    ],
    [
      choose('gradle', (one) => one.build.startsWith('Gradle') && one.java <= 17),
      choose('gradle-newer-java', (one) => one.build.startsWith('Gradle') && one.java > 17),
      // A workspace without a build is one project.
      ...named.filter(([, one]) => one.build === 'plain folders').map(([id]) => ({ name: id, cases: [id] })),
    ],
  ];
  await Promise.all(
    lanes.map(async (lane) => {
      for (const group of lane.filter(({ cases }) => cases.length > 0))
        problems.push(...(await checkGroup(group, results)));
    }),
  );
  return { results, problems };
}

async function checkGroup({ name, cases }: Group, results: Map<string, MatrixResult>): Promise<readonly string[]> {
  const alone = cases.length === 1 && name === cases[0];
  const prefix = (id: string) => (alone ? '' : `${id}/`);
  const projects = new Map(cases.map((id) => [id, projectFiles(id, caseOf(id))]));
  const files = Object.fromEntries(
    [...projects].flatMap(([id, own]) => Object.entries(own).map(([path, text]) => [prefix(id) + path, text])),
  );
  const isMaven = cases.every((id) => caseOf(id).build === 'Maven');
  const workspaceDir = writeWorkspace(`matrix/${name}`, {
    ...files,
    ...(isMaven ? { 'pom.xml': aggregatorPom(cases) } : {}),
  });
  for (const id of cases) if (caseOf(id).build === 'plain folders') await addJars(workspaceDir, caseOf(id));

  const placements = await place(workspaceDir, cases, prefix);
  const report = await check(
    workspaceDir,
    cases.map((id) => {
      const { focal, written } = caseOf(id);
      const [path = '', method = ''] = focal.split('#');
      const placement = placements.get(id) ?? { problem: 'It was not placed.' };
      return {
        id,
        source: written,
        focal: { className: basename(path, '.java'), method },
        placement: isPlaced(placement) ? moved(placement, prefix(id)) : placement,
      };
    }),
  );
  for (const result of report.results) {
    const placed = placements.get(result.id) ?? { problem: 'It was not placed.' };
    const kept = result.repaired === undefined ? placed : moved(result.repaired.placement, prefix(result.id), 'back');
    const own = projects.get(result.id) ?? {};
    results.set(result.id, { one: caseOf(result.id), files: own, placed, check: result, kept });
  }
  return report.problems;
}

async function place(workspaceDir: string, cases: readonly string[], prefix: (id: string) => string) {
  const parser = await JavaParser.create();
  try {
    const placed = new Map<string, ReturnType<typeof placeTest>>();
    for (const id of cases) {
      const { focal, written } = caseOf(id);
      const [focalFile = '', focalMethod = ''] = focal.split('#');
      const index = await readWorkspaceIndex(join(workspaceDir, prefix(id)));
      placed.set(id, placeTest(parser, index, { focalFile, focalMethod, candidate: written }));
    }
    return placed;
  } finally {
    parser.delete();
  }
}

async function check(workspaceDir: string, candidates: readonly CandidateToCheck[]): Promise<CheckReport> {
  return await checkCandidates({
    workspaceDir,
    trusted: true,
    candidates,
    existingTests: [],
    cacheDir: checkTestsDir,
    // Other tests ask whether a test can fail and whether it passes every time.
    limits: { runs: 1, mutants: false },
    harnessDir: join(import.meta.dirname, '../../../extension/check/harness'),
  });
}

/** The placement in a folder above the case's own, or back from there. */
function moved(placement: Placement, prefix: string, way: 'there' | 'back' = 'there'): Placement {
  const path = (text: string) => (way === 'there' ? prefix + text : text.slice(prefix.length));
  const folder = prefix.replace(/\/$/, '');
  const module = [folder, placement.module].filter((part) => part !== '').join('/');
  return {
    ...placement,
    file: path(placement.file),
    module: way === 'there' ? module : placement.module.slice(prefix.length),
  };
}

/** The jars that a developer without a build tool keeps in `lib`. */
async function addJars(workspaceDir: string, one: MatrixCase): Promise<void> {
  const limits = { cacheDir: checkTestsDir, env: process.env, limitMs: 300_000 };
  mkdirSync(join(workspaceDir, 'lib'), { recursive: true });
  for (const jar of await resolveWithMaven(coordinatesOf(one), limits))
    copyFileSync(jar, join(workspaceDir, 'lib', basename(jar)));
}

function caseOf(id: string): MatrixCase {
  const one = matrixCases[id];
  if (one === undefined) throw new Error(`There is no case ${id}.`);
  return one;
}
