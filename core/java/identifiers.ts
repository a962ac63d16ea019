import type { JavaTree } from './java-parser.ts';

/** Every identifier and type name of a tree, in source order, with repetitions. Keywords, literals and comments are none. */
export function identifiersOf(tree: JavaTree): string[] {
  const { identifier, type_identifier } = tree.grammar.node;
  const identifiers: string[] = [];
  tree.walk((cursor) => {
    for (;;) {
      const id = cursor.nodeTypeId;
      if (id === identifier || id === type_identifier) {
        identifiers.push(tree.source.slice(cursor.startIndex, cursor.endIndex));
      }
      if (cursor.gotoFirstChild() || cursor.gotoNextSibling()) {
        continue;
      }
      do {
        if (!cursor.gotoParent()) {
          return;
        }
      } while (!cursor.gotoNextSibling());
    }
  });
  return identifiers;
}
