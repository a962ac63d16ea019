import type { CheckReport, CheckResult } from '../check/check-result.ts';
import type { Placement } from '../placement/placement.ts';
import type { Focal } from './find-focal-method.ts';

/** One test that was compiled and run. */
export interface CandidateRun {
  readonly placement: Pick<Placement, 'method' | 'file'>;
  readonly focal: Pick<Focal, 'focalClass' | 'focalMethod'>;
  readonly result: CheckResult;
  readonly report: Pick<CheckReport, 'sandbox' | 'problems'>;
  readonly endedMs: number;
  /** How far it came, in a few words. */
  readonly words: string;
}

/** A run as *Test Results* shows it: which test, what it printed, how far it came, every reason, how long it took and where it ran. */
export function describeRun({ placement, focal, result, report, endedMs, words }: CandidateRun): string {
  const reasons = result.reasons.map(({ message }) => message);
  const others = report.problems.filter((problem) => !reasons.includes(problem));
  return [
    `${new Date(endedMs).toLocaleTimeString()}  ${placement.method}, a test of ${focal.focalClass}.${focal.focalMethod} for ${placement.file}`,
    ...(result.output === undefined ? [] : [result.output.trimEnd()]),
    `  ${words}`,
    ...[...reasons, ...others].map((line) => `  ${line.trimEnd().replaceAll('\n', '\n    ')}`),
    `  ${(result.durationMs / 1000).toFixed(1)} s, ${sandboxes[report.sandbox]}`,
    '',
  ].join('\n');
}

const sandboxes: Readonly<Record<CheckReport['sandbox'], string>> = {
  bubblewrap: 'in a sandbox without network',
  process: 'in a process of its own; bubblewrap is not installed, so only time and memory were limited',
  'none-started': 'nothing was started',
};
