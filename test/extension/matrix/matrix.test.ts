import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { checkTestsDir, writeWorkspace } from '../check/fixture-workspace.ts';
import { checkMatrix, type MatrixReport, type MatrixResult } from './check-matrix.ts';
import { landingProblems } from './landing-problems.ts';
import { matrixCases } from './matrix-cases.ts';
import { figuresOf, matrixTable } from './matrix-table.ts';

describe('a test that is kept lands right and compiles', () => {
  let report: MatrixReport;
  let parser: JavaParser;

  beforeAll(async () => {
    // Most machines have no Gradle, and its wrapper may not be downloaded: the builds are read by their files.
    vi.stubEnv('PATH', folderWithout('gradle'));
    parser = await JavaParser.create();
    report = await checkMatrix();
  }, 900_000);

  afterAll(() => {
    vi.unstubAllEnvs();
    const rows = Object.keys(matrixCases).map((id) => ({ id, result: resultOf(id), problems: problemsOf(id) }));
    writeFileSync(join(checkTestsDir, 'matrix.md'), matrixTable(rows));
    console.log(figuresOf(rows));
    parser.delete();
  });

  const resultOf = (id: string): MatrixResult => {
    const result = report.results.get(id);
    if (result === undefined) throw new Error(`No result of ${id}.`);
    return result;
  };
  const problemsOf = (id: string): string[] => {
    const { files, kept, one } = resultOf(id);
    return landingProblems(parser, files, kept, one.lands);
  };

  it.each(Object.keys(matrixCases))('%s', (id) => {
    const { one, check, kept } = resultOf(id);
    const said = `${JSON.stringify(check.reasons)}\n${report.problems.join('\n')}\n${'text' in kept ? kept.text : ''}`;
    expect(problemsOf(id), said).toEqual([]);
    expect(check.outcome, said).toBe(one.lands.outcome ?? 'passed');
    expect(check.repaired?.changes ?? [], said).toEqual(one.repaired ?? []);
  });

  it('is a case of the table in docs/matrix.md', () => {
    const table = readFileSync('docs/matrix.md', 'utf8');
    expect(Object.keys(matrixCases).filter((id) => !table.includes(`| ${id} |`))).toEqual([]);
  });
});

/** A folder that links to every program on the PATH but one. */
function folderWithout(program: string): string {
  const folder = writeWorkspace('programs-of-the-matrix', {});
  for (const from of (process.env.PATH ?? '').split(':').filter((path) => existsSync(path))) {
    for (const name of readdirSync(from)) {
      if (name !== program && !existsSync(join(folder, name))) symlinkSync(join(from, name), join(folder, name));
    }
  }
  return folder;
}
