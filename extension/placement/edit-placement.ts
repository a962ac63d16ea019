import type { TextInsertion } from './insert-imports.ts';
import type { Placement } from './placement.ts';

/** A replacement in the text of the file as it is with the test in it. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Edits a placed test where it stands. An edit may only change what the placement put in, or add imports: `null` when one of them would
 * change what was in the file before, or when the placement's parts do not add up to its text.
 */
export function editPlacement(placement: Placement, edits: readonly TextEdit[]): Placement | null {
  const parts = insertedParts(placement);
  if (parts === null) return null;
  const added: TextInsertion[] = [];
  // From the end, so that the offsets before an edit stay right.
  const sorted = edits.toSorted((one, other) => other.start - one.start || other.end - one.end);
  for (const { start, end, text } of sorted) {
    const part = parts.find((one) => one.start <= start && end <= one.start + one.length);
    if (part !== undefined) {
      part.text = part.text.slice(0, start - part.start) + text + part.text.slice(end - part.start);
    } else if (start === end && start < placedStart(placement)) {
      const before = parts.filter((one) => one.start < start).reduce((sum, one) => sum + one.length, 0);
      added.unshift({ offset: start - before, text });
    } else {
      return null;
    }
  }
  const insertions = parts.map(({ offset, text }) => ({ offset, text }));
  const test = insertions.pop() ?? placement.test;
  const imports = [...insertions, ...added]
    .filter((one) => one.text !== '')
    .sort((one, other) => one.offset - other.offset);
  return { ...placement, test, imports, text: applyEdits(placement.text, sorted) };
}

/** Where the test itself begins in the text with everything in it. */
export function placedStart({ test, imports }: Placement): number {
  return test.offset + imports.reduce((sum, { text }) => sum + text.length, 0);
}

interface InsertedPart extends TextInsertion {
  /** In the text with everything in it. */
  readonly start: number;
  readonly length: number;
  text: string;
}

/** The imports, then the test. */
function insertedParts({ imports, test, text }: Placement): InsertedPart[] | null {
  let shift = 0;
  const parts: InsertedPart[] = [];
  for (const insertion of [...imports, test]) {
    const start = insertion.offset + shift;
    if (!text.startsWith(insertion.text, start)) return null;
    parts.push({ ...insertion, start, length: insertion.text.length });
    shift += insertion.text.length;
  }
  return parts;
}

/** The last edit first. */
function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return edits.reduce((edited, edit) => edited.slice(0, edit.start) + edit.text + edited.slice(edit.end), text);
}
