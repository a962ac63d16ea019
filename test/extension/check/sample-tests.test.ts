import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MethodDeclaration } from '../../../core/java/compilation-unit.ts';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { checkCandidates } from '../../../extension/check/check-candidates.ts';
import type { CheckReport } from '../../../extension/check/check-result.ts';
import type { CandidateToCheck } from '../../../extension/check/judge-candidate.ts';
import { namingOf } from '../../../extension/placement/module-conventions.ts';
import { placeTest } from '../../../extension/placement/place-test.ts';
import { testsOf } from '../../../extension/placement/target-class.ts';
import { type IndexedFile, indexFiles, readWorkspaceIndex } from '../../../extension/placement/workspace-index.ts';
import { checkTestsDir } from './fixture-workspace.ts';

const workspaceDir = join(import.meta.dirname, '../../sample');
const options = {
  workspaceDir,
  trusted: true,
  existingTests: [],
  harnessDir: join(import.meta.dirname, '../../../extension/check/harness'),
  cacheDir: checkTestsDir,
};

/** The team's own tests as candidates: what people wrote must land where it compiles and passes. */
describe('the sample workspace’s own tests as candidates', () => {
  const existing: CandidateToCheck[] = [];
  const anew: CandidateToCheck[] = [];

  beforeAll(async () => {
    const parser = await JavaParser.create();
    const index = await readWorkspaceIndex(workspaceDir);
    for (const file of index.files.filter((one) => one.isTest)) {
      const focal = focalOf(file);
      const source = index.read(file.path) ?? '';
      const unit = withJavaTree(parser, source, readCompilationUnit);
      const tests = unit.types.flatMap((type) => testsOf(type));
      if (focal === undefined) continue;
      // Without its test file, the focal class gets a new one.
      const rest = index.files.flatMap((one) => (one === file ? [] : [one.path]));
      const withoutFile = await indexFiles(
        [...rest, ...[...index.buildFiles.keys()].map((module) => join(module, 'pom.xml'))],
        index.read,
      );
      for (const test of tests) {
        const candidate = dedent(source, test);
        const request = { focalFile: focal.path, focalMethod: test.name.split('_')[0] ?? '', candidate };
        const id = `${file.typeName}.${test.name}`;
        const shared = { id, source: candidate, focal: { className: focal.typeName, method: request.focalMethod } };
        existing.push({ ...shared, placement: placeTest(parser, index, request) });
        if (test === tests[0]) anew.push({ ...shared, placement: placeTest(parser, withoutFile, request) });
      }
    }
    parser.delete();

    function focalOf(file: IndexedFile): IndexedFile | undefined {
      const naming = namingOf(file.typeName);
      const name =
        naming === null ? '' : file.typeName.slice(naming.prefix.length, file.typeName.length - naming.suffix.length);
      return index.byTypeName.get(name)?.find((one) => !one.isTest);
    }
  });

  it('pass after the last test of their class', async () => {
    expect(existing.length).toBeGreaterThanOrEqual(160);
    // As many as a personalization checks, at even distances.
    const candidates = Array.from({ length: 160 }, (_, at) => existing[Math.floor((at * existing.length) / 160)]);
    expectAllUseful(await checkCandidates({ ...options, candidates: candidates.flatMap((one) => one ?? []) }));
  }, 600_000);

  it('pass in a new file, with the imports and the base class that the team uses', async () => {
    expect(anew.length).toBeGreaterThanOrEqual(24);
    expectAllUseful(await checkCandidates({ ...options, candidates: anew }));
  }, 600_000);
});

function expectAllUseful({ results, seconds, sandbox }: CheckReport): void {
  console.log(
    `${results.length} candidates: build ${seconds.build.toFixed(1)} s, check ${seconds.check.toFixed(1)} s, ${sandbox}`,
  );
  const bad = results.filter((result) => result.useful !== true);
  expect(bad.map((result) => `${result.id}: ${result.reasons.map((reason) => reason.message).join(' ')}`)).toEqual([]);
}

function dedent(source: string, { start, end }: MethodDeclaration): string {
  const indent = source.slice(source.lastIndexOf('\n', start) + 1, start);
  return source.slice(start, end).replaceAll(`\n${indent}`, '\n');
}
