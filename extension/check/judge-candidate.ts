import type { Placement, PlacementRefusal } from '../placement/placement.ts';
import type { CheckOutcome, CheckReason, CheckResult } from './check-result.ts';
import type { CompilerError } from './compiler-error.ts';
import { explainFailure } from './explain-failure.ts';
import { bodyFault, compileFault, type Fault, failureFault } from './fault.ts';
import type { HarnessAnswer } from './harness-process.ts';
import { lineInCandidate } from './line-in-candidate.ts';
import type { ReadCandidate, UnreadableCandidate } from './read-candidate.ts';

/** A candidate with the place where it would land. */
export interface CandidateToCheck {
  readonly id: string;
  /** The method as the model wrote it. */
  readonly source: string;
  readonly focal: { readonly className: string; readonly method: string };
  /** From `placeTest` of extension/placement. */
  readonly placement: Placement | PlacementRefusal;
}

/** A candidate that parses and has a place. */
export interface ReadableCandidate {
  readonly candidate: CandidateToCheck;
  readonly placement: Placement;
  readonly read: ReadCandidate;
  /** Name of the existing test that it repeats, for instance `FooTest#bar`, or `null`. */
  readonly repeats: string | null;
  /** What was repaired since the model wrote it, in order. */
  readonly repairs: readonly string[];
}

export function judgeUnread(candidate: CandidateToCheck, { message }: UnreadableCandidate): CheckResult {
  return {
    id: candidate.id,
    outcome: 'does-not-parse',
    parses: false,
    compiles: false,
    passes: false,
    useful: false,
    reasons: [{ code: 'does-not-parse', message }],
    durationMs: 0,
  };
}

/** A candidate that could not be compiled or run for a reason that is not its own. */
export function describeUnbuilt(
  item: Omit<ReadableCandidate, 'placement' | 'repairs'>,
  code: CheckReason['code'],
  message: string,
): CheckResult {
  return {
    id: item.candidate.id,
    outcome: 'not-checked',
    parses: true,
    compiles: null,
    passes: null,
    useful: null,
    reasons: [{ code, message }, ...readReasons(item)],
    ...(item.repeats === null ? {} : { repeats: item.repeats }),
    durationMs: 0,
  };
}

/** A candidate that does not compile, as far as it was repaired, with what the compiler then says. */
export interface BrokenCandidate {
  readonly item: ReadableCandidate;
  readonly answer: HarnessAnswer;
}

/** What the harness found, together with what the text tells. */
export function judge(item: ReadableCandidate, answer: HarnessAnswer, broken: BrokenCandidate | null): CheckResult {
  const outcome = answer.probe?.outcome === 'flaky' ? 'flaky' : outcomeOf(answer.outcome);
  const weaknesses = [
    ...readReasons(item),
    ...(answer.probe?.outcome === 'notices-nothing' ? [noticesNothing(item)] : []),
  ];
  const wasRun = outcome !== 'not-checked';
  const compiles = answer.outcome === 'not-started' ? null : outcome !== 'compile-error';
  const passes = outcome === 'passed';
  const explained = passes ? [] : [explain(outcome, answer, item)];
  const fault = faultOf(item, answer, broken, explained);
  return {
    id: item.candidate.id,
    outcome,
    parses: true,
    compiles,
    passes: wasRun ? passes : null,
    useful: wasRun ? passes && weaknesses.length === 0 : null,
    reasons: [
      ...explained,
      ...weaknesses,
      ...(item.repairs.length === 0
        ? []
        : [{ code: 'repaired' as const, message: `Repaired: ${item.repairs.join(', ')}.` }]),
    ],
    ...(item.repeats === null ? {} : { repeats: item.repeats }),
    ...(fault === null ? {} : { fault }),
    durationMs: answer.durationMs,
    ...(answer.output === undefined || answer.output === '' ? {} : { output: answer.output }),
    ...(item.repairs.length === 0
      ? {}
      : { repaired: { changes: item.repairs, source: item.candidate.source, placement: item.placement } }),
  };
}

/** What went wrong at the code itself is not written anew: a user should see it. */
function faultOf(
  item: ReadableCandidate,
  answer: HarnessAnswer,
  broken: BrokenCandidate | null,
  explained: readonly CheckReason[],
): Fault | null {
  if (item.repeats !== null) return bodyFault(item.candidate.source);
  if (broken !== null) return compileFault(broken.item, broken.answer.errors);
  const isTestsOwn = explained.some(({ code }) => code === 'assertion-failure' || code === 'exception');
  return isTestsOwn ? failureFault(item, answer.detail) : null;
}

function outcomeOf(outcome: string): CheckOutcome {
  switch (outcome) {
    case 'passed':
    case 'compile-error':
    case 'assertion-failure':
    case 'exception':
    case 'timeout':
    case 'crash':
    case 'skipped':
    case 'no-test':
      return outcome;
    default:
      return 'not-checked';
  }
}

function explain(
  outcome: CheckOutcome,
  { detail, errors, probe }: HarnessAnswer,
  item: ReadableCandidate,
): CheckReason {
  const { placement, candidate } = item;
  switch (outcome) {
    case 'compile-error':
      return {
        code: outcome,
        message: `It does not compile: ${errors[0] === undefined ? detail : locate(errors[0], placement)}`,
      };
    case 'assertion-failure':
    case 'exception':
    case 'timeout':
      return explainFailure({ outcome, detail, placement, source: candidate.source, focal: candidate.focal });
    case 'flaky':
      return { code: outcome, message: `It does not always pass. ${probe?.detail.split('\nat ')[0] ?? ''}` };
    default:
      return { code: outcome, message: detail };
  }
}

function locate({ line, message }: CompilerError, placement: Placement): string {
  return line < 0 ? message : `${lineInCandidate(line, placement)}: ${message}`;
}

/** Whether the text alone says that it is of no use, so that it need not be looked at twice. */
export function isWeak(item: ReadableCandidate): boolean {
  return readReasons(item).length > 0;
}

function noticesNothing({ candidate: { focal } }: ReadableCandidate): CheckReason {
  const message = `It still passes when ${focal.className}.${focal.method} is broken: nothing in it checks what that does.`;
  return { code: 'notices-nothing', message };
}

function readReasons({ candidate, read, repeats }: Omit<ReadableCandidate, 'placement' | 'repairs'>): CheckReason[] {
  const reasons: CheckReason[] = [];
  const { className, method } = candidate.focal;
  if (!read.calls.has(method)) {
    reasons.push({ code: 'does-not-call-focal-method', message: `It does not call ${className}.${method}.` });
  }
  if (!read.canFail) {
    reasons.push({ code: 'nothing-can-fail', message: 'It has no assertion that can fail and expects no exception.' });
  }
  if (repeats !== null) {
    reasons.push({
      code: 'repeats-existing-test',
      message: `It repeats ${repeats}, which the repository already has.`,
    });
  }
  return reasons;
}
