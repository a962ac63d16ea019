/** One step of indentation in a file: a tab, or the smallest common step of spaces. Four spaces when nothing is indented. */
export function indentUnitOf(source: string): string {
  const indents = [...source.matchAll(/^([ \t]+)(?![ \t*\r\n])/gm)].map((match) => match[1] ?? '');
  if (indents.length === 0) return '    ';
  if (indents.filter((indent) => indent.startsWith('\t')).length * 2 > indents.length) return '\t';
  const steps = indents.filter((indent) => !indent.includes('\t')).map((indent) => indent.length);
  for (const step of [8, 4, 3, 2]) if (steps.every((length) => length % step === 0)) return ' '.repeat(step);
  // Continuation lines may be aligned; most lines tell.
  for (const step of [4, 2])
    if (steps.filter((length) => length % step === 0).length * 10 >= steps.length * 8) return ' '.repeat(step);
  return '    ';
}

/** White space before the line's first character at this offset's line. */
export function indentAt(source: string, offset: number): string {
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(source.slice(lineStart))?.[0] ?? '';
}

/** Indents a method as a member: its first line at `indent`, deeper lines in steps of `unit`. Lines of text blocks keep their steps. */
export function reindent(method: string, indent: string, unit: string): string {
  const lines = method.replaceAll('\r\n', '\n').trim().split('\n');
  const depth = commonIndent(lines.slice(1));
  // The lines of a text block are indented as their text wants it.
  const code = method
    .replaceAll(/"""[\s\S]*?"""/g, '""')
    .trim()
    .split(/\r?\n/);
  const own = indentUnitOf(code.map((line, at) => (at === 0 ? line : line.slice(depth))).join('\n'));
  let inTextBlock = false;
  return lines
    .map((line, at) => {
      const wasInTextBlock = inTextBlock;
      if ((line.split('"""').length - 1) % 2 === 1) inTextBlock = !inTextBlock;
      const relative = at === 0 ? line.trimStart() : line.slice(depth);
      if (relative.trim() === '') return '';
      return indent + (wasInTextBlock ? relative : restep(relative, own, unit));
    })
    .join('\n');
}

/** Indentation that all lines share; the last line of a method is its closing brace, which stands as deep as its first line. */
function commonIndent(lines: readonly string[]): number {
  const depths = lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  return depths.length === 0 ? 0 : Math.min(...depths);
}

function restep(line: string, from: string, to: string): string {
  if (from === to) return line;
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  let rest = indent;
  let steps = 0;
  while (rest.startsWith(from)) {
    rest = rest.slice(from.length);
    steps++;
  }
  return to.repeat(steps) + rest + line.slice(indent.length);
}
