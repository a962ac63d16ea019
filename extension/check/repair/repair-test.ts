import { type JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { editPlacement, placedStart, type TextEdit } from '../../placement/edit-placement.ts';
import { indentUnitOf, reindent } from '../../placement/indentation.ts';
import { insertImports } from '../../placement/insert-imports.ts';
import type { Placement } from '../../placement/placement.ts';
import type { RepairedCandidate } from '../check-result.ts';
import type { CompilerError } from '../compiler-error.ts';
import { type SyntaxNode, visit } from '../syntax-node.ts';
import { type BrokenTest, type Defect, noTest, type Repair } from './broken-test.ts';
import { dropUnusedImports } from './drop-import.ts';
import { repairRules } from './repair-rules.ts';

export interface Diagnosis {
  /** What javac says; none for a method in which the framework sees no test. */
  readonly errors: readonly CompilerError[];
  readonly release: number;
  /** Whether it checks something: a method that does not may be a helper, and is no test by intent. */
  readonly isTest: boolean;
}

/**
 * Repairs what the rules can repair of a placed test, one defect after the other. `null` when that is nothing, or when the file has errors
 * outside the test, which no repair of it would help.
 */
export function repairTest(
  parser: JavaParser,
  placement: Placement,
  { errors, release, isTest }: Diagnosis,
): RepairedCandidate | null {
  let current = placement;
  const changes: string[] = [];
  const take = ({ placement: repaired, change }: AppliedRepair) => {
    current = repaired;
    changes.push(change);
  };
  const defects: Defect[] = [...errors];
  for (let defect = defects.shift(); defect !== undefined; defect = defects.shift()) {
    const repaired = repairOne(parser, current, release, defect);
    if (repaired === 'elsewhere') return null;
    if (repaired === null) continue;
    take(repaired);
    defects.push(...defects.splice(0).flatMap((other) => moved(other, repaired.edits)));
  }
  // What would keep the framework from running it once it compiles is put right in the same round.
  while (isTest && (errors.length === 0 || changes.length > 0)) {
    const fitted = withBrokenTest(parser, current, release, (test) => applyFirst(noTestDefect(test), test));
    if (fitted === null) break;
    take(fitted);
  }
  if (changes.length === 0) return null;
  current = withBrokenTest(parser, current, release, ({ unit }) => dropUnusedImports(current, unit)) ?? current;
  const source = withBrokenTest(parser, current, release, ({ method }) =>
    reindent(method.text, '', indentUnitOf(current.text)),
  );
  return source === null ? null : { changes: [...new Set(changes)], source, placement: current };
}

function repairOne(
  parser: JavaParser,
  placement: Placement,
  release: number,
  defect: Defect,
): AppliedRepair | 'elsewhere' | null {
  const found = withBrokenTest(parser, placement, release, (test) => {
    const isHere = test.method.startIndex <= defect.start && defect.start < test.method.endIndex;
    return applyFirst(defect, test) ?? (isHere ? 'unknown' : 'elsewhere');
  });
  return found === 'unknown' ? null : (found ?? 'elsewhere');
}

function noTestDefect({ method: { startIndex, endIndex } }: BrokenTest): Defect {
  return { code: noTest, message: '', meanings: [], start: startIndex, end: endIndex };
}

interface AppliedRepair {
  readonly placement: Placement;
  readonly edits: readonly TextEdit[];
  readonly change: string;
}

function applyFirst(defect: Defect, test: BrokenTest): AppliedRepair | null {
  if (defect.start < 0) return null;
  for (const rule of repairRules) {
    const repair = rule(defect, test);
    const applied = repair === null ? null : apply(repair, test);
    if (applied !== null) return applied;
  }
  return null;
}

function apply(repair: Repair, { placement, unit }: BrokenTest): AppliedRepair | null {
  const { text } = placement;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const native = (written: string) => written.replaceAll(/\r?\n/g, newline);
  const missing = (repair.imports ?? []).filter(
    (one) => !unit.imports.some((other) => other.name === one.name && other.isStatic === one.isStatic),
  );
  // The file tells its own order where it has both kinds of imports.
  const staticFirst = unit.imports[0]?.isStatic ?? true;
  const edits = [
    ...insertImports(text, unit, missing, { staticFirst }).map(({ offset, ...one }) => ({
      start: offset,
      end: offset,
      ...one,
    })),
    ...repair.edits,
  ].map((edit) => ({ ...edit, text: native(edit.text) }));
  const edited = editPlacement(placement, edits);
  if (edited === null || edited.text === text) return null;
  return { placement: { ...edited, method: repair.method ?? placement.method }, edits, change: repair.change };
}

/** The defect where the edits moved it to; none when they changed what it is about: the compiler will look at that again. */
function moved(defect: Defect, edits: readonly TextEdit[]): Defect[] {
  let shift = 0;
  for (const { start, end, text } of edits) {
    if (end <= defect.start) shift += text.length - (end - start);
    else if (start < defect.end) return [];
  }
  return [{ ...defect, start: defect.start + shift, end: defect.end + shift }];
}

function withBrokenTest<T>(
  parser: JavaParser,
  placement: Placement,
  release: number,
  read: (test: BrokenTest) => T,
): T | null {
  return withJavaTree(parser, placement.text, (tree) => {
    const method = methodOf(tree.root, placement);
    return method === null
      ? null
      : read({ placement, unit: readCompilationUnit(tree), root: tree.root, method, release });
  });
}

/** The test among the file's methods: the one of its name inside what was put in. */
function methodOf(root: SyntaxNode, placement: Placement): SyntaxNode | null {
  const start = placedStart(placement);
  const end = start + placement.test.text.length;
  let found: SyntaxNode | null = null;
  visit(root, (node) => {
    const isTest =
      node.type === 'method_declaration' && node.childForFieldName('name')?.text === placement.method && found === null;
    if (isTest && start <= node.startIndex && node.endIndex <= end) found = node;
  });
  return found;
}
