import { identifierSimilarities } from '../../core/style/identifier-similarity.ts';
import type { CheckResult } from '../check/check-result.ts';
import type { Adapter, RunEvent, ServerDescription } from '../client/run.ts';
import type {
  ReportModelFacts,
  ReportSample,
  ReportSampleTest,
  ReportTraining,
  ReportVerdict,
  StyleReportModel,
} from '../report/style-report-model.ts';
import { type ModelComparison, proofOf, type WrittenTests } from './compare-models.ts';

/** What a personalization adds to the style report; the rest is read off the repository as it is. */
export type PersonalizationReport = Pick<StyleReportModel, 'similarity' | 'proof' | 'samples' | 'training' | 'model'>;

const samplesShown = 5;

/**
 * The report's part on one personalization, from what the run told and what both models wrote for the held-out pairs.
 * `repositoryTests` are the sources of all tests of the repository: names that all of them use say little about style.
 */
export function personalizationReport(
  comparisons: readonly ModelComparison[],
  repositoryTests: readonly string[],
  events: readonly RunEvent[],
  adapter: Adapter,
  server: ServerDescription,
): PersonalizationReport {
  return {
    similarity: similarityOf(comparisons, repositoryTests),
    proof: comparisons.map(proofOf),
    samples: samplesOf(comparisons),
    training: trainingOf(events),
    model: modelFacts(events, adapter, server),
  };
}

/** Over the held-out pairs of all splits, as the distribution of paper P's RQ2 (c). */
function similarityOf(
  comparisons: readonly ModelComparison[],
  repositoryTests: readonly string[],
): StyleReportModel['similarity'] {
  const pairs = comparisons.flatMap(({ heldOut }) => heldOut.pairs);
  if (pairs.length === 0) return null;
  const team = pairs.map(({ pair }) => pair.testSource);
  const similarities = (model: 'base' | 'personalized') =>
    identifierSimilarities(
      { team, written: comparisons.flatMap((comparison) => comparison[model].texts) },
      repositoryTests,
    );
  return { base: similarities('base'), personalized: similarities('personalized') };
}

/** Pairs at even distances through the split by focal class, so that nobody chose them. */
function samplesOf(comparisons: readonly ModelComparison[]): ReportSample[] {
  const comparison = comparisons.find(({ heldOut }) => heldOut.split === 'by-focal-class') ?? comparisons[0];
  if (comparison === undefined) return [];
  const { pairs } = comparison.heldOut;
  const shown = Math.min(samplesShown, pairs.length);
  return Array.from({ length: shown }, (_, nth) => Math.floor((nth * pairs.length) / shown)).flatMap((at) => {
    const pair = pairs[at]?.pair;
    if (pair === undefined) return [];
    return {
      focalClass: pair.focalClass,
      focalMethod: pair.focalMethod,
      focalFile: pair.focalFile,
      focalSource: pair.focalContext.method,
      testFile: pair.testFile,
      teamTest: pair.testSource,
      base: sampleTest(comparison.base, at),
      personalized: sampleTest(comparison.personalized, at),
    };
  });
}

function sampleTest({ texts, shown }: WrittenTests, at: number): ReportSampleTest {
  const test = shown?.[at];
  const check = test?.check;
  return {
    source: check?.repaired?.source ?? test?.text ?? texts[at] ?? '',
    verdict: check === undefined ? 'not-checked' : verdictOf(check),
    reason: check?.reasons[0]?.message ?? '',
  };
}

function verdictOf(check: CheckResult): ReportVerdict {
  if (!check.parses) return 'broken';
  if (check.outcome === 'not-checked') return 'not-checked';
  if (check.useful === true) return 'useful';
  if (check.passes === true) return 'passes';
  return check.compiles === true ? 'compiles' : 'parses';
}

function trainingOf(events: readonly RunEvent[]): ReportTraining {
  const adapter = events.findLast((event) => event.kind === 'adapter');
  return {
    steps: events.flatMap((event) =>
      event.kind === 'progress' ? [{ step: event.step, epoch: event.epoch, loss: event.loss }] : [],
    ),
    validation: events.flatMap((event) =>
      event.kind === 'validation'
        ? [
            {
              step: event.step,
              epoch: event.epoch,
              validationLoss: event.validationLoss,
              petaflopSeconds: event.petaflopSeconds,
            },
          ]
        : [],
    ),
    blockChanges: adapter?.kind === 'adapter' ? adapter.blockChanges : [],
  };
}

function modelFacts(events: readonly RunEvent[], adapter: Adapter, server: ServerDescription): ReportModelFacts | null {
  const written = events.findLast((event) => event.kind === 'adapter');
  if (written?.kind !== 'adapter') return null;
  return {
    baseModel: server.baseModel?.name ?? 'unknown',
    baseParameters: written.baseParameters,
    strategy: adapter.strategy,
    trainedParameters: adapter.trainedParameters,
    adapterBytes: adapter.bytes,
    commit: adapter.commit,
    trainedMs: adapter.createdMs,
    trainingSeconds: written.trainingSeconds,
    active: adapter.active,
    drift: null,
  };
}
