import type { SyntaxNode } from '../syntax-node.ts';
import { type BrokenTest, type Defect, nodeOf, onlyDeclarator, type Repair, replace } from './broken-test.ts';
import { nameWholeType } from './name-type.ts';

/** A local variable whose declared type is not that of its value: `var`, or the type that javac names where Java is too old for it. */
export function typeOfVariable(defect: Defect, test: BrokenTest): Repair | null {
  if (defect.code !== 'compiler.err.prob.found.req') return null;
  const actual = /^incompatible types: (?:possible lossy conversion from (\S+) to \S+|(.+) cannot be converted to .+)$/
    .exec(defect.message)
    ?.slice(1)
    .find((type) => type !== undefined);
  const value = nodeOf(defect, test);
  const type = value === null ? null : declaredTypeFor(value);
  if (actual === undefined || type === null || /^(void|<nulltype>|<null>)$/.test(actual)) return null;
  if (test.release >= 10) return { edits: [replace(type, 'var')], change: `wrote var instead of ${type.text}` };
  // What javac makes up for wildcards cannot be written.
  if (/capture#|INT#|[?&]/.test(actual)) return null;
  const { text, imports } = nameWholeType(actual, test);
  return { edits: [replace(type, text)], imports, change: `wrote ${text} instead of ${type.text}` };
}

/** The type of the variable that gets exactly this value: of a declaration, or of a loop over it. */
function declaredTypeFor(value: SyntaxNode): SyntaxNode | null {
  if (!/^(method_invocation|field_access|identifier|array_access|object_creation_expression)$/.test(value.type))
    return null;
  const parent = value.parent;
  if (parent?.type === 'enhanced_for_statement')
    return parent.childForFieldName('value')?.id === value.id ? parent.childForFieldName('type') : null;
  if (parent?.type !== 'variable_declarator' || parent.childForFieldName('value')?.id !== value.id) return null;
  const declaration = parent.parent;
  const isAlone = declaration?.type === 'local_variable_declaration' && onlyDeclarator(declaration) !== null;
  // `int counts[] = …` has a part of its type behind the name.
  return isAlone && parent.childForFieldName('dimensions') === null ? declaration.childForFieldName('type') : null;
}
