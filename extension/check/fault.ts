import { placedStart } from '../placement/edit-placement.ts';
import type { CheckResult } from './check-result.ts';
import type { CompilerError } from './compiler-error.ts';
import type { ReadableCandidate } from './judge-candidate.ts';
import { isWithin, readFailureDetail } from './stack-frames.ts';

/** How often a model is asked for other texts before something is shown that is of no use. */
export const REWRITE_ROUNDS = 2;
/** Texts asked for each time. */
export const REWRITTEN_CANDIDATES = 4;

/** Where another attempt at a candidate has to differ from it, in UTF-16 units of its text: [start, end). */
export interface Fault {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The first place of a candidate at which the compiler stumbles; `null` when that is not within its text. */
export function compileFault(item: ReadableCandidate, errors: readonly CompilerError[]): Fault | null {
  const faults = errors.flatMap((error) => faultOf(item, error) ?? []);
  return faults.toSorted((one, other) => one.start - other.start)[0] ?? null;
}

/** The line at which a test failed that ran; `null` when that is not within its text. */
export function failureFault(item: ReadableCandidate, detail: string): Fault | null {
  const { text, binaryClassName } = item.placement;
  const lines = text.split('\n');
  for (const frame of readFailureDetail(detail).frames) {
    const line = lines[frame.line - 1];
    if (line === undefined || !isWithin(frame, binaryClassName)) continue;
    const lineStart = lines.slice(0, frame.line - 1).reduce((sum, { length }) => sum + length + 1, 0);
    return faultOf(item, { start: lineStart + indentationOf(line), end: lineStart + line.trimEnd().length });
  }
  return null;
}

/** All that a test does, for one that repeats another. */
export function bodyFault(text: string): Fault | null {
  const body = text.indexOf('{') + 1;
  return body === 0 || body >= text.length ? null : { text, start: body, end: text.length };
}

/**
 * What to write anew for one method, given the results of all its candidates: the one that came furthest and was not `tried` yet. `null`
 * when one is useful, or was not checked, and that the repository does not have yet.
 */
export function faultToRewrite(results: readonly CheckResult[], tried: readonly Fault[]): Fault | null {
  const isWanted = ({ parses, useful, repeats }: CheckResult) => parses && useful !== false && repeats === undefined;
  if (results.some(isWanted)) return null;
  const texts = new Set(tried.map(({ text }) => text));
  const faulty = results.flatMap(({ fault, compiles }) =>
    fault === undefined || texts.has(fault.text) ? [] : [{ fault, compiles: compiles === true, share: share(fault) }],
  );
  const sorted = faulty.toSorted(
    (one, other) => Number(other.compiles) - Number(one.compiles) || other.share - one.share,
  );
  return sorted[0]?.fault ?? null;
}

const share = ({ text, start }: Fault) => start / text.length;

function faultOf(
  { candidate: { source }, placement }: ReadableCandidate,
  { start, end }: Pick<CompilerError, 'start' | 'end'>,
): Fault | null {
  const placed = placement.test.text;
  const from = offsetIn(source, placed, start - placedStart(placement));
  if (start < 0 || from === null) return null;
  const to = offsetIn(source, placed, end - placedStart(placement));
  const lineEnd = source.indexOf('\n', from);
  return { text: source, start: from, end: to !== null && to > from ? to : lineEnd < 0 ? source.length : lineEnd };
}

/**
 * The offset in the candidate that an offset in the placed text stands for; `null` when it stands for none. The placed text is indented
 * otherwise, and its head may be another: a line is known by what it says and by how many lines behind it say the same.
 */
function offsetIn(source: string, placed: string, offset: number): number | null {
  if (offset < 0 || offset > placed.length) return null;
  const before = placed.slice(0, offset).split('\n');
  const placedLines = placed.split('\n').slice(before.length - 1);
  const said = (placedLines[0] ?? '').trim();
  const behind = placedLines.filter((line) => line.trim() === said).length;
  const lines = source.split('\n');
  const own = [...lines.keys()].filter((at) => lines[at]?.trim() === said).at(-behind);
  const column = (before.at(-1) ?? '').length - indentationOf(placedLines[0] ?? '');
  if (said === '' || own === undefined || column < 0) return null;
  const lineStart = lines.slice(0, own).reduce((sum, line) => sum + line.length + 1, 0);
  return lineStart + indentationOf(lines[own] ?? '') + Math.min(column, said.length);
}

const indentationOf = (line: string) => line.length - line.trimStart().length;
