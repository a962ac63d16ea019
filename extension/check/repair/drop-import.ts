import type { CompilationUnit, JavaImport } from '../../../core/java/compilation-unit.ts';
import { editPlacement, type TextEdit } from '../../placement/edit-placement.ts';
import type { Placement } from '../../placement/placement.ts';
import type { BrokenTest, Defect, Repair } from './broken-test.ts';

/** An import that came with the test and that the module's class path does not have: what its name means is looked for anew. */
export function dropImport({ code, start, end }: Defect, { unit, placement }: BrokenTest): Repair | null {
  if (!/^compiler\.err\.(cant\.resolve|doesnt\.exist)/.test(code)) return null;
  const wrong = unit.imports.find((one) => one.start <= start && end <= one.end);
  if (wrong === undefined) return null;
  return { edits: [removalOf(wrong, placement)], change: `removed the import of ${wrong.name}` };
}

/** The placement without the imports that came with the test and that it does not use any more since it was repaired. */
export function dropUnusedImports(placement: Placement, { imports }: CompilationUnit): Placement {
  const code = placement.text.slice(imports.at(-1)?.end ?? 0);
  const isUsed = ({ name, isOnDemand }: JavaImport) =>
    isOnDemand || code.split(/[^\p{L}\p{N}_$]+/u).includes(name.slice(name.lastIndexOf('.') + 1));
  return imports
    .filter((one) => !isUsed(one))
    .reduceRight((left, unused) => editPlacement(left, [removalOf(unused, left)]) ?? left, placement);
}

/** Takes the import out, with the line breaks that came with it. */
function removalOf({ start, end }: JavaImport, placement: Placement): TextEdit {
  const { text } = placement;
  const written = text.slice(start, end);
  const alone = placement.imports.find((one) => one.text.trim() === written);
  if (alone !== undefined) {
    const partStart = start - alone.text.indexOf(written);
    return { start: partStart, end: partStart + alone.text.length, text: '' };
  }
  const behind = /^\r?\n/.exec(text.slice(end))?.[0] ?? '';
  const before = /\r?\n$/.exec(text.slice(0, start))?.[0] ?? '';
  const isFollowed = placement.isNewFile || placement.imports.some((one) => one.text.includes(written + behind));
  return isFollowed ? { start, end: end + behind.length, text: '' } : { start: start - before.length, end, text: '' };
}
