import type { JavaTree } from '../../core/java/java-parser.ts';

export type SyntaxNode = JavaTree['root'];

/** Calls `look` for the node and everything under it, in source order. */
export function visit(node: SyntaxNode, look: (node: SyntaxNode) => void): void {
  look(node);
  for (const child of node.namedChildren) visit(child, look);
}
