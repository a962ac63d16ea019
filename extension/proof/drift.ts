import type { TestPair } from '../../core/mining/test-pair.ts';
import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import { mostCandidateTokens } from '../../core/model-input/most-candidate-tokens.ts';
import { NEAREST_TESTS_OFFERED, NearestTestIndex, queryOf } from '../../core/model-input/nearest-tests.ts';
import { identifierSimilarities } from '../../core/style/identifier-similarity.ts';
import type { Connection } from '../client/connection.ts';
import { generate } from '../client/generation.ts';

/** What is remembered of a model, to tell later how far its repository has moved away from it. Holds no source code. */
export interface DriftRecord {
  readonly adapterId: string;
  /** Server that the user agreed to send this repository's code to. */
  readonly server: string;
  /** Mean likeness of what it wrote for held-out tests when it was trained; `null` when that was not measured. */
  readonly trainedLikeness: number | null;
  /** Ids of the pairs that there were when it was trained. */
  readonly pairIds: readonly string[];
  /** In the order in which they were taken. */
  readonly exams: readonly DriftExam[];
}

/** One test that people wrote after the training, beside what the model writes for the same method. */
export interface DriftExam {
  readonly pairId: string;
  readonly takenMs: number;
  /**
   * Cosine of the identifiers of both tests, from 0 to 1, as at the training; `null` when the model writes exactly this test, which was then
   * most likely kept from it and tells nothing.
   */
  readonly likeness: number | null;
}

/** How far a repository has moved away from its model. */
export interface Drift {
  /** Tests that are new or changed since the training. */
  readonly newTests: number;
  /** Tests that are new, changed or gone, divided by the tests at the training. */
  readonly share: number;
  readonly trainedLikeness: number | null;
  /** Mean over the newest exams; `null` before there is one. */
  readonly likeness: number | null;
  /** Whether a new training is worth its time. */
  readonly refresh: boolean;
}

/** Fewest exams that say something together, and how far their likeness must have fallen for a refresh to be offered. */
export const refreshThreshold = { exams: 5, fall: 0.1 };
/** Older exams say little about how people write now. */
const examsCounted = 20;

export function driftOf(record: DriftRecord, pairs: readonly TestPair[]): Drift {
  const newTests = testsSince(record, pairs).length;
  const gone = record.pairIds.length - (pairs.length - newTests);
  const likenesses = record.exams.flatMap(({ likeness }) => (likeness === null ? [] : [likeness])).slice(-examsCounted);
  const likeness = likenesses.length === 0 ? null : likenesses.reduce((sum, one) => sum + one, 0) / likenesses.length;
  const { trainedLikeness } = record;
  return {
    newTests,
    share: (newTests + gone) / Math.max(1, record.pairIds.length),
    trainedLikeness,
    likeness,
    refresh:
      likeness !== null &&
      trainedLikeness !== null &&
      likenesses.length >= refreshThreshold.exams &&
      trainedLikeness - likeness >= refreshThreshold.fall,
  };
}

/** The pairs that are new or changed since the training. */
export function testsSince({ pairIds }: DriftRecord, pairs: readonly TestPair[]): TestPair[] {
  const known = new Set(pairIds);
  return pairs.filter(({ id }) => !known.has(id));
}

/**
 * Has the model write for tests that it was not examined on yet, at most `most` of them, and adds the results. As at the training it is
 * shown only tests that there were then. An aborted signal rejects with its reason.
 */
export async function takeExams(
  connection: Connection,
  repository: string,
  record: DriftRecord,
  pairs: readonly TestPair[],
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
): Promise<DriftRecord> {
  const taken = new Set(record.exams.map(({ pairId }) => pairId));
  const waiting = testsSince(record, pairs)
    .filter(({ id }) => !taken.has(id))
    .slice(0, most);
  if (waiting.length === 0) return record;
  const fresh = new Set(testsSince(record, pairs).map(({ id }) => id));
  const seen = pairs.filter(({ id }) => !fresh.has(id));
  const index = new NearestTestIndex(seen);
  const corpus = pairs.map(({ testSource }) => testSource);
  const exams: DriftExam[] = [];
  for (const pair of waiting) {
    const { focalClass, focalMethod, focalContext } = pair;
    const nearest = await index.nearest(queryOf(pair), NEAREST_TESTS_OFFERED, new Set());
    const parts = generate(
      connection,
      {
        repository,
        model: { kind: 'adapter', adapterId: record.adapterId },
        ...{ focalClass, focalMethod, focalContext, candidates: 1 },
        nearestTests: nearest.map(nearestTestOf),
        maxNewTokens: mostCandidateTokens(seen),
      },
      { signal },
    );
    for await (const part of parts)
      if (part.kind === 'candidate') exams.push(examOf(pair, part.candidate.text, corpus));
  }
  return { ...record, exams: [...record.exams, ...exams] };
}

function examOf(pair: TestPair, written: string, corpus: readonly string[]): DriftExam {
  const isSame = withoutSpace(written) === withoutSpace(pair.testSource);
  const [likeness = 0] = identifierSimilarities({ team: [pair.testSource], written: [written] }, corpus);
  return { pairId: pair.id, takenMs: Date.now(), likeness: isSame ? null : likeness };
}

/** For instance `7 tests since training, likeness 0.72 → 0.55`. */
export function driftText({ newTests, trainedLikeness, likeness }: Drift): string {
  const tests = newTests === 1 ? '1 test since training' : `${newTests} tests since training`;
  if (likeness === null) return tests;
  const before = trainedLikeness === null ? '' : `${trainedLikeness.toFixed(2)} → `;
  return `${tests}, likeness ${before}${likeness.toFixed(2)}`;
}

function withoutSpace(source: string): string {
  return source.replaceAll(/\s+/g, '');
}
