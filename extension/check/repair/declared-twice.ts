import { type SyntaxNode, visit } from '../syntax-node.ts';
import {
  type BrokenTest,
  type Defect,
  enclosing,
  insert,
  nodeOf,
  onlyDeclarator,
  type Repair,
  remove,
  usesOf,
} from './broken-test.ts';

/** A local variable declared a second time with the same type: the second declaration becomes an assignment. */
export function declaredTwice(defect: Defect, test: BrokenTest): Repair | null {
  const twice = /^variable (\S+) is already defined/.exec(defect.message)?.[1];
  if (defect.code !== 'compiler.err.already.defined' || twice === undefined) return null;
  const second = enclosing(nodeOf(defect, test), /^local_variable_declaration$/, test);
  const variable = second === null ? null : onlyDeclarator(second);
  const name = variable?.childForFieldName('name')?.text;
  // The second one may be the parameter of a lambda in the declaration of something else.
  if (second === null || variable === null || name !== twice) return null;
  const first = earlierDeclaration(second, name, test);
  const type = typeOf(second);
  if (first === null || type === null || type !== typeOf(first)) return null;
  const value = variable.childForFieldName('value');
  const isUsedBetween = usesOf(name, test.method).some(
    ({ startIndex }) => first.endIndex <= startIndex && startIndex < second.startIndex,
  );
  const isSameMock = value !== null && isMock(value) && value.text === initialValueOf(first)?.text && !isUsedBetween;
  if (value === null || isSameMock) return { edits: [remove(second, test)], change: `removed a second ${name}` };
  // A declaration ends in a semicolon, as an assignment does: only the type goes.
  return {
    edits: [{ ...insert(second.startIndex, ''), end: variable.startIndex }],
    change: `assigned ${name} instead of declaring it twice`,
  };
}

function earlierDeclaration(second: SyntaxNode, name: string, { method }: BrokenTest): SyntaxNode | null {
  let found: SyntaxNode | null = null;
  visit(method, (node) => {
    if (node.type !== 'local_variable_declaration' || node.startIndex >= second.startIndex) return;
    if (onlyDeclarator(node)?.childForFieldName('name')?.text === name) found = node;
  });
  return found;
}

/** The declared type; for `var` that of the object that is made; `null` where only the compiler knows, or where nothing may be assigned. */
function typeOf(declaration: SyntaxNode): string | null {
  const type = declaration.childForFieldName('type')?.text.replaceAll(/\s+/g, ' ') ?? null;
  if (/\bfinal\b/.test(declaration.namedChildren.find((node) => node.type === 'modifiers')?.text ?? '')) return null;
  const value = initialValueOf(declaration);
  if (type !== 'var') return type;
  return value?.type === 'object_creation_expression' ? (value.childForFieldName('type')?.text ?? null) : null;
}

function initialValueOf(declaration: SyntaxNode): SyntaxNode | null {
  return onlyDeclarator(declaration)?.childForFieldName('value') ?? null;
}

export function isMock(value: SyntaxNode): boolean {
  return value.type === 'method_invocation' && /^(mock|spy)$/.test(value.childForFieldName('name')?.text ?? '');
}
