import type { Node } from 'web-tree-sitter';
import { type JavaParser, withJavaTree } from './java-parser.ts';

/**
 * Properties of a method that a probe can be asked for, one for each kind that paper T (Shi et al., arXiv 2304.05216) looks for in the
 * layers of a model. Each is one of a few classes.
 */
export interface MethodProperties {
  /** How long it is, in tokens. */
  readonly lexical: 'up to 20' | '21 to 40' | '41 to 80' | 'more than 80';
  /** What its body begins with. */
  readonly syntactic: 'declaration' | 'return' | 'if' | 'expression' | 'other';
  /** McCabe's cyclomatic complexity: ways that lead through it. */
  readonly structural: '1' | '2' | '3 to 4' | 'more than 4';
  /** What it does beside what it returns: an object that it changes is its own. */
  readonly semantic: 'throws' | 'changes its object' | 'neither';
}

/** Reads the properties of one method or constructor. `null` for source that is none, or has no body. */
export function readMethodProperties(parser: JavaParser, source: string): MethodProperties | null {
  return withJavaTree(parser, `class Holder {\n${source}\n}`, (tree) => {
    if (tree.hasErrors) return null;
    const method = find(tree.root, ({ type }) => type === 'method_declaration' || type === 'constructor_declaration');
    const body = method?.childForFieldName('body');
    if (method === undefined || body === undefined || body === null) return null;
    const nodes = [...within(method)];
    return {
      lexical: lengthClass(nodes.filter(({ childCount, type }) => childCount === 0 && !COMMENTS.has(type)).length),
      syntactic: beginningOf(body),
      structural: complexityClass(1 + nodes.filter(isBranch).length),
      semantic: effectOf(nodes),
    };
  });
}

function lengthClass(tokens: number): MethodProperties['lexical'] {
  if (tokens <= 20) return 'up to 20';
  if (tokens <= 40) return '21 to 40';
  return tokens <= 80 ? '41 to 80' : 'more than 80';
}

function complexityClass(ways: number): MethodProperties['structural'] {
  if (ways <= 1) return '1';
  if (ways === 2) return '2';
  return ways <= 4 ? '3 to 4' : 'more than 4';
}

function beginningOf(body: Node): MethodProperties['syntactic'] {
  const first = body.namedChildren.find((child) => child !== null && !COMMENTS.has(child.type));
  switch (first?.type) {
    case 'local_variable_declaration':
      return 'declaration';
    case 'return_statement':
      return 'return';
    case 'if_statement':
      return 'if';
    case 'expression_statement':
      return 'expression';
    default:
      return 'other';
  }
}

function isBranch(node: Node): boolean {
  if (BRANCHES.has(node.type)) return true;
  if (node.type === 'switch_label') return node.text !== 'default';
  return node.type === 'binary_expression' && ['&&', '||'].includes(node.childForFieldName('operator')?.text ?? '');
}

function effectOf(nodes: readonly Node[]): MethodProperties['semantic'] {
  if (nodes.some(({ type }) => type === 'throw_statement')) return 'throws';
  const own = new Set(
    nodes
      .filter(({ type }) => DECLARING.has(type))
      .map((node) => (node.childForFieldName('name') ?? node.namedChildren.at(-1))?.text),
  );
  const changes = nodes.some((node) => {
    const changed =
      node.type === 'assignment_expression'
        ? node.childForFieldName('left')
        : node.type === 'update_expression'
          ? node.namedChildren[0]
          : undefined;
    if (changed?.type === 'field_access') return changed.childForFieldName('object')?.type === 'this';
    return changed?.type === 'identifier' && !own.has(changed.text);
  });
  return changes ? 'changes its object' : 'neither';
}

const COMMENTS = new Set(['line_comment', 'block_comment']);
const BRANCHES = new Set([
  ...['if_statement', 'for_statement', 'enhanced_for_statement', 'while_statement', 'do_statement'],
  ...['catch_clause', 'ternary_expression'],
]);
/** What names a variable that is the method's own. */
const DECLARING = new Set([
  ...['formal_parameter', 'spread_parameter', 'variable_declarator', 'enhanced_for_statement'],
  ...['catch_formal_parameter', 'resource', 'inferred_parameters'],
]);

function find(node: Node, wanted: (node: Node) => boolean): Node | undefined {
  for (const one of within(node)) if (wanted(one)) return one;
  return undefined;
}

/** A node and everything in it, in source order. */
function* within(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) if (child !== null) yield* within(child);
}
