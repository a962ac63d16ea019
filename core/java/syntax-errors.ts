import type { JavaTree } from './java-parser.ts';

export interface SyntaxError {
  /** Span of the text that is not Java; empty where something is missing. */
  readonly start: number;
  readonly end: number;
  /** What is missing, for instance `;`; undefined when the text itself is wrong. */
  readonly missing?: string;
}

/** The outermost places where the source is not Java, in source order; at most `limit`. */
export function syntaxErrorsOf(tree: JavaTree, limit = 20): SyntaxError[] {
  const errors: SyntaxError[] = [];
  if (!tree.hasErrors) {
    return errors;
  }
  const pending = [tree.root];
  while (pending.length > 0 && errors.length < limit) {
    const node = pending.pop();
    if (node === undefined || !node.hasError) {
      continue;
    }
    if (node.isMissing) {
      errors.push({ start: node.startIndex, end: node.endIndex, missing: node.type });
    } else if (node.isError) {
      errors.push({ start: node.startIndex, end: node.endIndex });
    } else {
      pending.push(...node.children.toReversed());
    }
  }
  return errors;
}
