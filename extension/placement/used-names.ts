import { type JavaParser, type JavaTree, withJavaTree } from '../../core/java/java-parser.ts';

type Node = JavaTree['root'];

/** Simple names that a piece of code takes from its surroundings. */
export interface UsedNames {
  /** Types, also those that only qualify a call, for instance `Files` in `Files.exists(path)`. */
  readonly types: ReadonlySet<string>;
  /** Methods that are called without an object. */
  readonly methods: ReadonlySet<string>;
  /** Names in capitals that are used without a qualifier. */
  readonly constants: ReadonlySet<string>;
}

/** Names that a method takes from the class and file around it. */
export function usedNamesOf(parser: JavaParser, method: string): UsedNames {
  return withJavaTree(parser, `class C {\n${method}\n}`, (tree) => {
    const body = tree.root.namedChildren[0]?.childForFieldName('body');
    return usedNames(body ?? tree.root);
  });
}

/** Names used under a node, without those that it declares itself: its types, type parameters, variables and local methods. */
function usedNames(root: Node): UsedNames {
  const types = new Set<string>();
  const methods = new Set<string>();
  const constants = new Set<string>();
  const declared = new Set<string>();
  const look = (node: Node) => {
    const parent = node.parent;
    switch (node.type) {
      case 'type_identifier':
        // In `Outer.Inner` only `Outer` needs an import.
        if (parent?.type !== 'scoped_type_identifier' || parent.namedChildren[0]?.id === node.id) types.add(node.text);
        if (parent?.type === 'type_parameter') declared.add(node.text);
        break;
      case 'marker_annotation':
      case 'annotation': {
        const name = node.childForFieldName('name')?.text ?? '';
        if (!name.includes('.')) types.add(name);
        break;
      }
      case 'method_invocation':
        if (node.childForFieldName('object') === null) methods.add(node.childForFieldName('name')?.text ?? '');
        break;
      case 'identifier':
        if (isQualifier(node) && /^\p{Lu}/u.test(node.text) && /\p{Ll}|^\p{Lu}$/u.test(node.text)) types.add(node.text);
        else if (isValue(node) && /^[\p{Lu}][\p{Lu}\d_]+$/u.test(node.text)) constants.add(node.text);
        break;
      case 'variable_declarator':
      case 'formal_parameter':
      case 'class_declaration':
      case 'record_declaration':
      case 'enum_declaration':
      case 'interface_declaration':
        declared.add(node.childForFieldName('name')?.text ?? '');
        break;
    }
    for (const child of node.namedChildren) look(child);
  };
  look(root);
  const without = (names: Set<string>) => new Set([...names].filter((name) => name !== '' && !declared.has(name)));
  return { types: without(types), methods, constants: without(constants) };
}

/** `X` in `X.call()`, `X.FIELD`, `X::method`. */
function isQualifier(node: Node): boolean {
  const parent = node.parent;
  if (parent === null) return false;
  if (parent.type === 'method_reference') return parent.namedChildren[0]?.id === node.id;
  const object =
    parent.type === 'method_invocation' || parent.type === 'field_access' ? parent.childForFieldName('object') : null;
  return object?.id === node.id;
}

function isValue(node: Node): boolean {
  const parent = node.parent;
  if (parent === null) return false;
  const named =
    /^(method_invocation|field_access|variable_declarator|method_declaration|formal_parameter|element_value_pair)$/.test(
      parent.type,
    );
  if (!named)
    return !/^(method_reference|scoped_identifier|package_declaration|import_declaration|labeled_statement|marker_annotation|annotation)$/.test(
      parent.type,
    );
  const role = parent.childForFieldName('object')?.id === node.id || parent.childForFieldName('value')?.id === node.id;
  return role;
}
