import {
  type BrokenTest,
  type Defect,
  enclosing,
  nodeOf,
  onlyDeclarator,
  type Repair,
  replace,
} from './broken-test.ts';

/** `var` before Java 10, where the value says its type: `var basket = new Basket()`. */
export function typeInsteadOfVar(defect: Defect, test: BrokenTest): Repair | null {
  if (!defect.code.startsWith('compiler.err.cant.resolve') || !/symbol: class var\b/.test(defect.message)) return null;
  const declaration = enclosing(nodeOf(defect, test), /^local_variable_declaration$/, test);
  const type = declaration?.childForFieldName('type') ?? null;
  const value = declaration === null ? null : onlyDeclarator(declaration)?.childForFieldName('value');
  if (type === null || value?.type !== 'object_creation_expression') return null;
  const made = value.childForFieldName('type')?.text ?? '';
  // A diamond takes its arguments from the declaration, and an anonymous class has no name.
  if (made === '' || made.endsWith('<>') || value.namedChildren.some((node) => node.type === 'class_body')) return null;
  return { edits: [replace(type, made)], change: `wrote ${made} instead of var` };
}
