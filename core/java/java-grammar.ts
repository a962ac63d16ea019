import type { Language } from 'web-tree-sitter';

/**
 * Numeric ids of the grammar's node types and fields, looked up once. Comparing ids while walking a tree halves a miner's time against
 * comparing names, because a name costs a look-up per node.
 */
export interface JavaGrammar {
  readonly node: Readonly<Record<NodeName, number>>;
  readonly field: Readonly<Record<FieldName, number>>;
  /** Ids of the modifier keywords, for instance `public`, by id. */
  readonly modifierKeywords: ReadonlyMap<number, string>;
  /** Whether nodes with this type id are keywords, operators or punctuation: the library's anonymous nodes, which have no children. */
  isToken(nodeTypeId: number): boolean;
}

export type NodeName = (typeof NODE_NAMES)[number];
export type FieldName = (typeof FIELD_NAMES)[number];

export function readGrammar(language: Language): JavaGrammar {
  const node = Object.fromEntries(NODE_NAMES.map((name) => [name, nodeTypeId(language, name, true)]));
  const field = Object.fromEntries(FIELD_NAMES.map((name) => [name, fieldId(language, name)]));
  const modifierKeywords = new Map(MODIFIER_KEYWORDS.map((name) => [nodeTypeId(language, name, false), name]));
  const tokens = Uint8Array.from({ length: language.nodeTypeCount }, (_, id) => (language.nodeTypeIsNamed(id) ? 0 : 1));
  return {
    isToken: (id) => tokens[id] === 1,
    node: node as Record<NodeName, number>,
    field: field as Record<FieldName, number>,
    modifierKeywords,
  };
}

const NODE_NAMES = [
  'annotation',
  'annotation_type_body',
  'annotation_type_declaration',
  'argument_list',
  'array_access',
  'array_creation_expression',
  'assignment_expression',
  'asterisk',
  'block',
  'block_comment',
  'cast_expression',
  'catch_clause',
  'catch_formal_parameter',
  'character_literal',
  'class_body',
  'class_declaration',
  'class_literal',
  'compact_constructor_declaration',
  'constant_declaration',
  'constructor_body',
  'constructor_declaration',
  'decimal_floating_point_literal',
  'decimal_integer_literal',
  'dimensions',
  'enhanced_for_statement',
  'enum_body',
  'enum_body_declarations',
  'enum_constant',
  'enum_declaration',
  'explicit_constructor_invocation',
  'extends_interfaces',
  'false',
  'field_access',
  'field_declaration',
  'for_statement',
  'formal_parameter',
  'formal_parameters',
  'hex_integer_literal',
  'identifier',
  'import_declaration',
  'inferred_parameters',
  'interface_body',
  'interface_declaration',
  'lambda_expression',
  'line_comment',
  'local_variable_declaration',
  'marker_annotation',
  'method_declaration',
  'method_invocation',
  'method_reference',
  'modifiers',
  'null_literal',
  'object_creation_expression',
  'package_declaration',
  'parenthesized_expression',
  'receiver_parameter',
  'record_declaration',
  'resource',
  'scoped_identifier',
  'spread_parameter',
  'static_initializer',
  'string_literal',
  'super',
  'super_interfaces',
  'superclass',
  'switch_block_statement_group',
  'this',
  'throws',
  'true',
  'try_with_resources_statement',
  'type_identifier',
  'type_list',
  'type_parameter',
  'type_parameters',
  'type_pattern',
  'unary_expression',
  'variable_declarator',
] as const;

const FIELD_NAMES = [
  'array',
  'arguments',
  'body',
  'declarator',
  'dimensions',
  'field',
  'interfaces',
  'left',
  'name',
  'object',
  'parameters',
  'right',
  'superclass',
  'type',
  'type_parameters',
  'value',
] as const;

const MODIFIER_KEYWORDS = [
  'public',
  'protected',
  'private',
  'abstract',
  'static',
  'final',
  'strictfp',
  'default',
  'synchronized',
  'native',
  'transient',
  'volatile',
  'sealed',
  'non-sealed',
] as const;

function nodeTypeId(language: Language, name: string, named: boolean): number {
  const id = language.idForNodeType(name, named);
  if (id === null) {
    throw new Error(`The Java grammar has no node type '${name}': tree-sitter-java changed, adapt core/java to it.`);
  }
  return id;
}

function fieldId(language: Language, name: string): number {
  const id = language.fieldIdForName(name);
  if (id === null) {
    throw new Error(`The Java grammar has no field '${name}': tree-sitter-java changed, adapt core/java to it.`);
  }
  return id;
}
