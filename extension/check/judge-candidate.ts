import type { Placement, PlacementRefusal } from '../placement/placement.ts';
import type { CheckOutcome, CheckReason, CheckResult } from './check-result.ts';
import type { CompilerError } from './compiler-error.ts';
import type { HarnessAnswer } from './harness-process.ts';
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
  readonly repeats: boolean;
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
    durationMs: 0,
  };
}

/** What the harness found, together with what the text tells. */
export function judge(item: ReadableCandidate, answer: HarnessAnswer): CheckResult {
  const outcome = outcomeOf(answer.outcome);
  const weaknesses = readReasons(item);
  const wasRun = outcome !== 'not-checked';
  const compiles = answer.outcome === 'not-started' ? null : outcome !== 'compile-error';
  const passes = outcome === 'passed';
  return {
    id: item.candidate.id,
    outcome,
    parses: true,
    compiles,
    passes: wasRun ? passes : null,
    useful: wasRun ? passes && weaknesses.length === 0 : null,
    reasons: [
      ...(passes ? [] : [{ code: outcome, message: explain(outcome, answer, item.placement) }]),
      ...weaknesses,
      ...(item.repairs.length === 0
        ? []
        : [{ code: 'repaired' as const, message: `Repaired: ${item.repairs.join(', ')}.` }]),
    ],
    durationMs: answer.durationMs,
    ...(item.repairs.length === 0
      ? {}
      : { repaired: { changes: item.repairs, source: item.candidate.source, placement: item.placement } }),
  };
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

function explain(outcome: CheckOutcome, { detail, errors }: HarnessAnswer, placement: Placement): string {
  switch (outcome) {
    case 'compile-error':
      return `It does not compile: ${errors[0] === undefined ? detail : locate(errors[0], placement)}`;
    case 'assertion-failure':
      return `An assertion failed: either the expectation is wrong or the code has a bug. ${detail}`;
    case 'exception':
      return `It ended with an exception: ${detail}`;
    case 'timeout':
      return `It did not end in time. ${detail}`;
    default:
      return detail;
  }
}

/** Turns a line of the edited file into a line of the candidate, where it is one; a reader sees the candidate. */
function locate({ line, message }: CompilerError, { text, test, isNewFile }: Placement): string {
  if (line < 0) return message;
  const written = test.text.trim();
  const start = text.indexOf(written);
  if (start < 0 || isNewFile) return `line ${line} of the file: ${message}`;
  const own = line - text.slice(0, start).split('\n').length + 1;
  const isOwn = own >= 1 && own <= written.split('\n').length;
  return `line ${isOwn ? own : `${line} of the file`}: ${message}`;
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
  if (repeats) {
    reasons.push({ code: 'repeats-existing-test', message: 'It repeats a test that the repository already has.' });
  }
  return reasons;
}
