import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JavaParser } from '../../../../core/java/java-parser.ts';
import { checkCandidates } from '../../../../extension/check/check-candidates.ts';
import type { CheckReport, CheckResult } from '../../../../extension/check/check-result.ts';
import type { CandidateToCheck } from '../../../../extension/check/judge-candidate.ts';
import { placeTest } from '../../../../extension/placement/place-test.ts';
import { applyInsertions } from '../../../../extension/placement/placement.ts';
import { readWorkspaceIndex } from '../../../../extension/placement/workspace-index.ts';
import { checkTestsDir, writeWorkspace } from '../fixture-workspace.ts';
import { type BrokenCandidate, brokenCandidates } from './broken-candidates.ts';
import { repairWorkspace } from './repair-workspace.ts';

const focals = {
  Basket: { file: 'modern/src/main/java/shop/Basket.java', method: 'count' },
  // Without a test class: its test comes in a new file.
  Order: { file: 'modern/src/main/java/shop/Order.java', method: 'lines' },
  Tally: { file: 'legacy/src/main/java/old/Tally.java', method: 'items' },
};

describe('repairing candidates', () => {
  const workspaceDir = writeWorkspace('repair', repairWorkspace);
  const asWritten = new Map<string, CheckResult>();
  const place = {
    workspaceDir,
    trusted: true,
    existingTests: [],
    cacheDir: checkTestsDir,
    harnessDir: join(import.meta.dirname, '../../../../extension/check/harness'),
  };
  let candidates: CandidateToCheck[];
  let report: CheckReport;

  beforeAll(async () => {
    const index = await readWorkspaceIndex(workspaceDir);
    const parser = await JavaParser.create();
    candidates = Object.entries(brokenCandidates).map(([id, { focal, written }]) => {
      const { file: focalFile, method } = focals[focal];
      const placement = placeTest(parser, index, { focalFile, focalMethod: method, candidate: written });
      return { id, source: written, focal: { className: focal, method }, placement };
    });
    parser.delete();
    const before = await checkCandidates({ ...place, candidates, limits: { repairRounds: 0 } });
    for (const result of before.results) asWritten.set(result.id, result);
    report = await checkCandidates({ ...place, candidates });
  }, 600_000);

  afterAll(() => rmSync(workspaceDir, { recursive: true }));

  const resultOf = (id: string) => {
    const result = report.results.find((one) => one.id === id);
    if (result === undefined) throw new Error(`No result of ${id}.`);
    return result;
  };

  it.each(Object.entries(brokenCandidates))('%s', (id, { outcome, repaired, changes }: BrokenCandidate) => {
    expect(['compile-error', 'no-test']).toContain(asWritten.get(id)?.outcome);
    const result = resultOf(id);
    expect(result.repaired?.changes, JSON.stringify(result.reasons)).toEqual(changes);
    expect(result.outcome, JSON.stringify(result.reasons)).toBe(outcome);
    if (repaired === undefined) {
      // As if nothing had been tried: the message is about what the model wrote. Only another attempt goes on from what could be repaired.
      const { fault, ...written } = result;
      const { fault: firstFault, ...unrepaired } = asWritten.get(id) as CheckResult;
      expect(written).toEqual({ ...unrepaired, durationMs: expect.any(Number) });
      expect(fault === undefined).toBe(firstFault === undefined);
    } else {
      expect(result.repaired?.source).toContain(repaired);
      expect(result.reasons.at(-1)).toEqual({ code: 'repaired', message: `Repaired: ${changes?.join(', ')}.` });
    }
  });

  it('makes insertions that give the repaired file, and leaves everything else in it as it was', () => {
    for (const { repaired } of report.results) {
      if (repaired === undefined) continue;
      const { file, test, imports, text } = repaired.placement;
      expect(applyInsertions(repairWorkspace[file] ?? '', [...imports, test])).toBe(text);
    }
  });

  it('compiles most of the broken candidates, and no one of them did before', () => {
    const compile = (results: Iterable<CheckResult>) =>
      [...results].filter(({ outcome }) => outcome !== 'compile-error' && outcome !== 'no-test').length;
    expect({ all: candidates.length, before: compile(asWritten.values()), after: compile(report.results) }).toEqual({
      all: 48,
      before: 0,
      after: 41,
    });
  });

  it('gives up after as many rounds as it may have', async () => {
    const many = candidates.filter(({ id }) => id === 'many defects at once');
    const once = await checkCandidates({ ...place, candidates: many, limits: { repairRounds: 1 } });
    expect(once.results.map(({ outcome, repaired }) => ({ outcome, repaired }))).toEqual([
      { outcome: 'compile-error' },
    ]);
  }, 120_000);
});
