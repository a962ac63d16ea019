/** The same insertion at another offset. */
export interface Insertion {
  /** Offset in UTF-16 units. */
  readonly offset: number;
  readonly text: string;
}

/**
 * Moves an insertion to the start of the line that follows it, when only white space lies between, so that ghost text appears above the
 * closing brace and the code lenses above the ghost text. The file after the insertion is the same.
 */
export function anchorForGhostText(source: string, insertion: Insertion): Insertion {
  const rest = source.slice(insertion.offset);
  const space = /^[ \t]*(?:\r?\n[ \t]*)*\r?\n(?=[ \t]*\S)/.exec(rest)?.[0];
  if (space === undefined) return insertion;
  const moved = insertion.text + space;
  // The text must begin with what it is moved over, or the file would differ.
  if (!moved.startsWith(space)) return insertion;
  return { offset: insertion.offset + space.length, text: moved.slice(space.length) };
}
