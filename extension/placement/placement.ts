import type { TextInsertion } from './insert-imports.ts';
import type { TestLibraries } from './test-libraries.ts';

/** Where a candidate lands. Offsets count UTF-16 units of the unchanged file. */
export interface Placement {
  /** The test file, relative to the workspace. */
  readonly file: string;
  readonly isNewFile: boolean;
  /** The module's folder relative to the workspace; `''` is the workspace itself. */
  readonly module: string;
  /** For instance `a.b.FooTest$Inner`. */
  readonly binaryClassName: string;
  /** The candidate's name in the file: not taken by another method. */
  readonly method: string;
  readonly libraries: TestLibraries;
  /** The method, after the last test of its class; for a new file the whole file at offset 0. */
  readonly test: TextInsertion;
  /** Imports, in ascending order; empty for a new file. */
  readonly imports: readonly TextInsertion[];
  /** The whole file with everything in it. */
  readonly text: string;
}

export interface PlacementRefusal {
  /** One sentence: the cause and the next step. */
  readonly problem: string;
}

export function isPlaced(placement: Placement | PlacementRefusal): placement is Placement {
  return 'text' in placement;
}

export function applyInsertions(source: string, insertions: readonly TextInsertion[]): string {
  let text = '';
  let from = 0;
  for (const insertion of [...insertions].sort((one, other) => one.offset - other.offset)) {
    text += source.slice(from, insertion.offset) + insertion.text;
    from = insertion.offset;
  }
  return text + source.slice(from);
}
