import type { CompilationUnit } from '../../../core/java/compilation-unit.ts';
import type { TextEdit } from '../../placement/edit-placement.ts';
import type { Placement } from '../../placement/placement.ts';
import type { NewImport } from '../../placement/resolve-imports.ts';
import type { CompilerError } from '../compiler-error.ts';
import { type SyntaxNode, visit } from '../syntax-node.ts';

/** A placed test that does not compile, or that the framework does not take for a test. */
export interface BrokenTest {
  readonly placement: Placement;
  /** Of the whole file, with the test in it. */
  readonly unit: CompilationUnit;
  readonly root: SyntaxNode;
  readonly method: SyntaxNode;
  /** Java language level of the module. */
  readonly release: number;
}

/** One thing to put right: an error of javac, or `no-test` for a method in which the framework sees no test. */
export type Defect = Omit<CompilerError, 'line'>;
export const noTest = 'no-test';

export interface Repair {
  /** Inside the method, or inside an import that came with it. */
  readonly edits: readonly TextEdit[];
  readonly imports?: readonly NewImport[];
  /** The method's new name. */
  readonly method?: string;
  /** A short phrase for a person, for instance `added throws IOException`. */
  readonly change: string;
}

/** Repairs one kind of defect, or returns `null`. A rule never changes what the test checks, and never guesses. */
export type RepairRule = (defect: Defect, test: BrokenTest) => Repair | null;

/** The innermost node that holds the whole defect. */
export function nodeOf({ start, end }: Defect, { root }: BrokenTest): SyntaxNode | null {
  return root.namedDescendantForIndex(start, end);
}

/** The nearest node of this type, the node itself included, that is not outside the test method. */
export function enclosing(node: SyntaxNode | null, type: RegExp, { method }: BrokenTest): SyntaxNode | null {
  for (let one = node; one !== null && one.id !== method.id; one = one.parent) if (type.test(one.type)) return one;
  return null;
}

export function replace(node: SyntaxNode, text: string): TextEdit {
  return { start: node.startIndex, end: node.endIndex, text };
}

export function insert(offset: number, text: string): TextEdit {
  return { start: offset, end: offset, text };
}

/** Takes a statement out, and the line that it leaves empty. */
export function remove(node: SyntaxNode, { placement: { text } }: BrokenTest): TextEdit {
  const lineStart = text.lastIndexOf('\n', node.startIndex - 1) + 1;
  const lineEnd = text.indexOf('\n', node.endIndex);
  const isAlone =
    text.slice(lineStart, node.startIndex).trim() === '' && text.slice(node.endIndex, lineEnd).trim() === '';
  if (isAlone && lineEnd >= 0) return { start: lineStart, end: lineEnd + 1, text: '' };
  const spaces = /^[ \t]*/.exec(text.slice(node.endIndex))?.[0].length ?? 0;
  return { start: node.startIndex, end: node.endIndex + spaces, text: '' };
}

/** How often a variable is used, besides where it is declared. */
export function usesOf(name: string, root: SyntaxNode): SyntaxNode[] {
  const uses: SyntaxNode[] = [];
  visit(root, (node) => {
    const isDeclaration =
      /^(variable_declarator|formal_parameter)$/.test(node.parent?.type ?? '') &&
      node.parent?.childForFieldName('name')?.id === node.id;
    const isMember =
      (node.parent?.type === 'method_invocation' && node.parent.childForFieldName('name')?.id === node.id) ||
      (node.parent?.type === 'field_access' && node.parent.childForFieldName('field')?.id === node.id);
    if (node.type === 'identifier' && node.text === name && !isDeclaration && !isMember) uses.push(node);
  });
  return uses;
}

/** The one variable that a declaration declares; `null` when there are several. */
export function onlyDeclarator(declaration: SyntaxNode): SyntaxNode | null {
  const declarators = declaration.namedChildren.filter((node) => node.type === 'variable_declarator');
  return declarators.length === 1 ? (declarators[0] ?? null) : null;
}
