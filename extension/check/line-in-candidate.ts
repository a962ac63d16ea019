import type { Placement } from '../placement/placement.ts';

/** Turns a line of the edited file into a line of the candidate, where it is one; a reader sees the candidate. */
export function lineInCandidate(line: number, { text, test, isNewFile }: Placement): string {
  const written = test.text.trim();
  const start = text.indexOf(written);
  if (start < 0 || isNewFile) return `line ${line} of the file`;
  const own = line - text.slice(0, start).split('\n').length + 1;
  const isOwn = own >= 1 && own <= written.split('\n').length;
  return `line ${isOwn ? own : `${line} of the file`}`;
}
