import { methodScanStart, scanMethod } from './balanced-method.ts';

/**
 * Ends a method that was cut: drops the statement that was begun and closes the open braces. With `inCircles` the method was cut because
 * it repeated itself: of the last statements that differ in numbers alone, all but the first go too. A text without a whole statement
 * stays as it is.
 */
export function closeMethod(text: string, inCircles: boolean): string {
  const { end, braces } = lastStatement(text);
  if (end === 0) return text;
  const lines = text.slice(0, end).split('\n');
  while (inCircles && lines.length > 1 && isSame(lines.at(-1), lines.at(-2))) lines.pop();
  const closing = Array.from({ length: braces }, (_, at) => `${'    '.repeat(braces - 1 - at)}}`);
  return [...lines, ...closing].join('\n');
}

/** Where the last whole statement of the method's body ends, and how many braces are open there. */
function lastStatement(text: string): { readonly end: number; readonly braces: number } {
  let scan = methodScanStart;
  let parentheses = 0;
  let last = { end: 0, braces: 0 };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    const wasCode = scan.inside === 'code';
    scan = scanMethod(scan, char).scan;
    if (!wasCode || scan.inside !== 'code' || scan.braces === 0) continue;
    // The semicolons of a loop's head end no statement, and a lambda's body is closed with its call.
    if (char === '(') parentheses += 1;
    else if (char === ')') parentheses = Math.max(0, parentheses - 1);
    else if ((char === ';' || char === '}') && parentheses === 0) last = { end: at + 1, braces: scan.braces };
  }
  return last;
}

function isSame(one: string | undefined, two: string | undefined): boolean {
  const shape = (line: string | undefined) => line?.replace(/\d+/gu, '0').trim();
  return shape(one) !== '}' && shape(one) === shape(two);
}
