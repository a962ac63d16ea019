import { methodScanStart, scanMethod } from './balanced-method.ts';

/**
 * Ends a method that was cut: drops the statement that was begun and closes the open braces. With `inCircles` the method was cut because
 * it repeated itself: of the last statements that differ in numbers alone, and of groups of statements that are equal, all but the first
 * go too. Groups that differ in numbers stay: so do people write down cases. A text without a whole statement stays as it is.
 */
export function closeMethod(text: string, inCircles: boolean): string {
  const kept = inCircles ? withoutRepeats(text.slice(0, lastStatement(text).end)) : text;
  const { end, braces } = lastStatement(kept);
  if (end === 0) return text;
  const closing = Array.from({ length: braces }, (_, at) => `${'    '.repeat(braces - 1 - at)}}`);
  return [kept.slice(0, end), ...closing].join('\n');
}

/** Where the last whole statement of the method's body ends, and how many braces are open there. */
function lastStatement(text: string): { readonly end: number; readonly braces: number } {
  let scan = methodScanStart;
  let parentheses = 0;
  let last = { end: 0, braces: 0 };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    scan = scanMethod(scan, char).scan;
    if (scan.inside !== 'code' || scan.braces === 0) continue;
    // The semicolons of a loop's head end no statement, and a lambda's body is closed with its call.
    if (char === '(') parentheses += 1;
    else if (char === ')') parentheses = Math.max(0, parentheses - 1);
    else if ((char === ';' || char === '}') && parentheses === 0) last = { end: at + 1, braces: scan.braces };
  }
  return last;
}

/** What ends with the first of the groups of lines that the last ones repeat. */
function withoutRepeats(text: string): string {
  const lines = text.split('\n');
  for (let group = 1; group <= MOST_LINES_OF_A_GROUP; group++) {
    const shapes = lines.map((line) => (group === 1 ? line.replace(/\d+/gu, '0') : line).trim());
    let kept = lines.length;
    while (kept > group && shapes[kept - 1] === shapes[kept - 1 - group]) kept--;
    // Blocks that end alike are no statements.
    if (lines.length - kept < group || !shapes.slice(kept).some((shape) => shape.endsWith(';'))) continue;
    // A group may begin like the one before it ended: an empty line tells where it ends.
    const gap = shapes.slice(kept, kept + group).indexOf('');
    return lines.slice(0, kept + Math.max(0, gap)).join('\n');
  }
  return text;
}

const MOST_LINES_OF_A_GROUP = 8;
