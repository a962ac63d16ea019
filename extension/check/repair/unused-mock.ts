import {
  type BrokenTest,
  type Defect,
  enclosing,
  nodeOf,
  onlyDeclarator,
  type Repair,
  remove,
  usesOf,
} from './broken-test.ts';
import { isMock } from './declared-twice.ts';

/** A mock that does not compile and that nothing uses is no part of the test. */
export function unusedMock(defect: Defect, test: BrokenTest): Repair | null {
  const declaration = enclosing(nodeOf(defect, test), /^local_variable_declaration$/, test);
  const variable = declaration === null ? null : onlyDeclarator(declaration);
  const value = variable?.childForFieldName('value') ?? null;
  const name = variable?.childForFieldName('name')?.text;
  if (declaration === null || value === null || name === undefined || !isMock(value)) return null;
  // `spy(subject.call())` calls the subject.
  if (value.childForFieldName('arguments')?.namedChildren[0]?.type !== 'class_literal') return null;
  if (usesOf(name, test.method).length > 0) return null;
  return { edits: [remove(declaration, test)], change: `removed the unused mock ${name}` };
}
